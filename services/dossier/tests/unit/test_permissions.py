import itertools

import pytest
from dossier.domain.errors import NotYourAct
from dossier.domain.lifecycle import LegalAct
from dossier.domain.permissions import WHO, Holders, Side, may_act, may_read, require_act

WARD, TOWN = "H56.18.26", "H77.1"
AT_HOME = Holders(WARD, WARD)
HANDED = Holders(WARD, TOWN)
DESK_ONLY = {
    LegalAct.ACCEPT,
    LegalAct.REFUSE,
    LegalAct.ASK_TO_WITHDRAW,
    LegalAct.GIVE_BACK,
    LegalAct.CONTINUE,
    LegalAct.RETURN,
}
EITHER = {
    LegalAct.RECEIVE_SUPPLEMENT,
    LegalAct.CONFIRM_PAYMENT,
    LegalAct.STOP,
    LegalAct.APOLOGISE,
    LegalAct.STATE_REASON,
}


def test_every_act_is_somebodys():
    assert set(WHO) == set(LegalAct)
    assert all(WHO.values())


OF_BOTH_SIDES = sorted(set(LegalAct) - {LegalAct.RECALL})


def test_a_hand_over_is_called_back_by_whoever_handed_over():
    handed_on = Holders(WARD, TOWN, sender="H56.18")
    for sight, may in ((WARD, False), (TOWN, False), ("H56.18", True)):
        assert may_act(frozenset({sight}), LegalAct.RECALL, handed_on) == may
    assert not may_act(None, LegalAct.RECALL, HANDED)
    with pytest.raises(NotYourAct) as refused:
        require_act(frozenset({TOWN}), LegalAct.RECALL, handed_on)
    assert refused.value.details["agencies"] == ["H56.18"]
    assert may_read(frozenset({"H56.18"}), handed_on)


@pytest.mark.parametrize("act", OF_BOTH_SIDES)
def test_before_a_hand_over_the_desk_may_do_everything(act):
    assert may_act(frozenset({WARD}), act, AT_HOME)
    assert not may_act(frozenset({TOWN}), act, AT_HOME)


@pytest.mark.parametrize("act", OF_BOTH_SIDES)
def test_after_a_hand_over_the_desk_meets_the_applicant_and_the_resolver_settles(act):
    assert may_act(frozenset({WARD}), act, HANDED) == (act in DESK_ONLY | EITHER)
    assert may_act(frozenset({TOWN}), act, HANDED) == (act not in DESK_ONLY)
    assert may_act(frozenset({WARD, TOWN}), act, HANDED)
    assert may_act(None, act, HANDED)
    assert not may_act(frozenset({"H56"}), act, HANDED)


def test_either_side_reads_and_nobody_else():
    sights = [
        frozenset(codes)
        for n in range(4)
        for codes in itertools.combinations((WARD, TOWN, "H56"), n)
    ]
    for sight in sights:
        assert may_read(sight, HANDED) == bool(sight & {WARD, TOWN})
    assert may_read(None, HANDED)
    assert HANDED.sides(None) == {Side.RECEIVER, Side.RESOLVER}


def test_the_refusal_names_whose_act_it_is():
    require_act(frozenset({TOWN}), LegalAct.SETTLE, HANDED)
    with pytest.raises(NotYourAct) as refused:
        require_act(frozenset({WARD}), LegalAct.SETTLE, HANDED)
    assert refused.value.details == {"act": "settle", "agencies": [TOWN]}
    with pytest.raises(NotYourAct) as refused:
        require_act(frozenset({TOWN}), LegalAct.RETURN, HANDED)
    assert refused.value.details["agencies"] == [WARD]
