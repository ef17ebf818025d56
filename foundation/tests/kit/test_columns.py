"""Rows go to the database as columns and come back as they were."""

from dataclasses import astuple, dataclass
from datetime import UTC, date, datetime, time
from uuid import UUID

import asyncpg
import pytest
from kit.columns import Columns, Json
from sqlalchemy.engine import make_url


@dataclass(frozen=True)
class Row:
    number: int
    text: str | None
    seal: bytes | None
    is_of: UUID
    day: date | None
    cutoff: time | None
    at: datetime
    told: Json | None


ROWS = [
    Row(
        1,
        None,
        b"\x00",
        UUID(int=1),
        date(2024, 2, 29),
        time(15),
        datetime(2024, 1, 1, tzinfo=UTC),
        Json("{}"),
    ),
    Row(2, "ệ", None, UUID(int=2), None, None, datetime(1999, 1, 1, tzinfo=UTC), None),
]


@pytest.fixture
async def connection(notes_url):
    plain = make_url(notes_url).set(drivername="postgresql")
    connection = await asyncpg.connect(plain.render_as_string(hide_password=False))
    yield connection
    await connection.close()


@pytest.mark.parametrize("rows", [ROWS, ROWS[:1]])
async def test_rows_come_back_as_they_were(connection, rows):
    columns = Columns(Row)
    asked = f"select {columns.arguments('r')}, r.place from {columns.source('r')} order by r.place"
    found = await connection.fetch(asked, *columns.of(rows))
    assert [tuple(row) for row in found] == [
        (*astuple(row), place) for place, row in enumerate(rows, 1)
    ]
