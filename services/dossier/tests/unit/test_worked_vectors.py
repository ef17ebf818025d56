"""Worked vectors of domain.md beside the clock: codes, channels, the form's rows, the apology."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from dossier.domain import facts as days
from dossier.domain.classification import contribution
from dossier.domain.desk import Desk
from dossier.domain.dossier import dossier_code
from dossier.domain.due_date import SupplementPolicy, TimeLimit, TimeUnit, due_date
from dossier.domain.facts import Channel, EndKind, Facts
from dossier.domain.procedures import ProcedureVersion
from kernel.codes import DossierCode
from kernel.periods import ReportingPeriod
from kernel.ratios import Ratio
from kernel.time_zone import LOCAL_ZONE
from kernel.working_days import WorkingCalendar

DIRECT, ONLINE, POSTAL = Channel.DIRECT, Channel.ONLINE, Channel.POSTAL
DESK = Desk(WorkingCalendar(frozenset({date(2022, 9, 1), date(2022, 9, 2)}), frozenset()))
Q3 = ReportingPeriod.between(date(2022, 6, 15), date(2022, 9, 14))


def a_dossier(received_on: date, due_on: date | None, channel: Channel = DIRECT) -> Facts:
    return days.received(channel, received_on, due_on)


@pytest.mark.parametrize(
    ("agency", "day", "serial", "code"),
    [
        pytest.param(
            *("H56.18.26", date(2022, 7, 15), 12, "H56.18.26-220715-0012"),
            id="TT 01/2018 art. 19: the 12th of 15/7/2022",
        ),
        pytest.param(
            *("H56", date(2022, 7, 15), 1, "H56-220715-0001"),
            id="TT 01/2018 art. 19: serials start at 1",
        ),
        pytest.param(
            *("000.00.00.H56", date(2022, 7, 15), 9_999, "000.00.00.H56-220715-9999"),
            id="section 4: the old form of agency codes",
        ),
        pytest.param(
            *("H56.18.26", date(2022, 7, 15), 10_000, "H56.18.26-220715-10000"),
            id="section 4: past 9999 the serial widens",
        ),
    ],
)
def test_domain_md_section_4_code(agency, day, serial, code):
    assert dossier_code(agency, day, serial) == code
    assert str(DossierCode.parse(code)) == code


@pytest.mark.parametrize(
    ("first", "last"),
    [
        pytest.param(date(2022, 6, 15), date(2022, 9, 14), id="vector 1: Q3 2022"),
        pytest.param(date(2022, 12, 15), date(2023, 3, 14), id="vector 1: Q1 2023"),
    ],
)
def test_domain_md_section_10_vector_1(first, last):
    """Both edges of the window are in it, and the days beside them are not."""
    window = ReportingPeriod.between(first, last)
    day = timedelta(days=1)
    edges = (first - day, first, last, last + day)
    counted = [contribution(a_dossier(received_on, None), window) for received_on in edges]
    assert ["dossiers.received" in keys for keys in counted] == [False, True, True, False]


def test_domain_md_section_10_vector_2():
    """131 online and 258 direct, 316 early, 70 on time, 3 late, none pending: balanced."""
    due_on = date(2022, 7, 8)
    ends = [date(2022, 7, 7)] * 316 + [due_on] * 70 + [date(2022, 7, 11)] * 3
    channels = [ONLINE] * 131 + [DIRECT] * 258
    counted: Counter[str] = Counter()
    for ended_on, channel in zip(ends, channels, strict=True):
        facts = a_dossier(date(2022, 7, 5), due_on, channel)
        counted.update(contribution(days.ended(facts, ended_on, EndKind.SETTLED), Q3))
    columns = {
        "(3)": counted["dossiers.total"],
        "(4)": counted["dossiers.received.online"],
        "(5)": counted["dossiers.received.direct"] + counted["dossiers.received.postal"],
        "(6)": counted["dossiers.carried_over"],
        "(7)": counted["dossiers.settled"],
        "(8)": counted["dossiers.settled.early"],
        "(9)": counted["dossiers.settled.on_time"],
        "(10)": counted["dossiers.settled.late"],
        "(11)": counted["dossiers.pending"],
        "(12)": counted["dossiers.pending.in_time"],
        "(13)": counted["dossiers.pending.overdue"],
    }
    assert list(columns.values()) == [389, 131, 258, 0, 389, 316, 70, 3, 0, 0, 0]
    in_time = columns["(8)"] + columns["(9)"]
    assert str(Ratio(in_time, columns["(7)"]).percent(1)) == "99.2"


LIMITS = {
    DIRECT: TimeLimit(3, TimeUnit.WORKING_DAY),
    ONLINE: TimeLimit(8, TimeUnit.WORKING_HOUR),
    POSTAL: TimeLimit(1, TimeUnit.MONTH),
}


@pytest.mark.parametrize(
    ("channel", "due_on"),
    [
        pytest.param(DIRECT, date(2022, 9, 7), id="vector 5: limits may differ per channel: desk"),
        pytest.param(ONLINE, date(2022, 9, 5), id="limits may differ per channel: online"),
        pytest.param(POSTAL, date(2022, 9, 30), id="limits may differ per channel: post"),
    ],
)
def test_domain_md_section_4_channels(channel, due_on):
    version = ProcedureVersion(
        procedure_code="1.001193",
        number=1,
        name="Đăng ký khai sinh",
        field_code="ho-tich",
        limits=LIMITS,
        supplement_policy=SupplementPolicy.RESTART,
        valid_from=date(2020, 1, 1),
    )
    received_at = datetime(2022, 8, 31, 10, tzinfo=LOCAL_ZONE).astimezone(UTC)
    assert due_date(received_at, version.limit(channel), DESK) == due_on


@pytest.mark.parametrize(
    ("ended_on", "expected"),
    [
        pytest.param("2022-07-07", {"early"}, id="NĐ 61/2018 art. 19.9: before the lawful day"),
        pytest.param("2022-07-08", {"on_time"}, id="NĐ 61/2018 art. 19.9: on the lawful day"),
        pytest.param("2022-07-12", {"late"}, id="after an apology: still late by the lawful day"),
        pytest.param("2022-07-20", {"late"}, id="after an apology: late by the promise too"),
    ],
)
def test_domain_md_section_4_after_an_apology(ended_on, expected):
    """Whatever day was promised, `due_on` stays."""
    facts = days.apologised(a_dossier(date(2022, 7, 4), date(2022, 7, 8)), date(2022, 7, 7))
    assert facts.due_on == date(2022, 7, 8)
    ended = days.ended(facts, date.fromisoformat(ended_on), EndKind.SETTLED)
    told = contribution(ended, Q3)
    assert {f"dossiers.settled.{how}" for how in expected} <= told
    assert "dossiers.settled.late.without_apology" not in told


def waiting(facts: Facts) -> Facts:
    return days.stopped(facts, date(2022, 9, 6))


def settled(on: str):
    return lambda facts: days.ended(facts, date.fromisoformat(on), EndKind.SETTLED)


def as_it_is(facts: Facts) -> Facts:
    return facts


@pytest.mark.parametrize(
    ("received_on", "due_on", "then", "keys"),
    [
        pytest.param(
            *("2022-09-14", "2022-09-19", settled("2022-09-15")),
            {"received", "total", "received.direct", "pending", "pending.in_time"},
            id="section 3: ended after the window is pending in it",
        ),
        pytest.param(
            *("2022-06-14", "2022-06-17", settled("2022-06-15")),
            {"carried_over", "total", "settled", "settled.early", "settled.with_result.early"},
            id="section 3: received before and ended on the first day is carried over",
        ),
        pytest.param(
            *("2022-06-10", "2022-06-17", settled("2022-06-14")),
            set(),
            id="section 3: received and ended before is nowhere",
        ),
        pytest.param(
            *("2022-09-01", "2022-09-13", as_it_is),
            {"received", "total", "received.direct", "pending", "pending.overdue"},
            id="section 3: overdue when due before the window's last day",
        ),
        pytest.param(
            *("2022-09-01", "2022-09-14", as_it_is),
            {"received", "total", "received.direct", "pending", "pending.in_time"},
            id="section 3: in time when due on the window's last day",
        ),
        pytest.param(
            *("2022-09-01", "2022-09-08", waiting),
            {"received", "total", "received.direct", "pending", "pending.in_time"},
            id="section 3: waiting for a supplement or a payment is in time",
        ),
        pytest.param(
            *("2022-09-01", None, settled("2022-09-12")),
            {
                *("received", "total", "received.direct"),
                *("settled", "settled.on_time", "settled.with_result.on_time"),
            },
            id="section 3: without a due date it is on time",
        ),
    ],
)
def test_domain_md_section_3(received_on, due_on, then, keys):
    facts = a_dossier(date.fromisoformat(received_on), due_on and date.fromisoformat(due_on))
    assert contribution(then(facts), Q3) == {f"dossiers.{key}" for key in keys}
