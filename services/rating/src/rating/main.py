"""Wiring of the rating service."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI
from kernel.figures import Figure
from kernel.periods import ReportingPeriod
from kit.app import create_service
from kit.auth import Actor
from kit.figures import FigureQuery
from kit.http import neighbour

from rating.clients import CatalogClient, DossierClient
from rating.messages_vi import MESSAGES, MESSAGES_EN
from rating.routes import ballots, feedback, figures, indicator_sets, scores
from rating.settings import Settings
from rating.usecases.scoring import Sources, compute_figures


def create_app(settings: Settings | None = None) -> FastAPI:
    """Build the service; without `settings` they are read from RATING_* variables."""
    desks = (indicator_sets, ballots, feedback, scores, figures)
    return create_service(
        name="rating",
        title="Đánh giá và phản ánh, kiến nghị",
        description="Ballots, indicator sets, scores and citizens' feedback.",
        settings=settings or Settings(),
        routers=[desk.router for desk in desks],
        messages=MESSAGES,
        messages_en=MESSAGES_EN,
        opening=opening,
        migrations=Path(__file__).parents[2] / "migrations",
        measure=measure,
    )


@asynccontextmanager
async def opening(app: FastAPI) -> AsyncIterator[None]:
    """Open the clients of the catalogue and of the dossier service."""
    settings: Settings = app.state.settings
    token = settings.service_token.get_secret_value()
    async with (
        neighbour("catalog", settings.catalog_url, token) as catalog,
        neighbour("dossier", settings.dossier_url, token) as dossiers,
    ):
        app.state.catalog = CatalogClient(catalog)
        app.state.dossiers = DossierClient(dossiers)
        yield


async def measure(app: FastAPI, agency_code: str, period: ReportingPeriod) -> Sequence[Figure]:
    """Compute the figures of an agency for the gauges."""
    sources = Sources(app.state.read_sessions.begin, app.state.catalog, app.state.dossiers)
    computed = await compute_figures(
        sources,
        by=Actor("gauges", None, frozenset()),
        now=app.state.clock(),
        query=FigureQuery(agency_code, period),
    )
    return computed.figures
