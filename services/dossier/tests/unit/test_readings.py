"""What was first recorded stays a reading of its own beside the corrected one."""

from datetime import date

import pytest
from dossier.domain import facts as days
from dossier.domain.facts import Channel, EndKind
from dossier.domain.readings import FIRST_LATE, SOFTWARE_ONLY, first_recorded, readings
from kernel.periods import ReportingPeriod

Q3 = ReportingPeriod.between(date(2022, 6, 15), date(2022, 9, 14))
PENDING = days.received(Channel.DIRECT, date(2022, 7, 4), date(2022, 7, 7))


def settled(day):
    return days.ended(PENDING, date(2022, 7, day), EndKind.SETTLED)


@pytest.mark.parametrize(
    ("versions", "keys"),
    [
        ([PENDING], set()),
        ([PENDING, settled(7)], set()),
        ([PENDING, settled(8)], {FIRST_LATE}),
        ([PENDING, settled(8), settled(7)], {FIRST_LATE, SOFTWARE_ONLY}),
        ([PENDING, settled(8), settled(9)], {FIRST_LATE}),
        ([PENDING, settled(8), PENDING], {FIRST_LATE}),
        ([PENDING, settled(8), PENDING, settled(7)], {FIRST_LATE, SOFTWARE_ONLY}),
        ([PENDING, settled(7), settled(8)], set()),
    ],
)
def test_late_in_the_software_only_is_late_as_first_recorded_and_in_time_as_corrected(
    versions, keys
):
    assert readings(versions, Q3) == keys


def test_the_first_reading_counts_in_the_period_of_the_end_first_recorded():
    q4 = ReportingPeriod.between(date(2022, 9, 15), date(2022, 12, 14))
    assert readings([PENDING, settled(8), settled(7)], q4) == set()


def test_the_end_first_recorded_is_the_first_of_all():
    assert first_recorded([PENDING]) is None
    assert first_recorded([PENDING, settled(8), PENDING, settled(6)]) == settled(8)
