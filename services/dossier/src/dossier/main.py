"""The application of the dossier service: wiring only."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

from fastapi import FastAPI
from kernel.figures import Figure
from kernel.periods import ReportingPeriod
from kit.app import create_service
from kit.db import create_engine, write_sessions
from kit.http import neighbour

from dossier.clients import CatalogClient
from dossier.domain.rollups import WindowRule
from dossier.messages_vi import MESSAGES, MESSAGES_EN
from dossier.routes import (
    copy_corrections,
    corrections,
    desk_hours,
    due_dates,
    figures,
    filing_corrections,
    filings,
    hand_overs,
    handling,
    imports,
    intake,
    intake_queue,
    lists,
    overdue,
    papers,
    printing,
    rollups,
    tracking,
)
from dossier.routes.shortcuts import SHORTCUTS
from dossier.schemas.rollups import WindowRelease
from dossier.settings import Settings
from dossier.store.personal_data import Sealer
from dossier.usecases.acting import Office
from dossier.usecases.catalogue import Catalogue, Sessions
from dossier.usecases.closing import Closer
from dossier.usecases.figures import measured_figures
from dossier.usecases.folding import Folder, RollupGauges, keep_folding
from dossier.usecases.hot_calls import HotCalls
from dossier.usecases.verifying import Verifier, keep_verifying

# Lists come before tracking: `/dossiers/export` is no dossier's code.
_DESKS = (
    intake,
    filings,
    intake_queue,
    handling,
    lists,
    tracking,
    imports,
    figures,
    corrections,
    filing_corrections,
    copy_corrections,
    overdue,
    papers,
    hand_overs,
    printing,
    due_dates,
    desk_hours,
    rollups,
)
_WINDOWS = Path(__file__).parents[2] / "releases" / "stat-periods.json"


def create_app(settings: Settings | None = None) -> FastAPI:
    """Build the dossier service from its settings (read from the environment when absent)."""
    return create_service(
        name="dossier",
        title="Hồ sơ thủ tục hành chính",
        description="Dossiers from filing to returned result: intake, clock, events, figures.",
        settings=settings or Settings(),
        routers=[desk.router for desk in _DESKS],
        messages=MESSAGES,
        messages_en=MESSAGES_EN,
        opening=_opening,
        migrations=Path(__file__).parents[2] / "migrations",
        measure=_measure,
        streamed_paths=frozenset({imports.IMPORT_PATH}),
        shortcuts=SHORTCUTS,
    )


@asynccontextmanager
async def _opening(app: FastAPI) -> AsyncIterator[None]:
    settings: Settings = app.state.settings
    # Copies have connections of their own: a request that holds one never waits for another.
    engine = create_engine(
        settings.database_url.get_secret_value(), pool_size=1, application_name="dossier-copies"
    )
    token = settings.service_token.get_secret_value()
    async with AsyncExitStack() as stack:
        stack.push_async_callback(engine.dispose)
        catalog = await stack.enter_async_context(neighbour("catalog", settings.catalog_url, token))
        app.state.office = open_office(app, CatalogClient(catalog), write_sessions(engine))
        app.state.hot_calls = HotCalls(app.state.hot, app.state.office.codes)
        app.state.folder = folder = _open_folder(app)
        closer = Closer(app.state.hot, folder.clock)
        if settings.fold_seconds:
            folding = keep_folding(folder, closer, seconds=settings.fold_seconds)
            stack.callback(asyncio.create_task(folding).cancel)
        app.state.figure_verifier = verifier = Verifier(
            app.state.read_sessions, app.state.sessions, folder.clock, folder.gauges
        )
        verifying = keep_verifying(verifier, seconds=settings.verify_seconds)
        stack.callback(asyncio.create_task(verifying).cancel)
        yield


def _open_folder(app: FastAPI) -> Folder:
    def clock() -> datetime:
        now: datetime = app.state.clock()  # the application's clock may be replaced
        return now

    release = WindowRelease.model_validate_json(_WINDOWS.read_text())
    rules = [
        WindowRule(rule.scheme, rule.starts, rule.valid_from, rule.legal_basis)
        for rule in release.rules
    ]
    gauges = RollupGauges(app.state.metrics.registry)
    return Folder(app.state.sessions, clock, rules, gauges)


def open_office(app: FastAPI, client: CatalogClient, copies: Sessions) -> Office:
    """Return the desk's copy of the catalogue, read through `client`, and its seal."""
    settings: Settings = app.state.settings

    def clock() -> datetime:
        now: datetime = app.state.clock()  # the application's clock may be replaced
        return now

    catalogue = Catalogue(
        client,
        copies,
        clock,
        fresh_for=timedelta(seconds=settings.catalog_fresh_seconds),
        usual_hours=settings.usual_hours(),
    )
    sealer = Sealer(settings.personal_data_keys(), key_id=settings.personal_data_key_id)
    return Office(
        catalogue,
        sealer,
        places_in_full=settings.places_in_full,
        supplement_counts=settings.count_limits(),
    )


async def _measure(app: FastAPI, agency_code: str, period: ReportingPeriod) -> Sequence[Figure]:
    async with app.state.read_sessions.begin() as tx:
        return await measured_figures(tx, app.state.office, agency_code, period, app.state.clock())
