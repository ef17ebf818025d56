"""Agencies stand under dated parents; the tree of any day has no cycle."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from catalog.domain.validity import latest_by


class AgencyLevel(StrEnum):
    """Level of government, from the top down."""

    CENTRAL = "central"
    PROVINCE = "province"
    DISTRICT = "district"
    COMMUNE = "commune"


_FROM_THE_TOP = tuple(AgencyLevel)


@dataclass(frozen=True, slots=True)
class ParentLink:
    """From `valid_from` on, `child` stands under `parent` (None: under nobody)."""

    child: str
    parent: str | None
    valid_from: date


def may_stand_under(child: AgencyLevel, parent: AgencyLevel) -> bool:
    """Tell whether the levels allow it: a department stands under a province of its own level."""
    return _FROM_THE_TOP.index(parent) <= _FROM_THE_TOP.index(child)


def parents_on(links: Sequence[ParentLink], day: date) -> dict[str, str | None]:
    """Return the parent of every agency that has one recorded, as of `day`.

    Law: our reading (the parent is the one of the day asked about)
    """
    by_child: dict[str, list[ParentLink]] = {}
    for link in links:
        by_child.setdefault(link.child, []).append(link)
    in_force = (latest_by(own, on=day) for own in by_child.values())
    return {link.child: link.parent for link in in_force if link is not None}


def closes_a_cycle(links: Sequence[ParentLink], new: ParentLink) -> bool:
    """Tell whether `new` would put its child above itself, on its first day or any later one."""
    every_link = (*links, new)
    days = [
        new.valid_from,
        *(each.valid_from for each in links if each.valid_from > new.valid_from),
    ]
    # Asked apart: where another link holds from the same day, this one would not be looked at.
    return new.child == new.parent or any(
        _stands_above_itself(new.child, parents_on(every_link, day)) for day in days
    )


def _stands_above_itself(agency: str, parents: dict[str, str | None]) -> bool:
    seen: set[str] = set()
    above = parents.get(agency)
    while above is not None and above not in seen:
        if above == agency:
            return True
        seen.add(above)
        above = parents.get(above)
    return False


def subtree(links: Sequence[ParentLink], root: str, *, on: date) -> frozenset[str]:
    """Return `root` and every agency below it on that day."""
    parents = parents_on(links, on)
    found = {root}
    while True:
        below = {child for child, parent in parents.items() if parent in found} - found
        if not below:
            return frozenset(found)
        found |= below
