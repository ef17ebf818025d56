from datetime import date

import pytest
from catalog.domain.agencies import (
    AgencyLevel,
    ParentLink,
    closes_a_cycle,
    may_stand_under,
    parents_on,
    subtree,
)
from hypothesis import given
from hypothesis import strategies as st

NAMES = st.sampled_from("ABCDE")
LINKS = st.lists(
    st.builds(
        ParentLink,
        child=NAMES,
        parent=st.none() | NAMES,
        valid_from=st.dates(date(2020, 1, 1), date(2020, 1, 6)),
    ),
    max_size=12,
    unique_by=lambda link: (link.child, link.valid_from),
)


def grown(links):
    """Add the links one by one, leaving out what would close a cycle."""
    tree = []
    for link in links:
        if not closes_a_cycle(tree, link):
            tree.append(link)
    return tree


@given(LINKS, st.dates(date(2020, 1, 1), date(2020, 1, 7)))
def test_a_tree_grown_link_by_link_has_no_cycle_on_any_day(links, day):
    parents = parents_on(grown(links), day)
    for agency in parents:
        above, steps = agency, 0
        while above is not None:
            above, steps = parents.get(above), steps + 1
            assert steps <= len(parents) + 1


@given(LINKS, st.dates(date(2020, 1, 1), date(2020, 1, 7)), NAMES)
def test_an_agency_is_in_the_subtree_of_each_of_its_ancestors(links, day, agency):
    tree = grown(links)
    parents, above = parents_on(tree, day), agency
    while above is not None:
        assert agency in subtree(tree, above, on=day)
        above = parents.get(above)


def test_an_agency_that_would_be_its_own_parent_closes_a_cycle():
    assert closes_a_cycle([], ParentLink("A", "A", date(2020, 1, 1)))
    there_already = ParentLink("A", "B", date(2020, 1, 1))
    assert closes_a_cycle([there_already], ParentLink("A", "A", date(2020, 1, 1)))


def test_a_later_link_is_no_obstacle_before_it_begins():
    later = ParentLink("B", "A", date(2021, 1, 1))
    gone_by_then = ParentLink("A", None, date(2021, 1, 1))
    assert not closes_a_cycle([later, gone_by_then], ParentLink("A", "B", date(2020, 1, 1)))


@pytest.mark.parametrize(
    ("child", "parent", "allowed"),
    [
        (AgencyLevel.COMMUNE, AgencyLevel.PROVINCE, True),
        (AgencyLevel.PROVINCE, AgencyLevel.PROVINCE, True),
        (AgencyLevel.PROVINCE, AgencyLevel.COMMUNE, False),
        (AgencyLevel.CENTRAL, AgencyLevel.DISTRICT, False),
    ],
)
def test_nobody_stands_under_a_lower_level(child, parent, allowed):
    assert may_stand_under(child, parent) is allowed
