"""Send a file of dossier histories, a line each, to the dossier service: `tthc import dossiers`."""

import asyncio
import gzip
import json
import os
import sys
import time
import zlib
from bisect import bisect_right
from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus
from itertools import accumulate
from pathlib import Path
from typing import IO, Annotated, Self

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from tthc.duplex import Answer, BrokenOff, Place, post
from tthc.keys import LocalIssuer
from tthc.problems import LocalProblem, writing_under
from tthc.services import PROJECT
from tthc.signals import Stopped, run_stoppable, stoppable

app = typer.Typer(help="Send files of many records to a running service.", no_args_is_help=True)

_LINES_A_REQUEST = 50_000
_BYTES_A_REQUEST = 33_554_432
_LONGEST_LINE = 65_536
_CHUNK = 65_536
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
            console.print(f"Broken off: {tally.at_a_break}", soft_wrap=True)
            raise
    seconds = time.monotonic() - started
    console.print(f"{tally} in {seconds:.1f} s: {tally.lines / max(seconds, 0.001):,.0f} lines/s.")
    if tally.rejected:
        console.print(f"Rejected lines, each with its reason: {rejects.file}", soft_wrap=True)
        sys.exit(1)


@dataclass
class Tally:
    """What became of the lines so far; `untold` were sent, and nothing was heard of them."""

    outcomes: Counter[str] = field(default_factory=Counter)
    untold: set[int] = field(default_factory=set)
    told_late: int = 0
    """Duplicates that this run itself had sent before, when the answer did not come."""

    @property
    def lines(self) -> int:
        """Return how many lines were answered."""
        return self.outcomes.total()

    @property
    def rejected(self) -> int:
        """Return how many lines were rejected."""
        return self.outcomes["rejected"]

    @property
    def at_a_break(self) -> str:
        """Return what is known for sure, and what is not."""
        known = f"{self}."
        if self.untold:
            known += (
                f" {len(self.untold):,} more lines were sent and not answered:"
                " they may be stored, and then count as duplicates in the next run."
            )
        return f"{known} Run it again to continue."

    def told(self, number: int, outcome: str) -> None:
        """Count the answer to a line of the file."""
        self.outcomes[outcome] += 1
        self.untold.discard(number)

    def __str__(self) -> str:
        stored, duplicates = self.outcomes["stored"], self.outcomes["duplicate"]
        late = f" ({self.told_late:,} of them sent before by this run)" if self.told_late else ""
        return f"{stored:,} stored, {duplicates:,} duplicates{late}, {self.rejected:,} rejected"


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
        place = Place.of(self.url)
        for part in parts_of(self.file):
            await self._send(place, part)
            self.follow(part.ends)

    async def _send(self, place: Place, part: Part) -> None:
        """Send a part until every line of it is answered, with pauses when the service is away.

        That is safe: a line stored by an attempt that broke off is a duplicate in the next.
        """
        answered: set[int] = set()
        for pause in (*_PAUSES_SECONDS, None):
            try:
                await self._try(place, part, answered)
            except (BrokenOff, _Away) as error:
                if pause is None:
                    raise LocalProblem(
                        f"The dossier service at {self.url} does not answer ({error})",
                        "Start it with `make run`, or name its address with --url",
                    ) from error
                await asyncio.sleep(pause)
            else:
                return

    async def _try(self, place: Place, part: Part, answered: set[int]) -> None:
        """Send a part once, and count the answers while it is being sent."""
        before = frozenset(self.tally.untold)
        sending = _Sending(part, self.tally, answered)
        headers = {
            "Authorization": f"Bearer {self.bearer}",
            "Content-Type": "application/x-ndjson",
        }
        expected = sum(1 for line in part.lines if line.strip())
        async with post(
            place,
            "/v1/dossier-imports",
            headers,
            b"".join(part.lines),
            wrote=sending.wrote,
            patience_seconds=_PATIENCE_SECONDS,
        ) as answer:
            if answer.status in _PASSING:
                sending.took_nothing(before)
                raise _Away(f"{answer.status}")
            if answer.status != HTTPStatus.OK:
                sending.took_nothing(before)
                raise LocalProblem("The dossier service refuses the import", await _reason(answer))
            async for lines in _lines(answer.body):
                for line in lines:
                    expected -= 1
                    self._count(part, json.loads(line), answered, before)
                self.follow(part.reached(len(answered)))
        if expected:
            raise _Away("it broke off")

    def _count(
        self, part: Part, answer: dict[str, object], answered: set[int], before: Collection[int]
    ) -> None:
        number = answer["line"]
        if not isinstance(number, int) or number in answered:
            return
        answered.add(number)
        outcome, in_file = str(answer["outcome"]), part.first + number - 1
        self.tally.told(in_file, outcome)
        if outcome == "duplicate" and in_file in before:
            self.tally.told_late += 1
        if outcome == "rejected":
            self.rejects.add(in_file, answer.get("problem"), part.lines[number - 1])


class _Sending:
    """Notes which lines of a part are on their way, by the bytes handed to the connection."""

    def __init__(self, part: Part, tally: Tally, answered: Collection[int]) -> None:
        self._part = part
        self._tally = tally
        self._answered = answered
        self._ends = list(accumulate(len(line) for line in part.lines))
        self._sent = 0

    def wrote(self, size: int) -> None:
        """Note what lies within the first `size` bytes; a last line needs no line end."""
        sent = bisect_right(self._ends, size + 1)
        first = self._part.first
        numbers = (
            number
            for number in range(self._sent + 1, sent + 1)
            if number not in self._answered and self._part.lines[number - 1].strip()
        )
        self._tally.untold.update(first + number - 1 for number in numbers)
        self._sent = max(self._sent, sent)

    def took_nothing(self, before: Collection[int]) -> None:
        """Note that the service refused the whole request, so nothing of it was stored."""
        self._tally.untold.intersection_update(before)


class _Away(Exception):
    """The service did not answer every line; `str()` says how."""


async def _lines(body: AsyncIterator[bytes]) -> AsyncIterator[list[bytes]]:
    """Cut the answer at line feeds only: text within a line may hold what Unicode breaks at."""
    held = b""
    async for chunk in body:
        *ends, held = (held + chunk).split(b"\n")
        yield ends
    if held:
        yield [held]


async def _reason(answer: Answer) -> str:
    text = b"".join([chunk async for chunk in answer.body]).decode(errors="replace")
    try:
        problem = json.loads(text)
    except ValueError:
        return text[:500]
    return str(problem.get("detail", text)) if isinstance(problem, dict) else text[:500]


@contextmanager
def _following(file: Path, console: Console) -> Iterator[tuple[Tally, Callable[[int], None]]]:
    """Show how far the import is, how fast, and how long it will take, on a terminal."""
    tally, started = Tally(), time.monotonic()

    def said() -> str:
        seconds = max(time.monotonic() - started, 0.001)
        return f"{tally.lines / seconds:,.0f} lines/s · {tally}"

    columns = (
        TextColumn(file.name),
        BarColumn(),
        DownloadColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task(said(), total=file.stat().st_size)
        yield tally, lambda done: progress.update(task, completed=done, description=said())
