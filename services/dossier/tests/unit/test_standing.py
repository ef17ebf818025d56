"""How a dossier stands on a day. Each rule names its source."""

from datetime import date

import pytest
from dossier.domain.lifecycle import Status
from dossier.domain.standing import STATUSES, Standing, standing

THURSDAY = date(2022, 9, 8)
FRIDAY = date(2022, 9, 9)
SATURDAY = date(2022, 9, 10)


def stands(status=Status.IN_PROCESS, *, came_from=None, due_on=FRIDAY, ended_on=None, today=FRIDAY):
    return standing(
        status=status, came_from=came_from, due_on=due_on, ended_on=ended_on, today=today
    )


@pytest.mark.parametrize(
    ("ended_on", "how"),
    [(THURSDAY, Standing.EARLY), (FRIDAY, Standing.ON_TIME), (SATURDAY, Standing.LATE)],
)
def test_an_ended_dossier_stands_by_the_day_it_ended_whatever_day_it_is(ended_on, how):
    # TT 01/2020/TT-VPCP form II.06a, columns 8 to 10
    for today in (THURSDAY, FRIDAY, SATURDAY):
        assert stands(Status.SETTLED, ended_on=ended_on, today=today) is how


def test_a_pending_dossier_is_overdue_from_the_day_after_its_due_date():
    # TT 01/2020/TT-VPCP form II.06a, columns 12 and 13
    assert stands(today=FRIDAY) is Standing.IN_TIME
    assert stands(today=SATURDAY) is Standing.OVERDUE


@pytest.mark.parametrize(
    ("status", "came_from"),
    [
        (Status.AWAITING_SUPPLEMENT, Status.IN_PROCESS),
        (Status.AWAITING_PAYMENT, Status.IN_PROCESS),
        (Status.WITHDRAWAL_ASKED, Status.AWAITING_SUPPLEMENT),
    ],
)
def test_a_dossier_that_waits_for_the_applicant_is_in_time(status, came_from):
    assert stands(status, came_from=came_from, today=SATURDAY) is Standing.IN_TIME


def test_a_dossier_whose_applicant_withdraws_while_work_goes_on_may_be_overdue():
    asked = Status.WITHDRAWAL_ASKED
    assert stands(asked, came_from=Status.IN_PROCESS, today=SATURDAY) is Standing.OVERDUE


def test_a_dossier_without_limit_is_never_overdue_and_never_late():
    assert stands(due_on=None, today=SATURDAY) is Standing.IN_TIME
    assert stands(Status.SETTLED, due_on=None, ended_on=SATURDAY) is Standing.ON_TIME


def test_only_received_dossiers_stand_in_any_way():
    counted = frozenset[Status]().union(*STATUSES.values())
    assert counted == frozenset(Status) - {Status.FILED, Status.REFUSED_AT_INTAKE}
