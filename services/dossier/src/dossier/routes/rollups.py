"""The administrator's desk: folding the log, keeping windows, comparing counts with facts."""

from fastapi import APIRouter
from kernel.time_zone import local_day
from kit.errors import refusals

from dossier.deps import AtOffice, FigureKeeper, TheFolder, TheVerifier
from dossier.domain.errors import FoldBusy, NotYourAgency, RecountUnderWay, UnknownAgency
from dossier.domain.rollups import Window
from dossier.schemas.rollups import (
    DifferingCell,
    FigureFold,
    FigureVerification,
    FoldFigures,
    KeepStatPeriods,
    KeptStatPeriods,
    VerifyFigures,
)
from dossier.usecases import folding, verifying

router = APIRouter(prefix="/v1", tags=["figures"])


@router.post("/figure-folds", responses=refusals(FoldBusy))
async def fold_figures(body: FoldFigures, folder: TheFolder, _: FigureKeeper) -> FigureFold:
    """Fold the log into the counts kept ahead, as the background task does."""
    if body.rebuild:
        await folding.recount(folder, seconds=body.most_seconds)
    return FigureFold.model_validate(await folding.fold_log(folder, most=body.most_events))


@router.post("/stat-periods", responses=refusals(FoldBusy))
async def keep_stat_periods(
    body: KeepStatPeriods, folder: TheFolder, _: FigureKeeper
) -> KeptStatPeriods:
    """Count more windows ahead from now on; those kept already stay as they are."""
    wanted = [Window(one.period_code, one.starts_on, one.ends_on) for one in body.periods]
    return KeptStatPeriods(opened=await folding.keep_windows(folder, wanted))


@router.post(
    "/figure-verifications", responses=refusals(RecountUnderWay, NotYourAgency, UnknownAgency)
)
async def verify_figures(
    body: VerifyFigures, verifier: TheVerifier, keeper: FigureKeeper, office: AtOffice
) -> FigureVerification:
    """Recount from the facts and list every count kept ahead that says otherwise."""
    found = await verifying.verify_figures(
        verifier,
        office,
        agency_code=body.agency_code,
        first=body.from_,
        last=body.to,
        acting=keeper,
    )
    return FigureVerification(
        compared_on=local_day(keeper.now),
        windows=found.windows,
        differences=[DifferingCell.model_validate(one) for one in found.differences],
    )
