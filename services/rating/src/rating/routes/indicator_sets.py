"""The desk of indicator sets."""

from typing import Annotated

from fastapi import APIRouter, Path
from kit.clock import Now
from kit.db import ReadTx, Tx
from kit.errors import refusals
from kit.idempotency import Once
from kit.paging import DEFAULT_LIMIT, Cursor, Limit, Page
from kit.wire import Slug

from rating.deps import FigureReader, SetKeeper
from rating.domain.errors import (
    DuplicateIndicatorSet,
    InconsistentIndicatorSet,
    OnlyForAll,
    UnknownIndicatorSet,
)
from rating.schemas.indicator_sets import IndicatorSetPaper
from rating.usecases import indicator_sets

router = APIRouter(prefix="/v1/indicator-sets", tags=["indicator sets"])


@router.post(
    "",
    status_code=201,
    responses=refusals(DuplicateIndicatorSet, InconsistentIndicatorSet, OnlyForAll),
)
async def record_indicator_set(
    body: IndicatorSetPaper, keeper: SetKeeper, tx: Tx, once: Once, now: Now
) -> IndicatorSetPaper:
    """Record an indicator set; the same set again is no change, a different one is refused."""
    return await once(
        lambda: indicator_sets.record_indicator_set(tx, by=keeper, now=now, paper=body),
        IndicatorSetPaper,
    )


@router.get("")
async def list_indicator_sets(
    _: FigureReader, session: ReadTx, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> Page[IndicatorSetPaper]:
    """List the indicator sets in the order of their codes."""
    return await indicator_sets.list_indicator_sets(session, limit=limit, cursor=cursor)


@router.get("/{code}", responses=refusals(UnknownIndicatorSet))
async def read_indicator_set(
    code: Annotated[Slug, Path()], _: FigureReader, session: ReadTx
) -> IndicatorSetPaper:
    """Return one indicator set."""
    return await indicator_sets.read_indicator_set(session, code=code)
