"""Workbooks as long as their lists: each piece is sent as soon as it is written.

A workbook is a zip of parts, and its sheets are parts that a zip can be given bit by bit.
"""

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import IO

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

Cell = str | int | date | None

LINES_PER_SHEET = 1_000_000
"""Excel reads 1,048,576 lines of a sheet; what is beyond stands in the next one."""
BYTES_PER_SHEET = 2_000_000_000
"""Larger parts need the 64-bit zip, which Excel takes for a damaged file."""
_DAY = "dd/mm/yyyy"
_SIZE = re.compile(rb"<dimension [^>]*/>")
_FIRST = ("_rels/.rels", "docProps/core.xml", "xl/theme/theme1.xml", "xl/styles.xml")
"""Parts that name no sheet; what looks at a file's first bytes knows a workbook by them."""


@dataclass(frozen=True, slots=True)
class Column:
    """What stands above a column, and how wide it is."""

    name: str
    width: int
    is_of_days: bool = False


class StreamedBook:
    """A workbook in the making, of which no more than a piece is held.

    The library writes whole workbooks: it writes one for each piece, whose lines are taken out.
    That keeps what cells look like in its hands, at a fifth more time.
    """

    def __init__(self, columns: Sequence[Column]) -> None:
        self._columns = columns
        self._outlet = _Outlet()
        self._zip = zipfile.ZipFile(self._outlet, "w", zipfile.ZIP_DEFLATED)
        self._sheets_count = 0
        self._sheet: IO[bytes] | None = None
        self._tail = b""
        self._lines_count = self._bytes_count = 0
        self._put(_FIRST, self._parts(1))

    def add(self, lines: Sequence[Sequence[Cell]]) -> bytes:
        """Write lines below those that are there; return what can be sent by now."""
        sheet = self._room_for(len(lines))
        parts = self._parts(self._sheets_count, lines, below=self._lines_count)
        _, _, rows, _ = _cut(parts[_sheet(self._sheets_count)])
        sheet.write(rows)
        self._lines_count += len(lines)
        self._bytes_count += len(rows)
        return self._outlet.take()

    def close(self) -> bytes:
        """Finish the workbook; return the rest of it."""
        self._room_for(0)
        self._end_sheet()
        parts = self._parts(self._sheets_count)
        sheets = {_sheet(number) for number in range(1, self._sheets_count + 1)}
        self._put([name for name in parts if name not in sheets.union(_FIRST)], parts)
        self._zip.close()
        return self._outlet.take()

    def _room_for(self, count: int) -> IO[bytes]:
        is_full = self._lines_count + count > LINES_PER_SHEET or self._bytes_count > BYTES_PER_SHEET
        if self._sheet is None or is_full:
            self._end_sheet()
            self._sheet = self._begin_sheet()
        return self._sheet

    def _begin_sheet(self) -> IO[bytes]:
        self._sheets_count += 1
        self._lines_count = self._bytes_count = 0
        name = _sheet(self._sheets_count)
        head, heading, _, self._tail = _cut(self._parts(self._sheets_count)[name])
        sheet = self._zip.open(name, "w")
        sheet.write(_SIZE.sub(b"", head) + heading)  # the size is not known yet, and need not be
        return sheet

    def _end_sheet(self) -> None:
        if self._sheet is not None:
            self._sheet.write(self._tail)
            self._sheet.close()

    def _put(self, names: Sequence[str], parts: Mapping[str, bytes]) -> None:
        for name in names:
            self._zip.writestr(name, parts[name], zipfile.ZIP_DEFLATED)

    def _parts(
        self, sheets_count: int, lines: Sequence[Sequence[Cell]] = (), *, below: int = 0
    ) -> dict[str, bytes]:
        """Return the parts of a workbook whose last sheet has `lines`, below so many others.

        Each sheet has its heading and its columns, so that every such workbook numbers the same
        formats alike.
        """
        file = io.BytesIO()
        options = {
            "constant_memory": True
        }  # texts stand in their cells, not in a part of their own
        with xlsxwriter.Workbook(file, options) as book:
            heading, day = book.add_format({"bold": True}), book.add_format({"num_format": _DAY})
            for _ in range(sheets_count):
                sheet = book.add_worksheet()
                sheet.freeze_panes(1, 0)
                for at, column in enumerate(self._columns):
                    own = day if column.is_of_days else None
                    sheet.set_column(at, at, column.width, own)
                    sheet.write_string(0, at, column.name, heading)
            for row, line in enumerate(lines, start=below + 1):
                _write(sheet, row, line, day)
        with zipfile.ZipFile(file) as written:
            return {name: written.read(name) for name in written.namelist()}


def _write(sheet: Worksheet, row: int, line: Sequence[Cell], day: Format) -> None:
    """Write texts as texts, whatever they look like: no cell is a formula."""
    for column, cell in enumerate(line):
        if isinstance(cell, str):
            sheet.write_string(row, column, cell)
        elif isinstance(cell, date):
            sheet.write_datetime(row, column, datetime.combine(cell, time()), day)


def _sheet(number: int) -> str:
    return f"xl/worksheets/sheet{number}.xml"


def _cut(sheet: bytes) -> tuple[bytes, bytes, bytes, bytes]:
    """Cut a sheet into what is before its rows, the heading, the other rows, and what is after."""
    head, opening, rest = sheet.partition(b"<sheetData>")
    rows, closing, tail = rest.rpartition(b"</sheetData>")
    heading, end, lines = rows.partition(b"</row>")
    return head + opening, heading + end, lines, closing + tail


class _Outlet:
    """Takes what a zip writes, until it is sent; a zip that cannot go back writes straight on."""

    def __init__(self) -> None:
        self._written: list[bytes] = []

    def write(self, data: bytes) -> int:
        """Keep some bytes."""
        self._written.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Do nothing: it is taken when it is sent."""

    def close(self) -> None:
        """Do nothing either."""

    def take(self) -> bytes:
        """Return what was written since the last time."""
        taken = b"".join(self._written)
        self._written.clear()
        return taken
