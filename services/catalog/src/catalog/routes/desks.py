"""What one agency does with procedures: settling, posting, reviewing."""

from fastapi import APIRouter
from kit.clock import Now
from kit.db import Tx
from kit.errors import refusals
from kit.idempotency import Once

from catalog.deps import CatalogKeeper
from catalog.domain.errors import (
    AssignmentExists,
    OutcomeContradictsDays,
    OutsideOwnAgencies,
    PostingExists,
    RangeReversed,
    RepeatedInRequest,
    ReviewExists,
    UnknownAgency,
    UnknownProcedure,
)
from catalog.schemas.desks import NewAssignments, NewPostings, NewReview, Recorded, Review
from catalog.usecases import desks

router = APIRouter(prefix="/v1", tags=["desks"])


@router.post(
    "/agency-procedures",
    status_code=201,
    responses=refusals(
        AssignmentExists,
        OutsideOwnAgencies,
        UnknownAgency,
        UnknownProcedure,
        RepeatedInRequest,
        RangeReversed,
    ),
)
async def assign_procedures(
    body: NewAssignments, keeper: CatalogKeeper, tx: Tx, once: Once, now: Now
) -> Recorded:
    """Record which procedures an agency settles, all lines or none."""
    return await once(lambda: desks.assign_procedures(tx, body, by=keeper, at=now), Recorded)


@router.post(
    "/postings",
    status_code=201,
    responses=refusals(
        PostingExists, OutsideOwnAgencies, UnknownAgency, UnknownProcedure, RepeatedInRequest
    ),
)
async def record_postings(
    body: NewPostings, keeper: CatalogKeeper, tx: Tx, once: Once, now: Now
) -> Recorded:
    """Record which procedures an agency posted where on a day, all or none."""
    return await once(lambda: desks.record_postings(tx, body, by=keeper, at=now), Recorded)


@router.post(
    "/reviews",
    status_code=201,
    responses=refusals(
        ReviewExists,
        OutsideOwnAgencies,
        UnknownAgency,
        UnknownProcedure,
        OutcomeContradictsDays,
        RepeatedInRequest,
    ),
)
async def record_review(
    body: NewReview, keeper: CatalogKeeper, tx: Tx, once: Once, now: Now
) -> Review:
    """Record what a review campaign of an agency found."""
    return await once(lambda: desks.record_review(tx, body, by=keeper, at=now), Review)
