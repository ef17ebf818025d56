"""Figures about dossiers, and the records behind each."""

from typing import Annotated

from fastapi import APIRouter, Path, Response
from kit.db import ReadTx
from kit.errors import refusals
from kit.figures import AskedFigures, EvidencePage, FiguresOut, UnknownFigure

from dossier.deps import AtOffice, ClosedEvidence, FiguresReader, TheCloser
from dossier.domain.errors import NotYourAgency, StillRecording, UnknownAgency
from dossier.usecases import figures

router = APIRouter(prefix="/v1/figures", tags=["figures"])
_REFUSALS = (NotYourAgency, StillRecording, UnknownAgency)


@router.get("", response_model=FiguresOut, responses=refusals(*_REFUSALS))
async def list_figures(
    asked: AskedFigures, reader: FiguresReader, office: AtOffice, closer: TheCloser, tx: ReadTx
) -> Response:
    """Compute the figures of an agency and period.

    `known_at` of the answer is the instant they are told as of: asked as of it again they are the
    same. It is before the one asked while a long write is under way, and may be when nothing of the
    agency was recorded since.
    """
    body = await figures.compute_figures(tx, office, asked, closer=closer, acting=reader)
    return Response(body, media_type="application/json")


@router.get(
    "/{key}/evidence",
    responses=refusals(*_REFUSALS, UnknownFigure),
)
async def list_evidence(
    key: Annotated[str, Path(max_length=100, pattern=r"^[a-z_.]+$")],
    asked: ClosedEvidence,
    reader: FiguresReader,
    office: AtOffice,
    tx: ReadTx,
) -> EvidencePage:
    """List the records behind a figure; their number agrees with it."""
    return await figures.list_evidence(tx, office, key, asked, acting=reader)
