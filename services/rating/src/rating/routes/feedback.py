"""The desk of feedback: what citizens say about regulations and conduct."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from kernel.refusals import NeighbourUnavailable
from kit.clock import Now
from kit.db import ReadTx, Tx
from kit.errors import refusals
from kit.figures import EmptyPeriod
from kit.idempotency import Once
from kit.paging import DEFAULT_LIMIT, Cursor, Limit, Page
from kit.wire import AgencyCodeText, Day

from rating.deps import Catalog, Dossiers, FeedbackHandler, FeedbackOfficer
from rating.domain.errors import (
    AgencyNotYours,
    AlreadyAnswered,
    AnsweredBeforeReceipt,
    InTheFuture,
    UnknownAgency,
    UnknownDossier,
    UnknownFeedback,
)
from rating.schemas.feedback import AnswerFeedback, FeedbackPaper, ReceiveFeedback
from rating.usecases import feedback

router = APIRouter(prefix="/v1/feedback", tags=["feedback"])


@router.post(
    "",
    status_code=201,
    responses=refusals(
        AgencyNotYours, UnknownAgency, UnknownDossier, InTheFuture, NeighbourUnavailable
    ),
)
async def receive_feedback(
    body: ReceiveFeedback,
    officer: FeedbackOfficer,
    catalog: Catalog,
    dossiers: Dossiers,
    tx: Tx,
    once: Once,
    now: Now,
) -> FeedbackPaper:
    """Enter feedback into the register and answer with its limits."""
    received = await feedback.examine_feedback(
        catalog, dossiers, by=officer, now=now, **body.model_dump()
    )
    return await once(
        lambda: feedback.record_feedback(tx, received, by=officer, now=now), FeedbackPaper
    )


@router.post(
    "/{feedback_id}/answer",
    status_code=201,
    responses=refusals(
        UnknownFeedback, AlreadyAnswered, AnsweredBeforeReceipt, InTheFuture, NeighbourUnavailable
    ),
)
async def answer_feedback(
    feedback_id: UUID,
    body: AnswerFeedback,
    handler: FeedbackHandler,
    catalog: Catalog,
    tx: Tx,
    once: Once,
    now: Now,
) -> FeedbackPaper:
    """Enter the one answer to a feedback."""
    examined = await feedback.examine_answer(
        catalog, by=handler, now=now, feedback_id=feedback_id, **body.model_dump()
    )
    return await once(
        lambda: feedback.record_answer(tx, examined, by=handler, now=now), FeedbackPaper
    )


@router.get("", responses=refusals(AgencyNotYours, EmptyPeriod, NeighbourUnavailable))
async def list_feedback(
    handler: FeedbackHandler,
    catalog: Catalog,
    session: ReadTx,
    now: Now,
    agency: Annotated[AgencyCodeText, Query(description="The agency that received it.")],
    first_day: Annotated[Day, Query(alias="from", description="First day of receipt.")],
    last_day: Annotated[Day, Query(alias="to", description="Last day of receipt, included.")],
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Page[FeedbackPaper]:
    """List what an agency received in a period, oldest first."""
    found, following = await feedback.list_feedback(
        session,
        catalog,
        by=handler,
        now=now,
        agency_code=agency,
        first_day=first_day,
        last_day=last_day,
        limit=limit,
        cursor=cursor,
    )
    return Page(items=[FeedbackPaper.model_validate(one) for one in found], next_cursor=following)


@router.get("/{feedback_id}", responses=refusals(UnknownFeedback, NeighbourUnavailable))
async def read_feedback(
    feedback_id: UUID, handler: FeedbackHandler, catalog: Catalog, session: ReadTx, now: Now
) -> FeedbackPaper:
    """Return one feedback with its limits and its answer."""
    found = await feedback.read_feedback(
        session, catalog, by=handler, now=now, feedback_id=feedback_id
    )
    return FeedbackPaper.model_validate(found)
