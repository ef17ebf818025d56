"""The catalogue's application: wiring only."""

from collections.abc import Sequence
from pathlib import Path

from fastapi import FastAPI
from kernel.figures import Figure
from kernel.periods import ReportingPeriod
from kit.app import create_service

from catalog.messages_vi import MESSAGES, MESSAGES_EN
from catalog.routes import agencies, calendar, desks, figures, procedures, publication
from catalog.settings import Settings
from catalog.usecases.figures import measure


def create_app(settings: Settings | None = None) -> FastAPI:
    """Build the catalogue from its settings (read from the environment when absent)."""
    desks_of_the_catalogue = (agencies, publication, procedures, desks, calendar, figures)
    return create_service(
        name="catalog",
        title="Danh mục thủ tục hành chính",
        description="Agencies, procedures, publication, reviews and the working calendar.",
        settings=settings or Settings(),
        routers=[agencies.tree, *(module.router for module in desks_of_the_catalogue)],
        messages=MESSAGES,
        messages_en=MESSAGES_EN,
        migrations=Path(__file__).parents[2] / "migrations",
        measure=_measure,
    )


async def _measure(app: FastAPI, agency_code: str, period: ReportingPeriod) -> Sequence[Figure]:
    async with app.state.read_sessions.begin() as tx:
        return await measure(tx, agency_code, period, at=app.state.clock())
