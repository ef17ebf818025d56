"""Checking a report: its own figures, and the figures somebody stated."""

from dataclasses import replace

from kernel.periods import ReportingPeriod
from sqlalchemy.ext.asyncio import AsyncSession

from reporting.domain.calendar import PeriodKind, PeriodName
from reporting.domain.checks.statement import check_statement
from reporting.domain.cross_checks import Draft, cross_check
from reporting.domain.figures import by_procedure_field, totals, undimensioned
from reporting.domain.findings import Finding
from reporting.domain.forms import Cells, FilledForm, fill
from reporting.domain.report import Parts
from reporting.domain.statement import Statement
from reporting.store import parts, reports
from reporting.tables import ReportRow


async def recheck(tx: AsyncSession, row: ReportRow) -> list[Finding]:
    """Check a locked draft anew after any change, and keep what was found."""
    await tx.flush()  # what is checked is what the database will hold
    now = await parts.parts(tx, row)
    findings = [*await _own(tx, row, now), *await _stated(tx, row, now)]
    await parts.replace_findings(tx, row.report_id, findings)
    return findings


async def _own(tx: AsyncSession, row: ReportRow, now: Parts) -> list[Finding]:
    if row.collected_at is None:
        return []
    return cross_check(draft_of(now, previous=await _previous_total(tx, row)))


async def _stated(tx: AsyncSession, row: ReportRow, now: Parts) -> list[Finding]:
    attached = await parts.statement(tx, row.report_id)
    if attached is None:
        return []
    statement = Statement(
        agency_code=row.agency_code,
        agency_name=row.agency_name,
        name=name_of(row),
        window=window_of(row),
        figures=attached.figures(),
        events=attached.occurrences(),
    )
    if row.collected_at is not None:
        statement = replace(statement, records=undimensioned(now.figures))
    return check_statement(statement)


async def _previous_total(tx: AsyncSession, row: ReportRow) -> Cells | None:
    """Return the total row of the sealed report of the period before, if there is one."""
    previous = name_of(row).previous
    sealed = previous and await reports.last_sealed(tx, row.agency_code, previous)
    if not sealed:
        return None
    return filled_form(await parts.parts(tx, sealed)).total


def draft_of(now: Parts, *, previous: Cells | None = None) -> Draft:
    """Return what the cross-checks look at."""
    return Draft(
        figures=now.figures,
        sources=now.sources,
        written=[narrative.section for narrative in now.narratives],
        filled=filled_form(now),
        previous=previous,
    )


def filled_form(now: Parts) -> FilledForm:
    """Fill the report's form from its figures."""
    return fill(
        now.form,
        per_field=by_procedure_field(now.figures),
        total=totals(now.figures),
        names=now.field_names,
    )


def name_of(row: ReportRow) -> PeriodName:
    """Return the period as people name it."""
    return PeriodName(row.scheme, PeriodKind(row.kind), row.year, row.number)


def window_of(row: ReportRow) -> ReportingPeriod:
    """Return the days of the report."""
    return ReportingPeriod.between(row.from_on, row.to_on)
