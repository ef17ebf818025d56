"""Whole lists as files: read page by page, so that memory stays flat however long the list is."""

import asyncio
import csv
import io
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any

import asyncpg
from kernel.time_zone import LOCAL_ZONE

from dossier.domain.lifecycle import LABELS_VI, Status
from dossier.domain.privacy import shown_name, shown_subject
from dossier.schemas.lists import ExportAsked
from dossier.store import lists
from dossier.store.lists import Row, Wanted
from dossier.store.searches import SearchKind, record_search
from dossier.usecases.acting import Office
from dossier.usecases.listing import Searcher, code_of, place_of, search
from dossier.usecases.sheets import Cell, Column, StreamedBook

Connections = Callable[[], AbstractAsyncContextManager["asyncpg.Connection[Any]"]]
"""Lends a connection for one statement; none is held while the client reads."""

_BATCH = 1_000
_BYTE_ORDER_MARK = "\ufeff"
"""Without it Excel reads UTF-8 as something else."""
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_CHANNELS = {"direct": "Trực tiếp", "online": "Trực tuyến", "postal": "Bưu chính công ích"}
_ENDS = {"settled": "Đã giải quyết", "stopped": "Dừng xử lý"}
_COLUMNS = (
    Column("Mã hồ sơ", 24),
    Column("Cơ quan tiếp nhận", 18),
    Column("Cơ quan giải quyết", 18),
    Column("Mã thủ tục", 12),
    Column("Tên thủ tục", 50),
    Column("Lĩnh vực", 18),
    Column("Hình thức nộp", 18),
    Column("Người nộp", 28),
    Column("Trích yếu", 40),
    Column("Ngày tiếp nhận", 14, is_of_days=True),
    Column("Ngày hẹn trả", 14, is_of_days=True),
    Column("Ngày hẹn lại", 14, is_of_days=True),
    Column("Trạng thái", 24),
    Column("Ngày kết thúc", 14, is_of_days=True),
    Column("Kết thúc do", 16),
    Column("Ngày trả kết quả", 16, is_of_days=True),
    Column("Mã ngoài", 20),
    Column("Mã hồ sơ cũ", 24),
)


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
    write = _csv if export.asked.format == "csv" else _xlsx
    return write(await anext(batches, []), batches)


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
        row["previous_code"],
    ]


async def _csv(
    first: list[list[Cell]], batches: AsyncIterator[list[list[Cell]]]
) -> AsyncIterator[bytes]:
    yield (_BYTE_ORDER_MARK + _csv_text([[column.name for column in _COLUMNS]])).encode()
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


async def _xlsx(
    first: list[list[Cell]], batches: AsyncIterator[list[list[Cell]]]
) -> AsyncIterator[bytes]:
    """Write in threads of their own: other requests go on meanwhile."""
    book = StreamedBook(_COLUMNS)
    yield await asyncio.to_thread(book.add, first)
    async for lines in batches:
        yield await asyncio.to_thread(book.add, lines)
    yield await asyncio.to_thread(book.close)
