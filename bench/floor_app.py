"""The HTTP floor: a bare ASGI application that fetches one dossier over asyncpg, and no more."""

import asyncio
import os
from collections.abc import Awaitable, Callable, MutableMapping
from datetime import date
from typing import Any

import asyncpg
import orjson

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

_CONNECTIONS = 4
_FETCH = """
    select d.*, a.code as agency_code, p.full_name
    from dossiers d
    join agencies a on a.agency_id = d.agency_id
    join applicants p on p.agency_id = d.agency_id and p.applicant_id = d.applicant_id
    where a.code = $1 and d.issued_on = $2 and d.serial = $3
"""
_idle: asyncio.Queue["asyncpg.Connection[Any]"] = asyncio.Queue()


async def app(scope: Message, receive: Receive, send: Send) -> None:
    """Answer `/<dossier code>` with the row as JSON, and `/` with as little as possible."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
        return
    code = scope["path"][1:]
    body = await _dossier(code) if code else b"{}"
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _dossier(code: str) -> bytes:
    agency, day, serial = code.split("-")
    issued_on = date(2000 + int(day[:2]), int(day[2:4]), int(day[4:]))
    connection = await _idle.get()
    try:
        row = await connection.fetchrow(_FETCH, agency, issued_on, int(serial))
    finally:
        _idle.put_nowait(connection)
    # The driver's UUID is a subclass, which orjson leaves to `default`.
    return orjson.dumps(dict(row), default=str)


async def _lifespan(receive: Receive, send: Send) -> None:
    await receive()
    opened = [await asyncpg.connect(os.environ["BENCH_DATABASE_URL"]) for _ in range(_CONNECTIONS)]
    for connection in opened:
        _idle.put_nowait(connection)
    await send({"type": "lifespan.startup.complete"})
    await receive()
    for connection in opened:
        await connection.close()
    await send({"type": "lifespan.shutdown.complete"})
