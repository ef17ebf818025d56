"""Send a file of dossier histories, a line each, to the dossier service: `tthc import dossiers`."""

import asyncio
import gzip
import json
import os
import sys
import time
import zlib
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from typing import IO, Annotated, Self

import httpx
import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from tthc.keys import LocalIssuer
from tthc.problems import LocalProblem, writing_under
from tthc.services import PROJECT
from tthc.signals import Stopped, run_stoppable, stoppable

app = typer.Typer(help="Send files of many records to a running service.", no_args_is_help=True)

_LINES_A_REQUEST = 50_000
_BYTES_A_REQUEST = 33_554_432
_LONGEST_LINE = 65_536
_CHUNK = 65_536
_A_STEP = 1_000
_PATIENCE_SECONDS = 600
_PAUSES_SECONDS = (1, 2, 4, 8)
_PASSING = (HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS)
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_GZIP_MAGIC = b"\x1f\x8b"
_LIFETIME = timedelta(hours=24)


@app.command()
def dossiers(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="NDJSON, also compressed (.gz).")
    ],
    url: Annotated[str, typer.Option(help="Where dossier listens.")] = "http://127.0.0.1:8002",
    token: Annotated[
        str | None,
        typer.Option(envvar="TTHC_TOKEN", help="Bearer token; by default one of the local stack."),
    ] = None,
    local: Annotated[Path, typer.Option(help="Folder of the local stack's keys.")] = (
        PROJECT / ".local"
    ),
) -> None:
    """Import dossiers; rejected lines go to FILE.rejected.ndjson and make the exit code 1.

    Sending a file again continues where it broke off: what is stored already counts as duplicate.
    """
    if not file.is_file():
        raise LocalProblem(f"{file} is no regular file", "Write it to a file first")
    bearer = token or LocalIssuer(local / "keys").token(
        "tthc-import", "*", ["dossiers:import"], _LIFETIME
    )
    console = Console()
    started = time.monotonic()
    with stoppable(), _following(file, console) as (tally, follow), Rejects(file) as rejects:
        try:
            run_stoppable(Import(file, url, bearer, tally, rejects, follow).run())
        except (Stopped, LocalProblem):
            console.print(f"Broken off: {tally}. Run it again to continue.")
            raise
    seconds = time.monotonic() - started
    console.print(f"{tally} in {seconds:.1f} s: {tally.lines / max(seconds, 0.001):,.0f} lines/s.")
    if tally.rejected:
        console.print(f"Rejected lines, each with its reason: {rejects.file}", soft_wrap=True)
        sys.exit(1)


@dataclass
class Tally:
    """What became of the lines so far."""

    outcomes: Counter[str] = field(default_factory=Counter)

    @property
    def lines(self) -> int:
        """Return how many lines were answered."""
        return self.outcomes.total()

    @property
    def rejected(self) -> int:
        """Return how many lines were rejected."""
        return self.outcomes["rejected"]

    def __str__(self) -> str:
        stored, duplicates = self.outcomes["stored"], self.outcomes["duplicate"]
        return f"{stored:,} stored, {duplicates:,} duplicates, {self.rejected:,} rejected"


class Rejects:
    """The file beside the imported one that rejected lines go to; personal data, so 0600."""

    def __init__(self, beside: Path) -> None:
        self.file = beside.with_name(f"{beside.name}.rejected.ndjson")
        self._out: IO[bytes] | None = None

    def __enter__(self) -> Self:
        self.file.unlink(missing_ok=True)
        return self

    def __exit__(self, *_raised: object) -> None:
        if self._out is not None:
            self._out.close()

    def add(self, number: int, problem: object, text: bytes) -> None:
        """Keep a rejected line: its number, why, and the line as it was."""
        if self._out is None:
            with writing_under(self.file.parent):
                flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
                self._out = os.fdopen(os.open(self.file, flags, 0o600), "wb")
        line = {"line": number, "problem": problem, "text": text.decode(errors="replace").strip()}
        with writing_under(self.file.parent):
            self._out.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")


@dataclass(frozen=True, slots=True)
class Part:
    """Lines that go into one request; `first` is the number of the first in the file."""

    first: int
    lines: Sequence[bytes]
    begins: int
    ends: int

    def reached(self, answered: int) -> int:
        """Return how far into the file so many answers reach."""
        return self.begins + (self.ends - self.begins) * answered // len(self.lines)


