import itertools
from pathlib import Path

import pytest
from dossier.domain.errors import ActNotPossible, IllegalMove
from dossier.domain.lifecycle import (
    ALLOWED,
    ENDED,
    FILING_OPEN,
    LABELS_VI,
    OPEN,
    LegalAct,
    Status,
    act_of,
    as_markdown,
    completion_percent,
    is_waiting,
    move,
    move_filing,
    require_asked_back,
    require_asking,
    require_status,
    status_after_supplement,
    supplement_asked_in,
)

PAGE = Path(__file__).parents[4] / "docs" / "lifecycle.md"
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


OF_A_FILING = {1: {2, 3, 5, 7}, 5: {2, 7, 8}, 7: {1, 8}}


@pytest.mark.parametrize(("status", "to"), [*itertools.product(Status, Status)])
def test_a_filing_moves_until_it_is_accepted_and_never_after(status, to):
    allowed = OF_A_FILING.get(int(status), set())
    if to in allowed:
        assert move_filing(status, to, came_from=Status.FILED) is to
    else:
        with pytest.raises(IllegalMove) as refused:
            move_filing(status, to, came_from=Status.FILED)
        assert refused.value.details["allowed"] == sorted(allowed)


@pytest.mark.parametrize("status", Status)
def test_only_a_filing_asked_back_is_given_back(status):
    if status is Status.WITHDRAWAL_ASKED:
        require_asked_back(status, LegalAct.GIVE_BACK, came_from=Status.FILED)
        return
    with pytest.raises(ActNotPossible) as refused:
        require_asked_back(status, LegalAct.GIVE_BACK)
    assert refused.value.details["allowed"] == sorted(OF_A_FILING.get(int(status), set()))


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


@pytest.mark.parametrize(
    ("status", "percent"),
    [(1, 0), (2, 20), (3, 100), (4, 50), (5, 40), (6, 80), (7, 90), (8, 100), (9, 100), (10, 100)],
)
def test_the_public_reads_how_far_a_dossier_is(status, percent):
    assert completion_percent(Status(status)) == percent


ACTS = {
    (1, 2): LegalAct.ACCEPT,
    (1, 3): LegalAct.REFUSE,
    (1, 5): LegalAct.ASK_FOR_SUPPLEMENT,
    (2, 4): LegalAct.START,
    (2, 6): LegalAct.ASK_FOR_PAYMENT,
    (4, 9): LegalAct.SETTLE,
    (5, 2): LegalAct.RECEIVE_SUPPLEMENT,
    (5, 4): LegalAct.RECEIVE_SUPPLEMENT,
    (5, 7): LegalAct.ASK_TO_WITHDRAW,
    (5, 8): LegalAct.STOP,
    (6, 4): LegalAct.CONFIRM_PAYMENT,
    (7, 1): LegalAct.CONTINUE,
    (7, 5): LegalAct.CONTINUE,
    (7, 8): LegalAct.GIVE_BACK,
    (9, 10): LegalAct.RETURN,
}


@pytest.mark.parametrize(("status", "to"), ACTS)
def test_every_move_is_an_act(status, to):
    assert act_of(Status(status), Status(to)) is ACTS[status, to]


def test_an_act_that_moves_nothing_names_where_it_is_possible_and_the_moves_that_are():
    require_status(Status.IN_PROCESS, OPEN, LegalAct.CONSULT)
    with pytest.raises(ActNotPossible) as refused:
        require_status(Status.SETTLED, OPEN, LegalAct.CONSULT)
    assert refused.value.details == {
        "act": "consult",
        "from_status": 9,
        "possible_in": [2, 4, 5, 6, 7],
        "allowed": [10],
    }


@pytest.mark.parametrize(
    ("to", "act", "among", "asking"),
    [
        (5, LegalAct.ASK_FOR_SUPPLEMENT, OPEN, [2, 4]),
        (6, LegalAct.ASK_FOR_PAYMENT, OPEN, [2, 4]),
        (5, LegalAct.ASK_FOR_SUPPLEMENT, FILING_OPEN, [1]),
    ],
)
def test_nobody_is_asked_for_anything_while_a_wish_to_withdraw_is_undecided(to, act, among, asking):
    for status in asking:
        require_asking(Status(status), Status(to), act, among)
    with pytest.raises(ActNotPossible) as refused:
        require_asking(Status.WITHDRAWAL_ASKED, Status(to), act, among, came_from=Status(to))
    assert refused.value.details["possible_in"] == asking
    assert refused.value.details["allowed"] == sorted((to, 8))


@pytest.mark.parametrize(("came_from", "to"), [(2, 2), (4, 4), (None, 4)])
def test_a_complete_supplement_leads_back_to_where_it_was_asked_for(came_from, to):
    assert status_after_supplement(came_from and Status(came_from)) is Status(to)


@pytest.mark.parametrize(
    ("statuses", "asked_in"),
    [
        ([2], None),
        ([2, 4, 7, 4], None),
        ([2, 5], 2),
        ([2, 4, 5], 4),
        ([2, 5, 7, 5], 2),
        ([2, 5, 5, 7, 7, 5, 7, 5], 2),
        ([2, 4, 5, 7, 5], 4),
        ([2, 5, 7, 5, 2, 4, 5, 7, 5], 4),
        ([2, 7, 2, 5, 7, 5], 2),
    ],
)
def test_a_wish_to_withdraw_does_not_change_where_a_supplement_was_asked_for(statuses, asked_in):
    """Events that move nothing, like an apology, stand between the moves."""
    told = [None, *map(Status, statuses)]
    assert supplement_asked_in(itertools.pairwise(told)) == asked_in


def test_the_page_shows_every_status_and_every_move():
    page = as_markdown()
    assert all(label in page for label in LABELS_VI.values())
    arrows = {f"s{a:d} --> s{b:d}: {act_of(a, b)}" for a in ALLOWED for b in ALLOWED[a]}
    assert all(arrow in page for arrow in arrows)


def test_the_page_in_the_documentation_is_this_one():
    """`scripts/write_lifecycle.py` writes it."""
    assert PAGE.read_text() == as_markdown()
