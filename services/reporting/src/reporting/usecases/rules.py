"""Data releases of rules, and the windows that they give."""

import hashlib
from collections.abc import Iterable
from datetime import datetime

from kernel.periods import ReportingPeriod
from kit.wire import WireModel
from sqlalchemy.ext.asyncio import AsyncSession

from reporting.domain import calendar
from reporting.domain.calendar import PeriodKind, PeriodName, PeriodRule
from reporting.schemas.rules import Loaded, PeriodOut, PeriodSchemeRelease, ReportForm
from reporting.store import rules as store


async def load_period_schemes(
    tx: AsyncSession, release: PeriodSchemeRelease, *, by: str, at: datetime
) -> Loaded:
    """Load a release of period rules and deadlines; the same release again changes nothing."""
    periods = [scheme.rule() for scheme in release.schemes]
    deadlines = [deadline.rule() for deadline in release.deadlines]
    if await store.add_release(tx, release.release, _digest(release), by=by, at=at):
        await store.add_period_rules(tx, release.release, periods, deadlines)
    return Loaded(release=release.release, rules=len(periods) + len(deadlines))


async def load_report_form(tx: AsyncSession, form: ReportForm, *, by: str, at: datetime) -> Loaded:
    """Load a version of a form; the same version again changes nothing."""
    form.form()  # refuses a form that contradicts itself before anything is written
    release = f"{form.code}@{form.version}"
    if await store.add_release(tx, release, _digest(form), by=by, at=at):
        await store.add_form(tx, release, form)
    return Loaded(release=release, rules=len(form.columns))


def _digest(release: WireModel) -> str:
    return hashlib.sha256(release.model_dump_json().encode()).hexdigest()


def periods_of(
    rules: Iterable[PeriodRule], *, scheme: str, kind: PeriodKind, year: int
) -> list[PeriodOut]:
    """Return the periods of a kind in a year, with the days of the rule in force."""
    loaded = list(rules)
    names = [PeriodName(scheme, kind, year, number) for number in calendar.numbers(kind)]
    return [period_out(name, calendar.window(loaded, name)) for name in names]


def period_out(name: PeriodName, window: ReportingPeriod) -> PeriodOut:
    """Dress a period for the wire: both days included."""
    return PeriodOut(
        scheme=name.scheme,
        kind=name.kind,
        year=name.year,
        number=name.number,
        from_=window.start,
        to=window.last_day,
        label=name.label,
    )


async def report_forms(session: AsyncSession) -> list[ReportForm]:
    """Return all versions of all forms."""
    return await store.forms(session)
