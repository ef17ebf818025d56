"""Whether the actor may write: what the permissions need to know, looked up."""

from datetime import datetime

from kernel.time_zone import local_day
from kit.auth import Actor
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.domain.agencies import AgencyLevel
from catalog.domain.errors import CatalogueWideWrite, OutsideOwnAgencies
from catalog.domain.permissions import may_write_catalogue_wide, may_write_for
from catalog.store import agencies as store


async def require_catalogue_wide(tx: AsyncSession, *, by: Actor, at: datetime) -> None:
    """Refuse an actor who may not write what holds for every agency."""
    own_level = None
    if by.agency_code is not None:
        own = await store.agency_on(tx, by.agency_code, day=local_day(at))
        own_level = None if own is None else AgencyLevel(own.level)
    if not may_write_catalogue_wide(own_level, whole_tree=by.agency_code is None):
        raise CatalogueWideWrite


async def require_agency(tx: AsyncSession, agency_code: str, *, by: Actor, at: datetime) -> None:
    """Refuse an actor whose subtree, as of now, does not hold the agency."""
    below = by.agency_code is not None and await store.is_within(
        tx, agency_code, by.agency_code, day=local_day(at), known_at=at
    )
    if not may_write_for(agency_in_own_subtree=below, whole_tree=by.agency_code is None):
        raise OutsideOwnAgencies(agency_code=agency_code)
