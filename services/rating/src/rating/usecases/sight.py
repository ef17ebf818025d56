"""What an actor may look at, asked of the catalogue only when its own code does not answer."""

from dataclasses import dataclass
from datetime import datetime

from kernel.time_zone import local_day
from kit.auth import Actor
from kit.figures import FigureQuery

from rating.clients import AgencySeen, CatalogClient
from rating.domain.errors import UnknownAgency
from rating.domain.permissions import WHOLE_TREE, Sight


async def sight_of(catalog: CatalogClient, by: Actor, *, now: datetime) -> Sight:
    """Return the actor's subtree as of today, with agencies that have ended, and itself."""
    if by.agency_code is None:
        return WHOLE_TREE
    below = await catalog.subtree(by.agency_code, on=local_day(now), with_ended=True)
    return Sight(below | {by.agency_code})


async def require_sight(
    catalog: CatalogClient, by: Actor, agency_code: str, *, now: datetime
) -> Sight:
    """Return a sight that covers `agency_code`, without asking when it is the actor's own.

    Raises:
        AgencyNotYours: the agency lies outside the actor's subtree.
    """
    if by.agency_code == agency_code:
        return Sight(frozenset({agency_code}))
    sight = await sight_of(catalog, by, now=now)
    sight.require(agency_code)
    return sight


@dataclass(frozen=True, slots=True)
class Scene:
    """Whose figures are asked: the agency, its level, and every agency counted with it."""

    agency: AgencySeen
    codes: frozenset[str]
    sight: Sight


async def scene_of(
    catalog: CatalogClient, by: Actor, query: FigureQuery, *, now: datetime
) -> Scene:
    """Find out who is reported on; the tree is taken as of the period's last day.

    Raises:
        AgencyNotYours: some agency of the question lies outside the actor's subtree of today.
        UnknownAgency: the catalogue knows no such agency on the period's last day.
    """
    last_day = query.period.last_day
    sight = await require_sight(catalog, by, query.agency_code, now=now)
    agency = await catalog.agency(query.agency_code, on=last_day)
    if agency is None:
        raise UnknownAgency(agency_code=query.agency_code)
    if not query.include_subordinates:
        return Scene(agency, frozenset({agency.code}), sight)
    codes = await catalog.subtree(agency.code, on=last_day) | {agency.code}
    sight = await sight_of(catalog, by, now=now)
    for code in sorted(codes):
        sight.require(code)
    return Scene(agency, codes, sight)
