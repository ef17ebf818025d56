"""When desks receive."""

from fastapi import APIRouter
from kit.db import ReadTx, Tx
from kit.errors import KeyReused, refusals
from kit.idempotency import Once
from kit.wire import AgencyCodeText

from dossier.deps import AtOffice, DossierReader, HoursKeeper, NewHours
from dossier.domain.errors import (
    DeskHoursAlreadySet,
    DeskHoursOverlap,
    DeskHoursReversed,
    DeskHoursTooShort,
    NotYourAgency,
    UnknownAgency,
)
from dossier.schemas.due_dates import DeskHoursOut
from dossier.usecases import desk_hours

router = APIRouter(prefix="/v1/agencies/{agency}/desk-hours", tags=["clock"])


@router.post(
    "",
    status_code=201,
    responses=refusals(
        DeskHoursAlreadySet,
        DeskHoursReversed,
        DeskHoursOverlap,
        DeskHoursTooShort,
        NotYourAgency,
        UnknownAgency,
        KeyReused,
    ),
)
async def set_desk_hours(
    hours: NewHours, keeper: HoursKeeper, office: AtOffice, tx: Tx, once: Once
) -> DeskHoursOut:
    """Set the week of reception that holds from a day on; receipts after it count by it."""
    return await once(lambda: desk_hours.set_hours(tx, office, hours, acting=keeper), DeskHoursOut)


@router.get("", responses=refusals(NotYourAgency))
async def read_desk_hours(
    agency: AgencyCodeText, reader: DossierReader, office: AtOffice, tx: ReadTx
) -> DeskHoursOut:
    """Tell when an agency's desk receives: the usual week, then what the agency set."""
    return await desk_hours.read_hours(tx, office, agency, acting=reader)
