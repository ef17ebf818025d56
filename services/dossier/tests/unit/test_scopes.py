"""A statement is built for the shape of a question; who asks what are its parameters."""

from datetime import UTC, date, datetime

import pytest
from dossier.store.agencies import Reach, in_sight, reached, reaching
from dossier.store.scopes import Scope
from dossier.tables.facts import facts
from kernel.periods import ReportingPeriod
from sqlalchemy.dialects import postgresql

QUARTER = ReportingPeriod(date(2022, 6, 15), date(2022, 9, 14))
MONTH = ReportingPeriod(date(2022, 6, 15), date(2022, 7, 14))
NOW = datetime(2022, 10, 1, tzinfo=UTC)
A, B, C = "H56.1.1", "H56.1.2", "H56.1.3"
SIGHTS = [
    (None, None, Reach.EVERYWHERE, {}),
    (None, {A}, Reach.ONE, {"agency_code": A}),
    (frozenset({A}), None, Reach.ONE, {"agency_code": A}),
    (frozenset({A, B}), None, Reach.SEVERAL, {"agency_codes": [A, B]}),
    (frozenset({A, B}), {B, C}, Reach.ONE, {"agency_code": B}),
    (frozenset({A, B}), {C}, Reach.SEVERAL, {"agency_codes": []}),
]


def said(condition) -> tuple[str, list[object]]:
    compiled = condition.compile(dialect=postgresql.asyncpg.dialect())
    return str(compiled), list(compiled.params.values())


@pytest.mark.parametrize(("sight", "among", "reach", "codes"), SIGHTS)
def test_nobody_reaches_further_than_they_see(sight, among, reach, codes):
    assert reaching(sight, among) == (reach, codes)


@pytest.mark.parametrize(("sight", "among", "reach", "codes"), SIGHTS)
def test_a_statement_built_once_says_what_sight_says(sight, among, reach, codes):
    text, values = said(in_sight(facts.c.agency_id, sight, among=among))
    built, _ = said(reached(facts.c.agency_id, reach))
    assert built == text
    assert values == list(codes.values())


def test_wards_and_periods_share_a_statement():
    one = Scope(agencies={A}, sight=None, period=QUARTER)
    other = Scope(agencies={A, B}, sight=frozenset({B}), period=MONTH)
    assert one.shape == other.shape
    assert one.values() != other.values()


def test_what_was_known_then_is_another_statement():
    now = Scope(agencies={A}, sight=None, period=QUARTER)
    then = Scope(agencies={A}, sight=None, period=QUARTER, known_at=NOW)
    assert now.shape != then.shape
    assert then.values()["known_at"] == NOW
