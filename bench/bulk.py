"""A client of bulk imports: it writes lines and reads answers at the same time."""

import asyncio
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import orjson

from bench.stage import Stage

_CHUNK = 1 << 16
_PATIENCE_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Imported:
    """How long an import took and what became of its lines."""

    seconds: float
    outcomes: Mapping[str, int]


class ImportFailed(Exception):
    """The import as a whole was refused or broke off."""


async def import_lines(
    stage: Stage, lines: Sequence[Mapping[str, Any]], *, agency: str
) -> Imported:
    """Send `lines` in one request."""
    body = b"".join(orjson.dumps(line) + b"\n" for line in lines)
    place = urlsplit(stage.dossier)
    head = (
        "POST /v1/dossier-imports HTTP/1.1\r\nhost: bench\r\nconnection: close\r\n"
        f"authorization: Bearer {stage.token(agency)}\r\n"
        f"content-type: application/x-ndjson\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    reader, writer = await asyncio.open_connection(place.hostname, place.port, limit=_CHUNK)
    started = time.perf_counter()
    async with asyncio.timeout(_PATIENCE_SECONDS), asyncio.TaskGroup() as group:
        group.create_task(_write(writer, head.encode(), body))
        reading = group.create_task(_read(reader))
    writer.close()
    answer = reading.result()
    if not answer.startswith(b"HTTP/1.1 200"):
        raise ImportFailed(answer[:500].decode(errors="replace"))
    found = [orjson.loads(line) for line in answer.splitlines() if line.startswith(b'{"line"')]
    outcomes = Counter(line["outcome"] for line in found)
    if outcomes["stored"] == 0:
        raise ImportFailed(answer[-500:].decode(errors="replace"))
    return Imported(time.perf_counter() - started, outcomes)


async def _write(writer: asyncio.StreamWriter, head: bytes, body: bytes) -> None:
    writer.write(head)
    for start in range(0, len(body), _CHUNK):
        writer.write(body[start : start + _CHUNK])
        await writer.drain()


async def _read(reader: asyncio.StreamReader) -> bytes:
    """Read to the end; answers are whole lines in chunks of their own."""
    return await reader.read(-1)
