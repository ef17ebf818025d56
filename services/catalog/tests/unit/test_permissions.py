import pytest
from catalog.domain.agencies import AgencyLevel
from catalog.domain.permissions import may_write_catalogue_wide, may_write_for


@pytest.mark.parametrize(
    ("own_level", "whole_tree", "allowed"),
    [
        (None, True, True),
        (AgencyLevel.PROVINCE, False, True),
        (AgencyLevel.CENTRAL, False, True),
        (AgencyLevel.DISTRICT, False, False),
        (AgencyLevel.COMMUNE, False, False),
        (None, False, False),
    ],
)
def test_what_holds_for_everybody_is_kept_by_province_ministry_or_system(
    own_level, whole_tree, allowed
):
    assert may_write_catalogue_wide(own_level, whole_tree=whole_tree) is allowed


@pytest.mark.parametrize(
    ("below", "whole_tree", "allowed"),
    [(True, False, True), (False, True, True), (False, False, False)],
)
def test_an_administrator_writes_for_its_own_subtree(below, whole_tree, allowed):
    assert may_write_for(agency_in_own_subtree=below, whole_tree=whole_tree) is allowed
