"""Counting: one pass over what is known of each procedure, and pages of the records behind it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Subquery,
    Text,
    and_,
    bindparam,
    column,
    false,
    func,
    null,
    select,
    text,
    true,
    tuple_,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import Boolean, DateTime, Integer

from catalog.domain.desks import FROM_THE_MOST
from catalog.domain.facts import Condition
from catalog.domain.figures import FigureRule
from catalog.domain.reviews import quoted_since
from catalog.tables import Found

_FACTS = text("""
    with assignment as (
        select distinct on (agency_id, procedure_id) agency_id, procedure_id, valid_to, desk
        from agency_procedures
        where agency_id = any(:agencies) and valid_from <= :day and recorded_at <= :known_at
        order by agency_id, procedure_id, valid_from desc
    ), settled as (
        select
            procedure_id,
            -- As good as the weakest of the agencies: desks are ranked from the most.
            (:desks)[max(array_position(:desks, desk))] as desk,
            bool_and(exists (select from postings p where p.agency_id = a.agency_id
                and p.procedure_id = a.procedure_id and p.place = 'desk'
                and p.posted_on <= :day and p.recorded_at <= :known_at)) as posted_at_desk,
            bool_and(exists (select from postings p where p.agency_id = a.agency_id
                and p.procedure_id = a.procedure_id and p.place = 'agency_portal'
                and p.posted_on <= :day and p.recorded_at <= :known_at)) as posted_on_portal,
            bool_and(exists (select from postings p where p.agency_id = a.agency_id
                and p.procedure_id = a.procedure_id and p.place = 'national_database'
                and p.posted_on <= :day and p.recorded_at <= :known_at)) as posted_nationally
        from assignment a
        where valid_to is null or valid_to > :day
        group by procedure_id
    )
    select
        procedures.code, v.name, v.field_code, v.level, v.valid_from, v.version_number,
        coalesce(decision.decided_on <= :day, false) or exists (
            select from publication_effects e join publication_decisions d using (decision_id)
            where e.procedure_code = procedures.code and e.kind <> 'abolished'
            and e.effective_on between v.valid_from and :day
            and d.decided_on <= :day and e.recorded_at <= :known_at
        ) as published,
        posted_at_desk, posted_on_portal, posted_nationally, settled.desk,
        online.level as online_level, review.outcome as review, review.reviewed_on
    from settled
    join procedures using (procedure_id)
    join lateral (
        select * from procedure_versions
        where procedure_id = settled.procedure_id
        and valid_from <= :day and recorded_at <= :known_at
        order by valid_from desc limit 1
    ) v on true
    left join publication_decisions decision using (decision_id)
    left join lateral (
        select level from online_levels
        where procedure_id = settled.procedure_id
        and valid_from <= :day and recorded_at <= :known_at
        order by valid_from desc limit 1
    ) online on true
    left join lateral (
        select outcome, reviewed_on from review_outcomes join reviews using (agency_id, review_id)
        where agency_id = any(:agencies) and procedure_id = settled.procedure_id
        and reviewed_on between :quoted_since and :day and recorded_at <= :known_at
        order by reviewed_on desc, review_id desc limit 1
    ) review on true
    where not exists (
        select from publication_effects e
        where e.procedure_code = procedures.code and e.kind = 'abolished'
        and e.effective_on > v.valid_from and e.effective_on <= :day
        and e.recorded_at <= :known_at
    )
""")


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose procedures are counted, on which day, as known at which instant."""

    agency_ids: Sequence[int]
    day: date
    known_at: datetime


def _facts(scope: Scope) -> Subquery:
    """Select one row per procedure in force that the agencies settle; see `domain.facts`."""
    return (
        _FACTS.bindparams(
            bindparam("agencies", list(scope.agency_ids), ARRAY(Integer)),
            bindparam("desks", [desk.value for desk in FROM_THE_MOST], ARRAY(Text)),
            bindparam("day", scope.day, Date),
            bindparam("quoted_since", quoted_since(scope.day), Date),
            bindparam("known_at", scope.known_at, DateTime(timezone=True)),
        )
        .columns(
            column("code", Text),
            column("name", Text),
            column("field_code", Text),
            column("level", Text),
            column("valid_from", Date),
            column("version_number", Integer),
            column("published", Boolean),
            column("posted_at_desk", Boolean),
            column("posted_on_portal", Boolean),
            column("posted_nationally", Boolean),
            column("desk", Text),
            column("online_level", Text),
            column("review", Text),
            column("reviewed_on", Date),
        )
        .subquery("facts")
    )


def _holds(condition: Condition, facts: Subquery) -> ColumnElement[bool]:
    """Say a condition of the domain in SQL; the words are the domain's."""
    return and_(
        true(), *(facts.c[name].in_(sorted(allowed)) for name, allowed in condition.items())
    )


async def counts(
    tx: AsyncSession, scope: Scope, rules: Sequence[FigureRule], *, by_field: bool
) -> Mapping[str | None, Sequence[tuple[int, int]]]:
    """Return, per field (None: all), how many procedures count and among how many, per rule."""
    facts = _facts(scope)
    columns: list[ColumnElement[Any]] = []
    for rule in rules:
        among = _holds(rule.among, facts)
        columns += [
            func.count().filter(and_(among, _holds(rule.counts, facts))),
            func.count().filter(among),
        ]
    asked = select(facts.c.field_code if by_field else null(), *columns).select_from(facts)
    if by_field:
        asked = asked.group_by(func.grouping_sets(tuple_(), facts.c.field_code))
    return {
        row[0]: list(zip(row[1::2], row[2::2], strict=True))
        for row in (await tx.execute(asked)).all()
    }


def _listed(rule: FigureRule, facts: Subquery, field_code: str | None) -> ColumnElement[bool]:
    condition = _holds(rule.among if rule.lists_all_among else {**rule.among, **rule.counts}, facts)
    return condition if field_code is None else and_(condition, facts.c.field_code == field_code)


async def evidence_totals(
    tx: AsyncSession, scope: Scope, rule: FigureRule, *, field_code: str | None
) -> tuple[int, int]:
    """Return how many procedures the figure lists, and how many of them contribute."""
    facts = _facts(scope)
    listed = _listed(rule, facts, field_code)
    contributing = and_(listed, _holds(rule.counts, facts))
    row = (
        await tx.execute(
            select(func.count().filter(listed), func.count().filter(contributing)).select_from(
                facts
            )
        )
    ).one()
    return row[0], row[1]


async def evidence(
    tx: AsyncSession,
    scope: Scope,
    rule: FigureRule,
    *,
    field_code: str | None,
    after: str | None,
    limit: int,
) -> Sequence[Found]:
    """Return the procedures behind a figure in the order of their codes."""
    facts = _facts(scope)
    by_code = facts.c.code.collate("C")
    page = (
        select(facts, func.coalesce(_holds(rule.counts, facts), false()).label("contributes"))
        .where(_listed(rule, facts, field_code))
        .order_by(by_code)
        .limit(limit)
    )
    if after is not None:
        page = page.where(by_code > after)
    return (await tx.execute(page)).all()
