"""Cutting a stream of bytes into batches of numbered lines, holding one batch and no more."""

from collections.abc import AsyncIterator
from typing import NamedTuple

LONGEST_LINE = 65_536
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
"""Some programs put it before a file's first line."""


class Line(NamedTuple):
    """A line and its number, from 1; without text when it was longer than any line may be."""

    number: int
    text: bytes | None


async def batches(
    chunks: AsyncIterator[bytes], *, lines: int, size: int, first: int | None = None
) -> AsyncIterator[list[Line]]:
    """Give batches of up to `lines` lines and, a line over, `size` bytes.

    With `first`, the first batch has that many lines and each one after it twice as many, so that
    whoever takes them over soon has something to do. Blank lines are numbered and left out. An
    overlong line is skipped without being held.
    """
    cutter = _Cutter()
    batch: list[Line] = []
    held, most = 0, first or lines
    async for chunk in chunks:
        for line in cutter.cut(chunk):
            batch.append(line)
            held += len(line.text or b"")
            if len(batch) == most or held > size:
                yield batch
                batch, held, most = [], 0, min(2 * most, lines)
    batch += cutter.rest()
    if batch:
        yield batch


class _Cutter:
    """Holds the beginning of a line until its end arrives."""

    def __init__(self) -> None:
        self._number = 0
        self._held = bytearray()
        self._is_overlong = False

    def cut(self, chunk: bytes) -> list[Line]:
        """Return the lines that end in `chunk`."""
        *ends, beginning = chunk.split(b"\n")
        found = []
        for end in ends:
            line = self._line(bytes(self._held) + end if self._held else end)
            self._held.clear()
            if line is not None:
                found.append(line)
        self._held += beginning
        if len(self._held) > LONGEST_LINE:
            self._is_overlong = True
            self._held.clear()
        return found

    def rest(self) -> list[Line]:
        """Return what stands after the last line end."""
        line = self._line(bytes(self._held))
        return [] if line is None else [line]

    def _line(self, text: bytes) -> Line | None:
        self._number += 1
        if self._number == 1:
            text = text.removeprefix(_BYTE_ORDER_MARK)
        was_overlong, self._is_overlong = self._is_overlong, False
        if was_overlong or len(text) > LONGEST_LINE:
            return Line(self._number, None)
        return Line(self._number, text) if text.strip() else None
