"""Whole lists as files: read page by page, so that memory stays flat however long the list is."""

import asyncio
import csv
import io
import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import asyncpg
import xlsxwriter
from kernel.time_zone import LOCAL_ZONE
from xlsxwriter.exceptions import FileCreateError

from dossier.domain.errors import ListTooLong
from dossier.domain.lifecycle import LABELS_VI, Status
from dossier.domain.privacy import shown_name, shown_subject
from dossier.schemas.lists import ExportAsked
from dossier.store import lists
from dossier.store.lists import Row, Wanted
from dossier.store.searches import SearchKind, record_search
from dossier.usecases.acting import Office
from dossier.usecases.listing import Searcher, code_of, place_of, search

Connections = Callable[[], AbstractAsyncContextManager["asyncpg.Connection[Any]"]]
"""Lends a connection for one statement; none is held while the client reads."""
Cell = str | int | date | None

_BATCH = 1_000
_CHUNK = 1 << 16
_BYTE_ORDER_MARK = "\ufeff"
"""Without it Excel reads UTF-8 as something else."""
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
LONGEST_SHEET = 20_000
"""Twice 1.1 kB a line is what writing takes of the 64 MB that a service's container has for passing
files; CSV passes through memory and has no bound."""
_DATE = "dd/mm/yyyy"
_CHANNELS = {"direct": "Trực tiếp", "online": "Trực tuyến", "postal": "Bưu chính công ích"}
_ENDS = {"settled": "Đã giải quyết", "stopped": "Dừng xử lý"}
_COLUMNS: tuple[tuple[str, int], ...] = (
    ("Mã hồ sơ", 24),
    ("Cơ quan tiếp nhận", 18),
    ("Cơ quan giải quyết", 18),
    ("Mã thủ tục", 12),
    ("Tên thủ tục", 50),
    ("Lĩnh vực", 18),
    ("Hình thức nộp", 18),
    ("Người nộp", 28),
    ("Trích yếu", 40),
    ("Ngày tiếp nhận", 14),
    ("Ngày hẹn trả", 14),
    ("Ngày hẹn lại", 14),
    ("Trạng thái", 24),
    ("Ngày kết thúc", 14),
    ("Kết thúc do", 16),
    ("Ngày trả kết quả", 16),
    ("Mã ngoài", 20),
)
"""What stands above each column, and how wide it is in a sheet."""


@dataclass(frozen=True, slots=True)
class Export:
    """A list to be written out; who it names in clear, lists do as well."""

    wanted: Wanted
    asked: ExportAsked
    searcher: Searcher


async def export_dossiers(
    connections: Connections, office: Office, export: Export
) -> AsyncIterator[bytes]:
    """Record that names are read, where they are, and begin the file.

    What can go wrong at the start does so here, before the first byte is promised.
    """
    if export.searcher.acting.sees_people:
        kept = search(office, export.asked, export.searcher, kind=SearchKind.EXPORT)
        async with connections() as connection:
            await record_search(connection, kept)
    batches = _batches(connections, export)
    if export.asked.format == "csv":
        return _csv(await anext(batches, []), batches)
    folder = tempfile.TemporaryDirectory(prefix="export-")
    try:
        return _sent(folder, await _workbook(Path(folder.name), batches))
    except BaseException:
        folder.cleanup()
        raise


async def _batches(connections: Connections, export: Export) -> AsyncIterator[list[list[Cell]]]:
    """Give the lines of the list, a page at a time, each page from where the last one ended."""
    after = None
    while True:
        async with connections() as connection:
            rows = await lists.page(connection, export.wanted, after=after, limit=_BATCH)
        if rows:
            yield [_line(row, in_clear=export.searcher.acting.sees_people) for row in rows]
        if len(rows) < _BATCH:
            return
        after = place_of(rows[-1])


