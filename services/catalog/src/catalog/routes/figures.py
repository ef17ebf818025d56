"""The figures of the catalogue and the procedures behind them."""

from typing import Annotated

from fastapi import APIRouter, Path
from kit.clock import Now
from kit.db import ReadTx
from kit.errors import refusals
from kit.figures import (
    AskedEvidence,
    AskedFigures,
    BreakdownNotOffered,
    EmptyPeriod,
    EvidencePage,
    FiguresOut,
    UnknownFigure,
)

from catalog.deps import FiguresReader
from catalog.domain.errors import AgencyNotFound, OutsideOwnAgencies
from catalog.usecases import figures

router = APIRouter(prefix="/v1/figures", tags=["figures"])


@router.get(
    "",
    responses=refusals(AgencyNotFound, OutsideOwnAgencies, EmptyPeriod, BreakdownNotOffered),
)
async def read_figures(
    asked: AskedFigures, reader: FiguresReader, tx: ReadTx, now: Now
) -> FiguresOut:
    """Compute the catalogue's figures for an agency and period, as of the period's last day."""
    return await figures.answer_figures(tx, asked, by=reader, at=now)


@router.get(
    "/{key}/evidence",
    responses=refusals(
        UnknownFigure, AgencyNotFound, OutsideOwnAgencies, EmptyPeriod, BreakdownNotOffered
    ),
)
async def read_evidence(
    key: Annotated[str, Path(max_length=100, examples=["procedures.in_force"])],
    asked: AskedEvidence,
    reader: FiguresReader,
    tx: ReadTx,
    now: Now,
) -> EvidencePage:
    """List the procedures behind a figure in the order of their codes."""
    return await figures.answer_evidence(tx, key, asked, by=reader, at=now)
