import itertools

import pytest
from dossier.domain.errors import IllegalMove
from dossier.domain.lifecycle import (
    ALLOWED,
    ENDED,
    LABELS_VI,
    Status,
    as_markdown,
    completion_percent,
    is_waiting,
    move,
)

TRANSITIONS = {
    1: {2, 3, 5, 7},
    2: {4, 5, 6, 7, 8, 9},
    3: set(),
    4: {5, 6, 7, 8, 9},
    5: {4, 2, 7, 8},
    6: {4, 7, 8},
    8: set(),
    9: {10},
    10: set(),
}


@pytest.mark.parametrize(
    ("status", "to"),
    [(a, b) for a, b in itertools.product(Status, Status) if a is not Status.WITHDRAWAL_ASKED],
)
def test_only_the_listed_moves_are_allowed(status, to):
    if to in TRANSITIONS[status]:
        assert move(status, to) is to
    else:
        with pytest.raises(IllegalMove) as refused:
            move(status, to)
        assert refused.value.details["allowed"] == sorted(TRANSITIONS[status])


@pytest.mark.parametrize("came_from", [1, 2, 4, 5, 6])
@pytest.mark.parametrize("to", Status)
def test_a_wish_to_withdraw_stops_the_dossier_or_goes_back_where_it_came_from(came_from, to):
    came_from = Status(came_from)
    if to in (came_from, Status.STOPPED):
        assert move(Status.WITHDRAWAL_ASKED, to, came_from=came_from) is to
    else:
        with pytest.raises(IllegalMove):
            move(Status.WITHDRAWAL_ASKED, to, came_from=came_from)


@pytest.mark.parametrize("status", Status)
def test_the_clock_stands_still_while_the_applicant_is_expected_to_act(status):
    assert is_waiting(status) == (status in (5, 6))


def test_a_wish_to_withdraw_does_not_start_the_clock_again():
    assert is_waiting(Status.WITHDRAWAL_ASKED, came_from=Status.AWAITING_SUPPLEMENT)
    assert not is_waiting(Status.WITHDRAWAL_ASKED, came_from=Status.IN_PROCESS)


@pytest.mark.parametrize("status", Status)
def test_what_has_ended_is_complete(status):
    is_over = status in ENDED or status is Status.REFUSED_AT_INTAKE
    assert (completion_percent(status) == 100) == is_over


def test_the_page_shows_every_status_and_every_move():
    page = as_markdown()
    assert all(label in page for label in LABELS_VI.values())
    arrows = {f"s{a:d} --> s{b:d}" for a in ALLOWED for b in ALLOWED[a]}
    assert all(arrow in page for arrow in arrows)
