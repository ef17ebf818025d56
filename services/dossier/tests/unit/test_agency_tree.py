"""An agency answers for itself and for all below it."""

from datetime import date

import pytest
from dossier.domain.agency_tree import AgencyTree
from dossier.domain.errors import AgencyEnded, UnknownAgency

TREE = AgencyTree(
    [("H56", None), ("H56.18", "H56"), ("H56.18.26", "H56.18"), ("H56.19", "H56"), ("H57", None)]
)


@pytest.mark.parametrize(
    ("code", "codes"),
    [
        ("H56", {"H56", "H56.18", "H56.18.26", "H56.19"}),
        ("H56.18", {"H56.18", "H56.18.26"}),
        ("H56.18.26", {"H56.18.26"}),
        ("H57", {"H57"}),
    ],
)
def test_a_subtree_is_an_agency_and_all_below_it(code, codes):
    assert TREE.subtree(code) == codes
    assert TREE.subtree(code) is TREE.subtree(code)


def test_an_agency_that_the_tree_does_not_hold_is_refused():
    assert TREE.holds("H57")
    assert not TREE.holds("H58")
    with pytest.raises(UnknownAgency):
        TREE.subtree("H58")


@pytest.mark.parametrize(
    ("code", "on", "stands"),
    [
        ("H56.18", date(2025, 6, 30), True),
        ("H56.18", date(2025, 7, 1), False),
        ("H56.18", date(2026, 1, 1), False),
        ("H56.19", date(2026, 1, 1), True),
        # Younger than the copy: whether it exists is asked elsewhere.
        ("H58", date(2026, 1, 1), True),
    ],
)
def test_nothing_goes_to_an_agency_from_the_first_day_it_is_no_more(code, on, stands):
    tree = AgencyTree([("H56.18", None), ("H56.19", None)], {"H56.18": date(2025, 7, 1)})
    if stands:
        tree.require_standing(code, on=on)
        return
    with pytest.raises(AgencyEnded) as refused:
        tree.require_standing(code, on=on)
    assert refused.value.details == {"agency_code": code, "ended_on": date(2025, 7, 1)}
