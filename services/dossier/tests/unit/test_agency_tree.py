"""An agency answers for itself and for all below it."""

import pytest
from dossier.domain.agency_tree import AgencyTree
from dossier.domain.errors import UnknownAgency

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
    with pytest.raises(UnknownAgency):
        TREE.subtree("H58")
