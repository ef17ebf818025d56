"""Names folded before are refolded in SQL to what the application folds them to."""

import importlib.util
import sys
import unicodedata
from datetime import date
from pathlib import Path

import asyncpg
import pytest
from dossier.domain.names import folded

VERSIONS = Path(__file__).parents[2] / "migrations/versions"
NAMES = [
    "Nguyễn Văn Đức",
    "\u00d0ặng \u00f0ức",
    'Công ty TNHH "Hoa Sen Vàng"',
    "Nguyễn Văn Kiên/Trần Thị Liễu",
    " - Xi-măng (cũ) - ",
    "Y’Bar \\ O'Brien",
    "?!",
]
ALL_THERE_ARE = [chr(p) for p in range(1, sys.maxunicode + 1) if not 0xD800 <= p < 0xE000]


def before(name: str) -> str:
    """Fold a name as it was folded before."""
    marks = unicodedata.normalize("NFD", name.lower()).replace("đ", "d")
    return " ".join("".join(c for c in marks if not unicodedata.combining(c)).split())


def first_in_sql(name: str) -> str:
    """Fold a name as 0005 did where it knew least of its marks: not at all."""
    return unicodedata.normalize("NFD", name.lower()).replace("đ", "d")


@pytest.fixture(scope="module")
def refold() -> str:
    file = next(VERSIONS.glob("*_refolded_names.py"))
    spec = importlib.util.spec_from_file_location("refolded_names", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.refold()


@pytest.fixture
async def connection(database_url):
    connection = await asyncpg.connect(database_url("dossier", "refolded"))
    transaction = connection.transaction()
    await transaction.start()
    yield connection
    await transaction.rollback()
    await connection.close()


@pytest.mark.parametrize("old", [before, first_in_sql])
async def test_every_character_is_refolded_as_the_application_folds_it(connection, refold, old):
    size = 60  # a word of the index has its longest
    cuts = range(0, len(ALL_THERE_ARE), size)
    names = NAMES + ["".join(ALL_THERE_ARE[cut : cut + size]) for cut in cuts]
    names += [f"a{c}b" for c in ALL_THERE_ARE[:0x2100]]
    rows = [(1, date(2022, 7, 4), n, old(name)) for n, name in enumerate(names)]
    columns = ["agency_id", "issued_on", "serial", "folded_name"]
    await connection.copy_records_to_table("applicant_names", records=rows, columns=columns)
    await connection.execute(refold)
    found = await connection.fetch("select serial, folded_name from applicant_names")
    assert {row["serial"]: row["folded_name"] for row in found} == {
        n: folded(name) for n, name in enumerate(names)
    }
