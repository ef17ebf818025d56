"""When desks receive: setting the hours of an agency, and telling them."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from dossier.domain.desk import DatedHours, Hours, Session, week
from dossier.domain.permissions import require_sight
from dossier.schemas.due_dates import DeskHoursOut, DeskSession, SetDeskHours, WeekOfHours
from dossier.store import desk_hours as store
from dossier.usecases.acting import Acting, Office


@dataclass(frozen=True, slots=True)
class PreparedHours:
    """A week ready to be stored."""

    agency_id: int
    agency_code: str
    hours: DatedHours


async def prepare_hours(
    office: Office, agency_code: str, paper: SetDeskHours, *, acting: Acting
) -> PreparedHours:
    """Check a week and find its agency, before a connection is taken."""
    require_sight(acting.sight, agency_code)
    hours = week(Session(s.weekday, s.opens, s.closes) for s in paper.sessions)
    agency_id = await office.catalogue.agency_id(agency_code)
    return PreparedHours(agency_id, agency_code, DatedHours(paper.valid_from, hours))


async def set_hours(
    tx: AsyncSession, office: Office, prepared: PreparedHours, *, acting: Acting
) -> DeskHoursOut:
    """Store a week; what was set before holds up to the day on which it begins."""
    await store.add_hours(tx, prepared.agency_id, prepared.hours, by=acting.by, at=acting.now)
    return await read_hours(tx, office, prepared.agency_code, acting=acting)


async def read_hours(
    tx: AsyncSession, office: Office, agency_code: str, *, acting: Acting
) -> DeskHoursOut:
    """Return the usual week and those an agency set."""
    require_sight(acting.sight, agency_code)
    dated = await store.hours_of(tx, agency_code)
    weeks = [_week(office.catalogue.usual_hours, None)]
    weeks += [_week(each.hours, each) for each in dated]
    return DeskHoursOut(agency_code=agency_code, weeks=tuple(weeks))


def _week(hours: Hours, dated: DatedHours | None) -> WeekOfHours:
    return WeekOfHours(
        valid_from=None if dated is None else dated.valid_from,
        sessions=tuple(DeskSession.model_validate(session) for session in hours.sessions),
    )