def _line(row: Row, *, in_clear: bool) -> list[Cell]:
    return [
        code_of(row),
        row["agency_code"],
        row["resolver_agency_code"],
        row["procedure_code"],
        row["procedure_name"],
        row["field_code"],
        _CHANNELS[row["channel"]],
        shown_name(row["applicant_name"], in_clear=in_clear),
        shown_subject(row["subject"], in_clear=in_clear),
        row["received_on"],
        row["due_on"],
        row["promised_on"],
        LABELS_VI[Status(row["status"])],
        row["ended_on"],
        None if row["end_kind"] is None else _ENDS[row["end_kind"]],
        None if row["returned_at"] is None else row["returned_at"].astimezone(LOCAL_ZONE).date(),
        row["external_id"],
    ]


async def _csv(
    first: list[list[Cell]], batches: AsyncIterator[list[list[Cell]]]
) -> AsyncIterator[bytes]:
    yield (_BYTE_ORDER_MARK + _csv_text([[name for name, _ in _COLUMNS]])).encode()
    yield _csv_text(first).encode()
    async for lines in batches:
        yield _csv_text(lines).encode()


def _csv_text(lines: Sequence[Sequence[Cell]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows([[_harmless(cell) for cell in line] for line in lines])
    return text.getvalue()


def _harmless(cell: Cell) -> Cell:
    """Return a cell that no spreadsheet runs: what would be a formula is quoted as text."""
    if isinstance(cell, str) and cell.startswith(_FORMULA_STARTS):
        return f"'{cell}"
    return cell


async def _workbook(folder: Path, batches: AsyncIterator[list[list[Cell]]]) -> Path:
    """Write a workbook, in threads of its own: other requests go on meanwhile.

    Raises:
        ListTooLong: the sheet would be longer than we have room for, or others have taken the room.
    """
    book, count = _Book(folder), 0
    try:
        async for lines in batches:
            count += len(lines)
            if count > LONGEST_SHEET:
                raise ListTooLong(longest=LONGEST_SHEET)
            await asyncio.to_thread(book.add, lines)
    except OSError as error:
        raise ListTooLong(longest=LONGEST_SHEET) from error
    finally:
        await asyncio.to_thread(book.close)
    return book.file


class _Book:
    """A workbook whose rows go straight to disk."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "export.xlsx"
        options = {"constant_memory": True, "tmpdir": str(folder), "default_date_format": _DATE}
        self._book = xlsxwriter.Workbook(str(self.file), options)
        self._sheet = self._book.add_worksheet()
        self._sheet.freeze_panes(1, 0)
        heading = self._book.add_format({"bold": True})
        for column, (name, width) in enumerate(_COLUMNS):
            self._sheet.set_column(column, column, width)
            self._sheet.write_string(0, column, name, heading)
        self._row = 0

    def add(self, lines: Sequence[Sequence[Cell]]) -> None:
        """Write lines below those that are there."""
        for line in lines:
            self._row += 1
            for column, cell in enumerate(line):
                self._write(column, cell)

    def close(self) -> None:
        """Finish the file.

        Raises:
            ListTooLong: there is no room left.
        """
        try:
            self._book.close()
        except (OSError, FileCreateError) as error:
            raise ListTooLong(longest=LONGEST_SHEET) from error
        finally:
            self._sheet.row_data_fh.close()

    def _write(self, column: int, cell: Cell) -> None:
        # Texts are written as texts, whatever they look like: nothing in a list is a formula.
        if isinstance(cell, str):
            self._sheet.write_string(self._row, column, cell)
        elif isinstance(cell, date):
            self._sheet.write_datetime(self._row, column, datetime(cell.year, cell.month, cell.day))  # noqa: DTZ001 - a sheet knows days, not zones


async def _sent(folder: "tempfile.TemporaryDirectory[str]", file: Path) -> AsyncIterator[bytes]:
    """Send a file in pieces; its folder goes when the last is sent or the client leaves."""
    with folder, file.open("rb") as source:
        while chunk := await asyncio.to_thread(source.read, _CHUNK):
            yield chunk
