"""Speak to one running service as one caller: JSON in, JSON out, a refusal in one line."""

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any, Self, TypeAlias, TypeVar

import httpx

from tthc.concurrency import all_of
from tthc.keys import LocalIssuer
from tthc.problems import LocalProblem

Json: TypeAlias = Mapping[str, Any]
Item = TypeVar("Item")

_PATIENCE = httpx.Timeout(30, connect=5)
_TOKEN_LIFETIME = timedelta(minutes=10)
_AT_ONCE = 8


class DemoRefused(LocalProblem):
    """A service refused a part of the demo quarter."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"The demo quarter was refused: {what}",
            "If the databases hold other work, run against empty ones",
        )


class Caller:
    """One service's API under one token.

    Everything created carries an Idempotency-Key made of its own content, so loading twice asks
    for the same things and gets the same answers.
    """

    def __init__(
        self, url: str, token: str, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._client = httpx.AsyncClient(
            base_url=url,
            timeout=_PATIENCE,
            headers={"Authorization": f"Bearer {token}"},
            transport=transport,
        )

    async def __aenter__(self) -> Self:
        await self._client.__aenter__()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._client.aclose()

    async def read(self, path: str, **params: str) -> httpx.Response:
        """GET `path`; any refusal stops the load."""
        return _accepted(await self._send(self._client.build_request("GET", path, params=params)))

    async def create(
        self, path: str, body: Json, *, headers: Mapping[str, str] | None = None
    ) -> Json:
        """POST `body`; any refusal stops the load, also that something else is there already."""
        answer = await self._send(
            self._client.build_request(
                "POST", path, json=body, headers={**_key_of(path, body), **(headers or {})}
            )
        )
        made: Json = _accepted(answer).json()
        return made

    async def import_lines(self, path: str, lines: str) -> Sequence[Json]:
        """POST NDJSON and return the answer to each line; a rejected one stops the load."""
        answer = _accepted(
            await self._send(
                self._client.build_request(
                    "POST",
                    path,
                    content=lines.encode(),
                    headers={"Content-Type": "application/x-ndjson"},
                )
            )
        )
        outcomes: list[Json] = [json.loads(line) for line in answer.text.splitlines()]
        refuse_rejected(outcomes)
        return outcomes

    async def _send(self, request: httpx.Request) -> httpx.Response:
        try:
            return await self._client.send(request)
        except httpx.HTTPError as error:
            raise DemoRefused(f"{request.url} did not answer ({error!r})") from error


class Callers(AsyncExitStack):
    """Opens callers with fresh tokens and closes them all."""

    def __init__(self, issuer: LocalIssuer) -> None:
        super().__init__()
        self._issuer = issuer

    async def of(self, url: str, *scopes: str, agency: str) -> Caller:
        """Return a caller of the service at `url`; `agency` is a code, or `*` for the tree."""
        token = self._issuer.token("demo-loader", agency, scopes, _TOKEN_LIFETIME)
        return await self.enter_async_context(Caller(url, token))


async def for_each(
    items: Iterable[Item], act: Callable[[Item], Awaitable[object]], done: Callable[[], None]
) -> None:
    """Do `act` for every item, a few at once, telling `done` after each."""
    room = asyncio.Semaphore(_AT_ONCE)

    async def one(item: Item) -> None:
        async with room:
            await act(item)
        done()

    await all_of(one(item) for item in items)


def refuse_rejected(outcomes: Iterable[Json]) -> None:
    """Stop at the first line that was neither stored nor there already."""
    for outcome in outcomes:
        if outcome["outcome"] not in ("stored", "duplicate"):
            raise DemoRefused(f"line {outcome.get('line')}: {outcome.get('problem')}")


def _accepted(answer: httpx.Response) -> httpx.Response:
    if answer.is_success:
        return answer
    request = f"{answer.request.method} {answer.request.url.path}"
    raise DemoRefused(f"{request} answered {answer.status_code} {' '.join(answer.text.split())}")


def _key_of(path: str, body: Json) -> dict[str, str]:
    content = f"{path} {json.dumps(body, sort_keys=True)}"
    return {"Idempotency-Key": f"demo-{hashlib.sha256(content.encode()).hexdigest()}"}
