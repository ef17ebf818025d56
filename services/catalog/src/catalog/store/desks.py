"""What one agency does with procedures: settling, posting, reviewing; many rows a statement."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from kit.db import refusing
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.domain.errors import AssignmentExists, PostingExists, RangeReversed, ReviewExists
from catalog.tables import AgencyProcedureRow, PostingRow, ReviewOutcomeRow, ReviewRow


async def add_assignments(tx: AsyncSession, assignments: Sequence[Mapping[str, Any]]) -> None:
    """Record which procedures an agency settles, all or none."""
    with refusing(
        {
            "pk_agency_procedures": AssignmentExists(),
            "ck_agency_procedures_range": RangeReversed(),
        }
    ):
        await tx.execute(insert(AgencyProcedureRow), list(assignments))


async def add_postings(
    tx: AsyncSession,
    *,
    agency_id: int,
    place: str,
    posted_on: date,
    procedure_ids: Sequence[int],
    at: datetime,
) -> None:
    """Record where procedures were posted on a day, all or none."""
    with refusing({"pk_postings": PostingExists(place=place, posted_on=posted_on)}):
        await tx.execute(
            insert(PostingRow),
            [
                {
                    "agency_id": agency_id,
                    "procedure_id": procedure_id,
                    "place": place,
                    "posted_on": posted_on,
                    "recorded_at": at,
                }
                for procedure_id in procedure_ids
            ],
        )


async def add_review(
    tx: AsyncSession,
    *,
    agency_id: int,
    document_number: str,
    document_on: date,
    reviewed_on: date,
    outcomes: Sequence[Mapping[str, Any]],
    at: datetime,
) -> None:
    """Record a review with its outcomes."""
    taken = ReviewExists(document_number=document_number, document_on=document_on)
    with refusing({"uq_reviews_agency_id_document_number_document_on": taken}):
        review_id = await tx.scalar(
            insert(ReviewRow)
            .values(
                agency_id=agency_id,
                document_number=document_number,
                document_on=document_on,
                reviewed_on=reviewed_on,
                recorded_at=at,
            )
            .returning(ReviewRow.review_id)
        )
    await tx.execute(
        insert(ReviewOutcomeRow),
        [{**outcome, "agency_id": agency_id, "review_id": review_id} for outcome in outcomes],
    )
