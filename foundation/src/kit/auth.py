"""Who is asking: a bearer token becomes an `Actor`. What the actor may do is the domain's."""

import asyncio
from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import httpx
import orjson
import structlog
from fastapi import FastAPI, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer, SecurityScopes
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, KeySetSerialization
from starlette.requests import HTTPConnection

from kit.errors import MissingScope, Unauthenticated
from kit.settings import ServiceSettings

ALGORITHMS = ["Ed25519", "ES256", "RS256"]
PUBLIC: dict[str, Any] = {"x-public": True}
"""`openapi_extra` of the few operations that need no token; tests/house lists them."""
WHOLE_TREE = "*"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: `agency_code` None means the whole tree (services and the province's centre)."""

    subject: str
    agency_code: str | None
    scopes: frozenset[str]


class Verifier:
    """Checks tokens against a key set, remembering those it has seen until they expire.

    The memory is bounded and empties when the key set changes, so a revoked key id is forgotten
    with its tokens. An unknown key id reads the set again, at most once in `REREAD_SECONDS`.
    """

    REREAD_SECONDS = 10.0
    REMEMBERED = 10_000

    def __init__(self, settings: ServiceSettings) -> None:
        self._settings = settings
        self._keys: KeySet | None = None
        self._serialised: bytes = b""
        self._read_at = float("-inf")
        self._seen: OrderedDict[str, tuple[float, Actor]] = OrderedDict()
        self._reading = asyncio.Lock()

    async def actor(self, token: str, *, now: float) -> Actor:
        """Return the actor of a valid token; `now` is the present as a POSIX timestamp.

        Raises:
            Unauthenticated: the token is malformed, forged, expired or for somebody else.
        """
        known = self._seen.get(token)
        if known is not None and known[0] > now:
            return known[1]
        claims = await self._claims(token)
        expires, actor = self._actor(claims, now=now)
        self._seen[token] = (expires, actor)
        if len(self._seen) > self.REMEMBERED:
            self._seen.popitem(last=False)
        return actor

    async def _claims(self, token: str) -> dict[str, Any]:
        if self._keys is None:
            await self._read()
        try:
            return self._decode(token)
        except (JoseError, ValueError):
            await self._read()
        try:
            return self._decode(token)
        except (JoseError, ValueError) as error:
            raise Unauthenticated from error

    def _decode(self, token: str) -> dict[str, Any]:
        if self._keys is None:
            raise Unauthenticated
        return jwt.decode(token, self._keys, algorithms=ALGORITHMS).claims

    async def _read(self) -> None:
        """Read the key set again unless that was done a moment ago."""
        async with self._reading:
            instant = asyncio.get_running_loop().time()
            if instant - self._read_at < self.REREAD_SECONDS:
                return
            self._read_at = instant
            try:
                serialised = await self._fetch()
                keys = _key_set(serialised)
            except (OSError, httpx.HTTPError, JoseError, ValueError) as error:
                await log.aerror("key_set_unreadable", error=type(error).__name__)
                return
            if serialised != self._serialised:
                self._serialised, self._keys = serialised, keys
                self._seen.clear()

    async def _fetch(self) -> bytes:
        if self._settings.jwks_file is not None:
            return await asyncio.to_thread(Path.read_bytes, self._settings.jwks_file)
        async with httpx.AsyncClient(timeout=5) as client:
            answer = await client.get(str(self._settings.jwks_url))
            return answer.raise_for_status().content

    def _actor(self, claims: dict[str, Any], *, now: float) -> tuple[float, Actor]:
        audience = claims.get("aud")
        audiences = audience if isinstance(audience, list) else [audience]
        subject, agency = claims.get("sub"), claims.get("agency")
        scope, expires = claims.get("scope", ""), _timestamp(claims.get("exp"))
        sound = (
            claims.get("iss") == self._settings.token_issuer
            and self._settings.token_audience in audiences
            and isinstance(subject, str)
            and isinstance(agency, str)
            and isinstance(scope, str)
        )
        if not sound or expires <= now:
            raise Unauthenticated
        return expires, Actor(
            subject=str(subject)[:200],
            agency_code=None if agency == WHOLE_TREE else str(agency),
            scopes=frozenset(scope.split()),
        )


def _timestamp(claim: object) -> float:
    return float(claim) if isinstance(claim, int | float) else float("-inf")


def _key_set(serialised: bytes) -> KeySet:
    document: KeySetSerialization = orjson.loads(serialised)
    if not isinstance(document, dict) or not document.get("keys"):
        raise ValueError("a key set needs keys")
    return KeySet.import_key_set(document)


class _Bearer(HTTPBearer):
    """Documents the bearer scheme and leaves every refusal to `actor`."""

    async def __call__(self, request: HTTPConnection) -> HTTPAuthorizationCredentials | None:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            return None
        return HTTPAuthorizationCredentials(scheme=scheme, credentials=token.strip())


bearer = _Bearer(bearerFormat="JWT", scheme_name="bearer", auto_error=False)


Bearer = Annotated[HTTPAuthorizationCredentials | None, Security(bearer)]


async def actor(scopes: SecurityScopes, request: Request, given: Bearer) -> Actor:
    """Return who is asking, or refuse: 401 without a valid token, 403 without every scope."""
    if given is None:
        raise Unauthenticated
    who = await _actor_of(request.app, given.credentials, scopes.scopes)
    request.scope["actor"] = who
    return who


async def admitted(app: FastAPI, authorization: bytes, scopes: Collection[str]) -> Actor:
    """Return who is asking by the header's bytes, or refuse likewise."""
    scheme, _, token = authorization.decode("latin-1").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated
    return await _actor_of(app, token.strip(), scopes)


async def _actor_of(app: FastAPI, token: str, scopes: Collection[str]) -> Actor:
    verifier: Verifier = app.state.verifier
    who = await verifier.actor(token, now=app.state.clock().timestamp())
    missing = [scope for scope in scopes if scope not in who.scopes]
    if missing:
        raise MissingScope(scopes=" ".join(missing))
    return who
