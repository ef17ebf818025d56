"""Short ways: the plain case of a busy operation, answered without the framework's machinery.

An operation is declared like any other, and that declaration decides what is right: it is the
long way. A shortcut stands before the framework and answers plain requests that succeed. Whatever
else comes (a query where none is read, a refusal, a body that does not parse or is too long) it
leaves to the long way, as if it had not looked.
So it must refuse before it stores, and tests put the same requests both ways.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from re import Pattern
from typing import Any
from urllib.parse import parse_qsl

from fastapi import FastAPI
from kernel.refusals import Refusal
from pydantic import ValidationError
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.routing import compile_path

from kit.auth import Actor, admitted
from kit.observe import AsgiApp, Message, Receive, Scope, Send

LONG_WAY = "kit.long_way"
"""In the scope of a request that is sent the long way."""
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


@dataclass(frozen=True, slots=True)
class Shortcut:
    """The short way of the operation `method path_format`, which must be declared as well.

    `answering` may refuse; the long way then says so.
    """

    method: str
    path_format: str
    answering: Answering
    takes_query: bool = False
    path: Pattern[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "path", compile_path(self.path_format)[0])

    @property
    def takes_body(self) -> bool:
        """Tell whether the request has a body."""
        return self.method == "POST"


class Shortcuts:
    """The layer of a service's short ways: it answers, or sends a request on as it came."""

    def __init__(self, app: AsgiApp, *, shortcuts: Sequence[Shortcut], body_limit: int) -> None:
        self._app = app
        self._body_limit = body_limit
        self._by_method: dict[str, list[Shortcut]] = {}
        for shortcut in shortcuts:
            self._by_method.setdefault(shortcut.method, []).append(shortcut)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] == "http" and LONG_WAY not in scope:
            for shortcut in self._by_method.get(scope["method"], ()):
                found = shortcut.path.match(scope["path"])
                if found is not None and (shortcut.takes_query or not scope["query_string"]):
                    await self._try(shortcut, found.groupdict(), scope, receive, send)
                    return
        await self._app(scope, receive, send)

    async def _try(
        self,
        shortcut: Shortcut,
        parameters: Mapping[str, str],
        scope: Scope,
        receive: Receive,
        send: Send,
    ) -> None:
        came: list[Message] = []
        headers = dict(scope["headers"])
        try:
            body = await _whole(receive, came, self._body_limit) if shortcut.takes_body else b""
            if body and headers.get(b"content-type") != _JSON:
                raise NotPlain
            answer = await shortcut.answering(Plain(scope["app"], scope, headers, parameters, body))
        except (NotPlain, Refusal, ValidationError):
            scope[LONG_WAY] = True
            await self._app(scope, _replayed(came, receive), send)
            return
        except tuple(_handlers(scope)) as error:
            scope["route"] = shortcut
            await _explain(error, scope, receive, send)
            return
        scope["route"] = shortcut
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


async def _whole(receive: Receive, came: list[Message], limit: int) -> bytes:
    size = 0
    while True:
        message = await receive()
        came.append(message)
        size += len(message.get("body", b""))
        if size > limit:
            raise NotPlain
        if message["type"] != "http.request" or not message.get("more_body", False):
            return b"".join(one.get("body", b"") for one in came)


def _replayed(came: Sequence[Message], receive: Receive) -> Receive:
    again = iter(came)

    async def replayed() -> Message:
        return next(again, None) or await receive()

    return replayed


def _handlers(scope: Scope) -> dict[type[Exception], Any]:
    """Return how the service answers failures, but for bugs: those pass through every layer."""
    known = scope["app"].exception_handlers
    return {kind: handler for kind, handler in known.items() if kind not in (500, Exception)}


async def _explain(error: Exception, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer as if the long way had failed so."""

    async def failing(*_: object) -> None:
        raise error

    await ExceptionMiddleware(failing, _handlers(scope))(scope, receive, send)
