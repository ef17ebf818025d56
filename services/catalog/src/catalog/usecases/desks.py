"""Recording what one agency does with procedures: settling, posting, reviewing."""

from collections.abc import Sequence
from datetime import datetime

from kit.auth import Actor
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.domain.errors import RepeatedInRequest, UnknownAgency, UnknownProcedure
from catalog.domain.reviews import require_outcome_fits_days
from catalog.schemas.desks import NewAssignments, NewPostings, NewReview, Recorded, Review
from catalog.store import agencies as agency_store
from catalog.store import desks as store
from catalog.store import procedures as procedure_store
from catalog.store.changes import add_change
from catalog.usecases.authority import require_agency


async def assign_procedures(
    tx: AsyncSession, new: NewAssignments, *, by: Actor, at: datetime
) -> Recorded:
    """Record which procedures an agency settles, and how its desk takes part."""
    agency_id = await _agency_id(tx, new.agency_code, by=by, at=at)
    keys = [(each.procedure_code, each.valid_from) for each in new.assignments]
    if len(set(keys)) < len(keys):
        raise RepeatedInRequest(what="procedure_code, valid_from")
    ids = await _procedure_ids(tx, [each.procedure_code for each in new.assignments])
    rows = [
        {
            "agency_id": agency_id,
            "procedure_id": ids[each.procedure_code],
            "valid_from": each.valid_from,
            "valid_to": each.valid_to,
            "desk": each.desk.value,
            "recorded_at": at,
        }
        for each in new.assignments
    ]
    await store.add_assignments(tx, rows)
    await _note(tx, "assign_procedures", new.agency_code, by=by, at=at)
    return Recorded(agency_code=new.agency_code, recorded=len(rows))


async def record_postings(
    tx: AsyncSession, new: NewPostings, *, by: Actor, at: datetime
) -> Recorded:
    """Record that an agency posted procedures at a place on a day."""
    agency_id = await _agency_id(tx, new.agency_code, by=by, at=at)
    _refuse_repeated(new.procedure_codes)
    ids = await _procedure_ids(tx, new.procedure_codes)
    await store.add_postings(
        tx,
        agency_id=agency_id,
        place=new.place.value,
        posted_on=new.posted_on,
        procedure_ids=list(ids.values()),
        at=at,
    )
    await _note(tx, "record_postings", new.agency_code, by=by, at=at)
    return Recorded(agency_code=new.agency_code, recorded=len(ids))


async def record_review(tx: AsyncSession, new: NewReview, *, by: Actor, at: datetime) -> Review:
    """Record what a review campaign of an agency found."""
    agency_id = await _agency_id(tx, new.agency_code, by=by, at=at)
    codes = [each.procedure_code for each in new.outcomes]
    _refuse_repeated(codes)
    for each in new.outcomes:
        require_outcome_fits_days(
            each.procedure_code, each.outcome, each.before_working_days, each.after_working_days
        )
    ids = await _procedure_ids(tx, codes)
    await store.add_review(
        tx,
        agency_id=agency_id,
        document_number=new.document_number,
        document_on=new.document_on,
        reviewed_on=new.reviewed_on,
        outcomes=[
            {
                "procedure_id": ids[each.procedure_code],
                "before_working_days": each.before_working_days,
                "after_working_days": each.after_working_days,
                "outcome": each.outcome.value,
            }
            for each in new.outcomes
        ],
        at=at,
    )
    await _note(tx, "record_review", new.agency_code, by=by, at=at)
    return Review(
        agency_code=new.agency_code,
        document_number=new.document_number,
        document_on=new.document_on,
        reviewed_on=new.reviewed_on,
        outcomes_count=len(codes),
    )


async def _agency_id(tx: AsyncSession, code: str, *, by: Actor, at: datetime) -> int:
    await require_agency(tx, code, by=by, at=at)
    agency = await agency_store.agency_row(tx, code)
    if agency is None:
        raise UnknownAgency(agency_code=code)
    return agency.agency_id


async def _procedure_ids(tx: AsyncSession, codes: Sequence[str]) -> dict[str, int]:
    ids = await procedure_store.procedure_ids(tx, codes)
    missing = sorted(set(codes) - set(ids))
    if missing:
        raise UnknownProcedure(procedure_codes=", ".join(missing))
    return ids


def _refuse_repeated(codes: Sequence[str]) -> None:
    if len(set(codes)) < len(codes):
        raise RepeatedInRequest(what="procedure_code")


async def _note(
    tx: AsyncSession, action: str, agency_code: str, *, by: Actor, at: datetime
) -> None:
    await add_change(tx, at=at, subject=by.subject, action=action, resource=agency_code)
