"""Once: the same key with the same request gets the same answer, however often it is sent."""

import hashlib
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

from fastapi import Depends, Header, Request
from sqlalchemy import text

from kit.clock import Now
from kit.db import Tx
from kit.errors import BadHeader, KeyReused
from kit.wire import IDEMPOTENCY_KEY, WireModel

Answer = TypeVar("Answer", bound=WireModel)

_CLAIM = text("""
    insert into idempotency_keys (subject, key, route, body_digest, recorded_at)
    values (:subject, :key, :route, :body_digest, :recorded_at)
    on conflict (subject, key) do nothing
    returning key
""")
_READ = text("""
    select route, body_digest, answer from idempotency_keys where subject = :subject and key = :key
""")
_FINISH = text("""
    update idempotency_keys set answer = cast(:answer as jsonb)
    where subject = :subject and key = :key
""")


class OnceGuard:
    """Runs an act at most once per (subject, Idempotency-Key), in the transaction of the act.

    Two requests at the same moment meet at the primary key: the second waits for the first and
    then repeats its answer. Without the header the act simply runs.
    """

    def __init__(self, request: Request, session: Tx, now: Now, key: str | None) -> None:
        self._request = request
        self._session = session
        self._now = now
        self._key = key

    async def __call__(self, act: Callable[[], Awaitable[object]], answer: type[Answer]) -> Answer:
        """Return the act's answer, stored or repeated, as a wire model.

        Raises:
            KeyReused: the key was used for another operation or body.
        """
        if self._key is None:
            return answer.model_validate(await act())
        who = self._request.scope.get("actor")
        claim = {"subject": who.subject if who else "public", "key": self._key}
        sent = {
            "route": f"{self._request.method} {self._request.url.path}",
            "body_digest": hashlib.sha256(await self._request.body()).hexdigest(),
        }
        claimed = await self._session.execute(_CLAIM, {**claim, **sent, "recorded_at": self._now})
        if claimed.first() is None:
            return await self._repeat(claim, sent, answer)
        given = answer.model_validate(await act())
        await self._session.execute(_FINISH, {**claim, "answer": given.model_dump_json()})
        return given

    async def _repeat(
        self, claim: dict[str, str], sent: dict[str, str], answer: type[Answer]
    ) -> Answer:
        stored = (await self._session.execute(_READ, claim)).one()
        if (stored.route, stored.body_digest) != (sent["route"], sent["body_digest"]):
            raise KeyReused
        return answer.model_validate(stored.answer)


async def once(
    request: Request,
    session: Tx,
    now: Now,
    idempotency_key: Annotated[
        str | None,
        Header(
            description="Same key and same request: same answer. 1 to 200 visible ASCII.",
            json_schema_extra={"pattern": f"^{IDEMPOTENCY_KEY.pattern}$"},
        ),
    ] = None,
) -> OnceGuard:
    """Read the Idempotency-Key header."""
    if idempotency_key is not None and not IDEMPOTENCY_KEY.fullmatch(idempotency_key):
        raise BadHeader(header="Idempotency-Key")
    return OnceGuard(request, session, now, idempotency_key)


Once = Annotated[OnceGuard, Depends(once)]
