"""Data releases: period rules, deadlines, forms."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from kit.db import refusing
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from reporting.domain.calendar import DayRule, DeadlineRule, PeriodKind, PeriodRule
from reporting.domain.errors import ReleaseDiffers
from reporting.domain.forms import Form
from reporting.schemas.rules import ReportForm
from reporting.tables import DeadlineRuleRow, PeriodRuleRow, ReleaseRow, ReportFormRow


@dataclass(frozen=True, slots=True)
class Rules:
    """All rules that are loaded."""

    periods: tuple[PeriodRule, ...]
    deadlines: tuple[DeadlineRule, ...]
    forms: tuple[Form, ...]


async def rules(session: AsyncSession) -> Rules:
    """Return all rules: a few dozen rows, read where they are needed."""
    periods = await session.scalars(select(PeriodRuleRow).order_by(PeriodRuleRow.rule_id))
    deadlines = await session.scalars(select(DeadlineRuleRow).order_by(DeadlineRuleRow.rule_id))
    return Rules(
        tuple(_period_rule(row) for row in periods),
        tuple(_deadline_rule(row) for row in deadlines),
        tuple(form.form() for form in await forms(session)),
    )


async def forms(session: AsyncSession) -> list[ReportForm]:
    """Return all versions of all forms."""
    rows = await session.scalars(
        select(ReportFormRow).order_by(ReportFormRow.code, ReportFormRow.version)
    )
    return [ReportForm.model_validate(row.body) for row in rows]


async def form(session: AsyncSession, code: str, version: int) -> Form:
    """Return the version of a form that a report was drafted on."""
    row = await session.get_one(ReportFormRow, (code, version))
    return ReportForm.model_validate(row.body).form()


async def add_release(
    session: AsyncSession, name: str, content_digest: str, *, by: str, at: datetime
) -> bool:
    """Record a release; False when the same one is already loaded.

    Raises:
        ReleaseDiffers: one of this name was loaded with other content.
    """
    known = await session.get(ReleaseRow, name)
    if known is not None:
        if known.content_digest != content_digest:
            raise ReleaseDiffers(release=name)
        return False
    row = ReleaseRow(name=name, content_digest=content_digest, loaded_by=by, loaded_at=at)
    session.add(row)
    with refusing({"pk_releases": ReleaseDiffers(release=name)}):
        await session.flush()  # here, so that the loser of a race is told why
    return True


async def add_period_rules(
    session: AsyncSession,
    release: str,
    periods: Iterable[PeriodRule],
    deadlines: Iterable[DeadlineRule],
) -> None:
    """Add the rules of a release; one per scheme, kind and first day."""
    session.add_all(_period_row(release, rule) for rule in periods)
    session.add_all(_deadline_row(release, rule) for rule in deadlines)
    taken = ReleaseDiffers(release=release)
    with refusing(
        {
            "uq_period_rules_scheme_kind_valid_from": taken,
            "uq_deadline_rules_level_kind_valid_from": taken,
        }
    ):
        await session.flush()  # here, so that a rule of the same day is refused by name


async def add_form(session: AsyncSession, release: str, form: ReportForm) -> None:
    """Add a version of a form."""
    session.add(
        ReportFormRow(
            code=form.code,
            version=form.version,
            release=release,
            valid_from=form.valid_from,
            valid_to=form.valid_to,
            body=form.model_dump(mode="json"),
        )
    )
    with refusing({"pk_report_forms": ReleaseDiffers(release=release)}):
        await session.flush()  # here, so that a version that is taken is refused by name


def _period_rule(row: PeriodRuleRow) -> PeriodRule:
    return PeriodRule(
        row.scheme,
        PeriodKind(row.kind),
        DayRule(row.from_day, row.from_month_offset),
        DayRule(row.to_day, row.to_month_offset),
        row.valid_from,
        row.valid_to,
        row.legal_basis,
    )


def _deadline_rule(row: DeadlineRuleRow) -> DeadlineRule:
    return DeadlineRule(
        row.level,
        PeriodKind(row.kind),
        DayRule(row.day, row.month_offset),
        row.valid_from,
        row.valid_to,
        row.legal_basis,
    )


def _period_row(release: str, rule: PeriodRule) -> PeriodRuleRow:
    return PeriodRuleRow(
        release=release,
        scheme=rule.scheme,
        kind=rule.kind.value,
        from_day=rule.from_rule.day,
        from_month_offset=rule.from_rule.month_offset,
        to_day=rule.to_rule.day,
        to_month_offset=rule.to_rule.month_offset,
        valid_from=rule.valid_from,
        valid_to=rule.valid_to,
        legal_basis=rule.legal_basis,
    )


def _deadline_row(release: str, rule: DeadlineRule) -> DeadlineRuleRow:
    return DeadlineRuleRow(
        release=release,
        level=rule.level,
        kind=rule.kind.value,
        day=rule.due.day,
        month_offset=rule.due.month_offset,
        valid_from=rule.valid_from,
        valid_to=rule.valid_to,
        legal_basis=rule.legal_basis,
    )
