"""An actor knows its own part of the tree."""

import pytest
from rating.domain.errors import AgencyNotYours
from rating.domain.permissions import WHOLE_TREE, Sight


def test_an_agency_outside_the_subtree_is_refused():
    sight = Sight(frozenset({"H56.18", "H56.18.26"}))
    sight.require("H56.18.26")
    assert not sight.covers("H56.19")
    with pytest.raises(AgencyNotYours):
        sight.require("H56.19")


def test_the_whole_tree_covers_everything():
    assert WHOLE_TREE.covers("H01")
