"""Opening a report: which agency, which days, which form, to whom and by when."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from kernel.periods import ReportingPeriod
from sqlalchemy.ext.asyncio import AsyncSession

from reporting.clients import AgencyCopy, CatalogClient
from reporting.domain import calendar
from reporting.domain.calendar import PeriodName
from reporting.domain.errors import UnknownAgency
from reporting.domain.forms import Form, form_in_force
from reporting.schemas.reports import ReportHead
from reporting.store import reports
from reporting.store.rules import Rules
from reporting.tables import ReportRow
from reporting.usecases.reading import head_view


@dataclass(frozen=True, slots=True)
class Subject:
    """Who reports on which days, as the catalogue knew them on the last of these."""

    agency: AgencyCopy
    parent: AgencyCopy | None
    name: PeriodName
    window: ReportingPeriod


async def identify(
    catalog: CatalogClient, rules: Rules, name: PeriodName, *, agency_code: str
) -> Subject:
    """Find the days of the period and the agency with its parent as of its last day.

    Raises:
        NoPeriodRule: no rule of the scheme is in force for the period.
        UnknownAgency: the catalogue has no such agency on that day.
    """
    days = calendar.window(rules.periods, name)
    agency = await _agency(catalog, agency_code, on=days.last_day)
    parent = agency.parent_code and await _agency(catalog, agency.parent_code, on=days.last_day)
    return Subject(agency, parent or None, name, days)


async def _agency(catalog: CatalogClient, code: str, *, on: date) -> AgencyCopy:
    agency = await catalog.agency(code, on=on)
    if agency is None:
        raise UnknownAgency(agency=code, on=on.isoformat())
    return agency


async def open_draft(
    tx: AsyncSession,
    rules: Rules,
    subject: Subject,
    *,
    report_id: UUID,
    form_code: str,
    by: str,
    at: datetime,
) -> ReportHead:
    """Open a draft on the form in force on the period's last day; one live draft per period."""
    name, window, parent = subject.name, subject.window, subject.parent
    form: Form = form_in_force(rules.forms, form_code, window.last_day)
    row = await reports.add_report(
        tx,
        ReportRow(
            report_id=report_id,
            agency_code=subject.agency.code,
            agency_name=subject.agency.name,
            agency_level=subject.agency.level,
            parent_code=parent and parent.code,
            parent_name=parent and parent.name,
            scheme=name.scheme,
            kind=name.kind.value,
            year=name.year,
            number=name.number,
            from_on=window.start,
            to_on=window.last_day,
            due_on=calendar.due_on(rules.deadlines, name, subject.agency.level),
            form_code=form.code,
            form_version=form.version,
            state=reports.DRAFT,
            field_names={},
            version=1,
            created_by=by,
            created_at=at,
        ),
    )
    return head_view(row, None)
