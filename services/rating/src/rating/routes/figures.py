"""The desk of figures: the same two resources as every record-keeping service."""

from typing import Annotated

from fastapi import APIRouter, Path
from kernel.refusals import NeighbourUnavailable
from kit.clock import Now
from kit.errors import refusals
from kit.figures import (
    AskedEvidence,
    AskedFigures,
    BreakdownNotOffered,
    EmptyPeriod,
    EvidencePage,
    FiguresOut,
    UnknownFigure,
    figures_out,
)

from rating.deps import FactSources, FigureReader
from rating.domain.errors import AgencyNotYours, UnknownAgency
from rating.domain.figures import DEFINITIONS
from rating.usecases import evidence, scoring

router = APIRouter(prefix="/v1/figures", tags=["figures"])


@router.get(
    "",
    responses=refusals(
        AgencyNotYours, EmptyPeriod, BreakdownNotOffered, UnknownAgency, NeighbourUnavailable
    ),
)
async def list_figures(
    reader: FigureReader, sources: FactSources, now: Now, query: AskedFigures
) -> FiguresOut:
    """Return the figures of rating for an agency and period."""
    computed = await scoring.compute_figures(sources, by=reader, now=now, query=query)
    return figures_out(
        DEFINITIONS,
        computed.figures,
        query,
        watermark=computed.watermark,
        known_at=computed.known_at,
    )


@router.get(
    "/{key}/evidence",
    responses=refusals(
        AgencyNotYours,
        EmptyPeriod,
        BreakdownNotOffered,
        UnknownAgency,
        UnknownFigure,
        NeighbourUnavailable,
    ),
)
async def list_evidence(
    key: Annotated[
        str, Path(max_length=80, pattern=r"^[a-z0-9_.]+$", examples=["rating.indicator.1"])
    ],
    reader: FigureReader,
    sources: FactSources,
    now: Now,
    asked: AskedEvidence,
) -> EvidencePage:
    """Return the records behind a figure; their contributions sum to it."""
    return await evidence.list_evidence(sources, by=reader, now=now, key=key, asked=asked)
