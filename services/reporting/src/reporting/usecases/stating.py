"""Checking stated figures on the spot, without keeping anything."""

from datetime import datetime

from reporting.domain.calendar import PeriodName
from reporting.domain.checks.statement import check_statement
from reporting.domain.cross_checks import sources_away
from reporting.domain.figures import undimensioned
from reporting.domain.findings import Finding
from reporting.domain.statement import Statement
from reporting.schemas.statements import StatedFigures
from reporting.store.rules import Rules
from reporting.usecases.collecting import Neighbours, collect
from reporting.usecases.drafting import identify


async def check_stated(
    neighbours: Neighbours,
    rules: Rules,
    name: PeriodName,
    *,
    agency_code: str,
    stated: StatedFigures,
    against_records: bool,
    at: datetime,
) -> list[Finding]:
    """Check stated figures against arithmetic and, when asked, against the records as of now."""
    subject = await identify(neighbours.catalog, rules, name, agency_code=agency_code)
    collected = (
        await collect(neighbours, agency_code, subject.window, known_at=at)
        if against_records
        else None
    )
    statement = Statement(
        agency_code=agency_code,
        agency_name=subject.agency.name,
        name=name,
        window=subject.window,
        figures=stated.figures(),
        events=stated.occurrences(),
        records=undimensioned(collected.figures) if collected else None,
    )
    away = sources_away(collected.sources) if collected else []
    return [*away, *check_statement(statement)]