def parts_of(file: Path) -> Iterator[Part]:
    """Read a file part by part, never more of it than a part.

    A byte order mark is no part of the first line, which else would not pass for a blank one.
    Where a part begins and ends is told in bytes of the file as it lies on the disk. What is beyond
    the longest line that the service takes is left out: it will be rejected anyway.
    """
    with file.open("rb") as raw:
        is_compressed = raw.peek(2)[:2] == _GZIP_MAGIC
        source: IO[bytes] = gzip.GzipFile(fileobj=raw) if is_compressed else raw  # type: ignore[assignment]  # a readable file, which the class does not say of itself
        first, begins, lines, held = 1, 0, list[bytes](), 0
        try:
            while line := _line(source):
                is_first = first == 1 and not lines
                lines.append(line.removeprefix(_BYTE_ORDER_MARK) if is_first else line)
                held += len(line)
                if len(lines) == _LINES_A_REQUEST or held > _BYTES_A_REQUEST:
                    yield Part(first, lines, begins, raw.tell())
                    first, begins, lines, held = first + len(lines), raw.tell(), [], 0
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise LocalProblem(
                f"{file.name} is damaged after line {first + len(lines) - 1}", "Send a whole file"
            ) from error
        if lines:
            yield Part(first, lines, begins, raw.tell())


def _line(source: IO[bytes]) -> bytes:
    line = source.readline(_LONGEST_LINE + 2)
    rest = line
    while rest and not rest.endswith(b"\n"):
        rest = source.readline(_CHUNK)
    return line if not line or line.endswith(b"\n") else line + b"\n"


@dataclass(frozen=True, slots=True)
class Import:
    """One file on its way; `follow` is told how far into it the answers reach."""

    file: Path
    url: str
    bearer: str
    tally: Tally
    rejects: Rejects
    follow: Callable[[int], None]

    async def run(self) -> None:
        """Send part after part.

        Raises:
            LocalProblem: the service cannot be reached, or refuses the import as a whole.
        """
        headers = {
            "Authorization": f"Bearer {self.bearer}",
            "Content-Type": "application/x-ndjson",
        }
        async with httpx.AsyncClient(
            base_url=self.url, headers=headers, timeout=_PATIENCE_SECONDS
        ) as client:
            for part in parts_of(self.file):
                await self._send(client, part)
                self.follow(part.ends)

    async def _send(self, client: httpx.AsyncClient, part: Part) -> None:
        """Send a part until every line of it is answered, with pauses when the service is away.

        That is safe: a line stored by an attempt that broke off is a duplicate in the next.
        """
        answered: set[int] = set()
        for pause in (*_PAUSES_SECONDS, None):
            try:
                async for answer in _answers(client, part):
                    self._count(part, answer, answered)
            except (httpx.TransportError, _Away) as error:
                if pause is None:
                    raise LocalProblem(
                        f"The dossier service at {self.url} does not answer ({_what(error)})",
                        "Start it with `make run`, or name its address with --url",
                    ) from error
                await asyncio.sleep(pause)
            else:
                return

    def _count(self, part: Part, answer: dict[str, object], answered: set[int]) -> None:
        number = answer["line"]
        if not isinstance(number, int) or number in answered:
            return
        answered.add(number)
        self.tally.outcomes[str(answer["outcome"])] += 1
        if len(answered) % _A_STEP == 0:
            self.follow(part.reached(len(answered)))
        if answer["outcome"] == "rejected":
            text = part.lines[number - 1]
            self.rejects.add(part.first + number - 1, answer.get("problem"), text)


class _Away(Exception):
    """The service did not answer every line."""


async def _answers(client: httpx.AsyncClient, part: Part) -> AsyncIterator[dict[str, object]]:
    expected = sum(1 for line in part.lines if line.strip())
    content = b"".join(part.lines)
    async with client.stream("POST", "/v1/dossier-imports", content=content) as response:
        if response.status_code in _PASSING:
            raise _Away
        if not response.is_success:
            raise LocalProblem("The dossier service refuses the import", await _reason(response))
        async for line in _lines(response):
            expected -= 1
            yield json.loads(line)
    if expected:
        raise _Away


async def _lines(response: httpx.Response) -> AsyncIterator[bytes]:
    """Cut the answer at line feeds only: text within a line may hold what Unicode breaks at."""
    held = b""
    async for chunk in response.aiter_bytes():
        *ends, held = (held + chunk).split(b"\n")
        for end in ends:
            yield end
    if held:
        yield held


async def _reason(response: httpx.Response) -> str:
    text = (await response.aread()).decode(errors="replace")
    try:
        problem = json.loads(text)
    except ValueError:
        return text[:500]
    return str(problem.get("detail", text)) if isinstance(problem, dict) else text[:500]


def _what(error: Exception) -> str:
    return type(error).__name__ if isinstance(error, httpx.TransportError) else "it broke off"


@contextmanager
def _following(file: Path, console: Console) -> Iterator[tuple[Tally, Callable[[int], None]]]:
    """Show how far the import is, on a terminal."""
    tally = Tally()
    columns = (
        TextColumn(file.name),
        BarColumn(),
        DownloadColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task(str(tally), total=file.stat().st_size)
        yield tally, lambda done: progress.update(task, completed=done, description=str(tally))
