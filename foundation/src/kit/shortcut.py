"""Short ways: the plain case of a busy operation, answered without the framework's machinery.

An operation is declared like any other, and that declaration decides what is right: it is the
long way. A shortcut stands before it and answers plain requests that succeed. Whatever else comes
(a query where none is read, a refusal, a body that does not parse) it leaves to the long way, as if
it had not looked.
So it must refuse before it stores, and tests put the same requests both ways.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from fastapi import FastAPI
from kernel.refusals import Refusal
from pydantic import ValidationError
from starlette.routing import BaseRoute, Match, compile_path

from kit.auth import Actor, admitted
from kit.observe import Message, Receive, Scope, Send

_LONG_WAY = "kit.long_way"
_JSON = b"application/json"


@dataclass(frozen=True, slots=True)
class Plain:
    """A plain request: a body, if any, that says it is JSON; a query only where it is read."""

    app: FastAPI
    scope: Scope
    headers: Mapping[bytes, bytes]
    parameters: Mapping[str, str]
    body: bytes

    def header(self, name: bytes) -> str | None:
        """Return a header's text."""
        given = self.headers.get(name)
        return None if given is None else given.decode("latin-1")

    def query(self, *, lists: Collection[str] = ()) -> dict[str, str | list[str]]:
        """Return the parameters of the query; of `lists` there may be several each.

        Raises:
            NotPlain: another is given twice.
        """
        found: dict[str, str | list[str]] = {}
        for name, value in parse_qsl(
            self.scope["query_string"].decode("latin-1"), keep_blank_values=True
        ):
            if name not in found:
                found[name] = [value] if name in lists else value
            elif isinstance(several := found[name], list):
                several.append(value)
            else:
                raise NotPlain
        return found

    async def actor(self, *scopes: str) -> Actor:
        """Return who is asking, or refuse."""
        return await admitted(self.app, self.headers.get(b"authorization", b""), scopes)


@dataclass(frozen=True, slots=True)
class Answer:
    """A success with its JSON."""

    status: int
    body: bytes
    headers: Collection[tuple[bytes, bytes]] = ()


Answering = Callable[[Plain], Awaitable[Answer]]


class NotPlain(Exception):
    """The request is one for the long way."""


class Shortcut(BaseRoute):
    """The short way of the operation `method template`, which must be declared as well.

    `answering` may refuse; the long way then says so.
    """

    def __init__(
        self, method: str, template: str, answering: Answering, *, takes_query: bool = False
    ) -> None:
        self.method = method
        self.path_format = template
        self._path = compile_path(template)[0]
        self._answering = answering
        self._takes_body = method == "POST"
        self._takes_query = takes_query

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Match plain requests that have not been on the short way yet."""
        if (
            scope["type"] != "http"
            or scope["method"] != self.method
            or (scope["query_string"] and not self._takes_query)
            or _LONG_WAY in scope
        ):
            return Match.NONE, {}
        found = self._path.match(scope["path"])
        if found is None:
            return Match.NONE, {}
        return Match.FULL, {"route": self, "path_params": found.groupdict()}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or send the request the long way as it came."""
        headers = dict(scope["headers"])
        came: list[Message] = []
        body = await _whole(receive, came) if self._takes_body else b""
        plain = Plain(scope["app"], scope, headers, scope["path_params"], body)
        try:
            if body and headers.get(b"content-type") != _JSON:
                raise NotPlain
            answer = await self._answering(plain)
        except (NotPlain, Refusal, ValidationError):
            await _go_long(scope, came, receive, send)
            return
        await send(
            {
                "type": "http.response.start",
                "status": answer.status,
                "headers": [
                    (b"content-length", b"%d" % len(answer.body)),
                    (b"content-type", _JSON),
                    *answer.headers,
                ],
            }
        )
        await send({"type": "http.response.body", "body": answer.body})


async def _whole(receive: Receive, came: list[Message]) -> bytes:
    while True:
        message = await receive()
        came.append(message)
        if message["type"] != "http.request" or not message.get("more_body", False):
            return b"".join(one.get("body", b"") for one in came)


async def _go_long(scope: Scope, came: list[Message], receive: Receive, send: Send) -> None:
    scope[_LONG_WAY] = True
    del scope["path_params"], scope["route"]
    again = iter(came)

    async def replayed() -> Message:
        return next(again, None) or await receive()

    await scope["app"].router(scope, replayed, send)
