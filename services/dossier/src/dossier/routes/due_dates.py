"""The clock: why a dossier is due when it is, what would be due, and days off decreed late."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path
from kernel.refusals import NeighbourUnavailable
from kit.db import ReadTx, Tx
from kit.errors import KeyReused, refusals
from kit.idempotency import Once

from dossier.deps import AtOffice, CalendarKeeper, DossierCode, DossierReader, NewRun, NextBatch
from dossier.domain.errors import (
    ChannelNotOffered,
    DaysReversed,
    NotTheProvince,
    OutOfOrder,
    ProcedureNotInForce,
    TimeLimitTooLong,
    UnknownAgency,
    UnknownDossier,
    UnknownProcedure,
    UnknownRun,
)
from dossier.schemas.due_dates import ComputedDueDate, DueDateOut, PreviewDueDate, RunOut
from dossier.usecases import due_dates, recomputing

router = APIRouter(prefix="/v1", tags=["clock"])

RunId = Annotated[UUID, Path(description="The recomputation's id.")]


@router.get("/dossiers/{code}/due-date", responses=refusals(UnknownDossier, NeighbourUnavailable))
async def explain_due_date(
    code: DossierCode, reader: DossierReader, office: AtOffice, tx: ReadTx
) -> DueDateOut:
    """Explain a due date: each day counted, each skipped and why, each stop, and the law."""
    return await due_dates.explain_due_date(tx, office, code, acting=reader)


@router.post(
    "/due-dates:preview",
    responses=refusals(
        UnknownAgency,
        UnknownProcedure,
        ProcedureNotInForce,
        ChannelNotOffered,
        TimeLimitTooLong,
        OutOfOrder,
        NeighbourUnavailable,
    ),
)
async def preview_due_date(
    body: PreviewDueDate,
    reader: DossierReader,  # noqa: ARG001 - who asks must be allowed to read
    office: AtOffice,
) -> ComputedDueDate:
    """Compute a due date and explain it; nothing is stored."""
    return await due_dates.preview_due_date(office, body)


@router.post(
    "/due-date-recomputations",
    status_code=201,
    responses=refusals(DaysReversed, NotTheProvince, KeyReused, NeighbourUnavailable),
)
async def begin_recomputation(plan: NewRun, tx: Tx, once: Once) -> RunOut:
    """Begin to move the open due dates that pass days whose working changed."""
    return await once(lambda: recomputing.begin_run(tx, plan), RunOut)


@router.post(
    "/due-date-recomputations/{run_id}/batches",  # noqa: FAST003 - `batch_to_work_on` takes it
    responses=refusals(UnknownRun, NotTheProvince, NeighbourUnavailable),
)
async def advance_recomputation(batch: NextBatch, tx: Tx, office: AtOffice) -> RunOut:
    """Recompute the next batch; repeat until the state is `done`.

    A batch is whole or not at all, so the work may be broken off and taken up at any time, also
    by several drivers.
    """
    return RunOut.model_validate(await recomputing.advance_run(tx, office, batch))


@router.get("/due-date-recomputations/{run_id}", responses=refusals(UnknownRun, NotTheProvince))
async def read_recomputation(run_id: RunId, keeper: CalendarKeeper, tx: ReadTx) -> RunOut:
    """Tell how far a recomputation is."""
    return RunOut.model_validate(await recomputing.read_run(tx, run_id, keeper=keeper))
