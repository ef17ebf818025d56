"""Wiring of the reporting service."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from fastapi import FastAPI
from kit.app import create_service
from kit.http import neighbour

from reporting.clients import CatalogClient, FiguresClient
from reporting.messages_vi import MESSAGES_EN, MESSAGES_VI
from reporting.routes import evidence, reports, rules, statements
from reporting.settings import Settings
from reporting.usecases.collecting import Neighbours
from reporting.usecases.measuring import measure

MIGRATIONS = Path(__file__).parents[2] / "migrations"


def create_app(settings: Settings | None = None) -> FastAPI:
    """Build the service; without `settings` they are read from REPORTING_* variables."""
    return create_service(
        name="reporting",
        title="Báo cáo kiểm soát thủ tục hành chính",
        description="Periods, figures, checks, seals and documents of the control report.",
        settings=settings or Settings(),
        routers=[rules.router, reports.router, statements.router, evidence.router],
        messages=MESSAGES_VI,
        messages_en=MESSAGES_EN,
        opening=opening,
        migrations=MIGRATIONS,
        measure=measure,
    )


@asynccontextmanager
async def opening(app: FastAPI) -> AsyncIterator[None]:
    """Open the clients of the three record keepers."""
    settings: Settings = app.state.settings
    token = settings.service_token.get_secret_value()
    addresses = {
        "catalog": settings.catalog_url,
        "dossier": settings.dossier_url,
        "rating": settings.rating_url,
    }
    async with AsyncExitStack() as stack:
        opened = {
            name: await stack.enter_async_context(neighbour(name, url, token))
            for name, url in addresses.items()
        }
        app.state.neighbours = Neighbours(
            catalog=CatalogClient(opened["catalog"], fresh_seconds=settings.agencies_fresh_seconds),
            keepers=tuple(FiguresClient(known) for known in opened.values()),
            timeout_seconds=settings.collection_timeout_seconds,
        )
        yield
