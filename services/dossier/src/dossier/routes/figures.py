"""Figures about dossiers, and the records behind each."""

from typing import Annotated

from fastapi import APIRouter, Path, Response
from kit.db import ReadTx
from kit.errors import refusals
from kit.figures import AskedEvidence, AskedFigures, EvidencePage, FiguresOut, UnknownFigure

from dossier.deps import AtOffice, FiguresReader
from dossier.domain.errors import NotYourAgency, UnknownAgency
from dossier.usecases import figures

router = APIRouter(prefix="/v1/figures", tags=["figures"])


@router.get("", response_model=FiguresOut, responses=refusals(NotYourAgency, UnknownAgency))
async def list_figures(
    asked: AskedFigures, reader: FiguresReader, office: AtOffice, tx: ReadTx
) -> Response:
    """Compute the figures of an agency and period."""
    body = await figures.compute_figures(tx, office, asked, acting=reader)
    return Response(body, media_type="application/json")


@router.get("/{key}/evidence", responses=refusals(NotYourAgency, UnknownAgency, UnknownFigure))
async def list_evidence(
    key: Annotated[str, Path(max_length=100, pattern=r"^[a-z_.]+$")],
    asked: AskedEvidence,
    reader: FiguresReader,
    office: AtOffice,
    tx: ReadTx,
) -> EvidencePage:
    """List the records behind a figure; their number agrees with it."""
    return await figures.list_evidence(tx, office, key, asked, acting=reader)
