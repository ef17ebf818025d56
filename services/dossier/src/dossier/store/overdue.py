"""Late work: lists that page by due date, ageing counts, stated reasons, assigned officers.

Work goes by the agency that received it and by the one that holds it now, and stretches of
dossiers lie in three parts: those still open, those closed of dossiers that were late, and all
others. Each side has an index of each part in the order of the lists, so a list is a union of a
branch for each, which no dossier is in twice. A branch walks agency by agency and stops at the
page's length in each; only the page itself is then looked up.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum, auto
from typing import Any, cast

from sqlalchemy import (
    CTE,
    ColumnElement,
    Date,
    FromClause,
    Integer,
    Select,
    Subquery,
    and_,
    func,
    insert,
    literal,
    or_,
    select,
    true,
    tuple_,
    union_all,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.elements import KeyedColumnElement

from dossier.domain.apologies import OverdueReason
from dossier.domain.dossier import Dossier
from dossier.domain.overdue import DueRange, WorkKind, WorkSide
from dossier.domain.permissions import Sight
from dossier.store.agencies import Reach, in_sight, reaching
from dossier.store.alike import NEVER
from dossier.store.course import last_recorded
from dossier.store.promises import standing_promise
from dossier.tables.agencies import agencies
from dossier.tables.corrections import overdue_reasons
from dossier.tables.dossiers import apologies, dossiers
from dossier.tables.facts import facts

Place = tuple[date, date, int, int]
"""Where a dossier stands in lists of work: due date, day of the code, serial, agency."""
_PLACE = ("due_on", "issued_on", "serial", "agency_id")
_SHOWN = ("channel", "received_on", "ended_on", "procedure_code", "officer")
_FACT = ("agency_id", "issued_on", "serial", "stretch")
_holders = agencies.alias("holders")


class _Part(Enum):
    """Which stretches an index holds; each stretch lies in one part."""

    OPEN = auto()
    CLOSED_LATE = auto()
    CLOSED_IN_TIME = auto()


_f = facts.c
_IN_PART: Mapping[_Part, ColumnElement[bool]] = {
    _Part.OPEN: _f.until_on == NEVER,
    _Part.CLOSED_LATE: and_(_f.until_on < NEVER, _f.ended_on > _f.due_on),
    _Part.CLOSED_IN_TIME: and_(_f.until_on < NEVER, _f.ended_on <= _f.due_on),
}
"""Said as the indexes say it, so that they serve."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedWork:
    """Which work a list asks for, as of a day; None means any agency, officer or due date.

    `is_today` says that the day is the present one, which an index of open dossiers knows.
    """

    kind: WorkKind
    on: date
    sight: Sight
    side: WorkSide = WorkSide.EITHER
    is_today: bool = False
    agencies: Collection[str] | None = None
    officer: str | None = None
    due: DueRange | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One dossier on a list of work."""

    agency_id: int
    agency_code: str
    resolver_agency_code: str
    issued_on: date
    serial: int
    procedure_code: str
    procedure_name: str
    channel: str
    status: int
    received_on: date
    due_on: date
    promised_on: date | None
    ended_on: date
    officer: str
    reason_code: str | None


async def work_page(
    tx: AsyncSession, asked: AskedWork, *, after: Place | None, limit: int
) -> list[Work]:
    """Return a page of a list of work, the longest due first."""
    found = _found(asked, after=after, limit=limit)
    query = (
        select(
            *(facts.c[name] for name in (*_PLACE, *_SHOWN)),
            dossiers.c.procedure_name,
            dossiers.c.status,
            standing_promise(dossiers),
            agencies.c.code.label("agency_code"),
            _holders.c.code.label("resolver_agency_code"),
            reason_of(found).label("reason_code"),
        )
        .join_from(found, facts, and_(*(found.c[name] == facts.c[name] for name in _FACT)))
        .join(dossiers, _same(found, dossiers))
        .join(agencies, agencies.c.agency_id == found.c.agency_id)
        .join(_holders, _holders.c.agency_id == dossiers.c.resolver_agency_id)
        .order_by(*_place(found))
    )
    return [Work(**row) for row in (await tx.execute(query)).mappings()]


async def count_ranges(
    tx: AsyncSession, asked: AskedWork, ranges: Mapping[str, DueRange]
) -> dict[str, int]:
    """Return how many dossiers of a list are due in each range, in one pass."""
    found = _found(asked)
    counted = [
        func.count().filter(_due_in(found, due)).label(f"range_{number}")
        for number, due in enumerate(ranges.values())
    ]
    query = cast("Select[Any]", select(*counted)).select_from(found)
    row = (await tx.execute(query)).one()
    return dict(zip(ranges, row, strict=True))


async def add_reason(
    tx: AsyncSession,
    of: Dossier,
    reason: OverdueReason,
    *,
    note: str | None,
    event_number: int,
) -> None:
    """Store why a dossier is late, as its event says; the last reason stated holds."""
    await tx.execute(
        insert(overdue_reasons).values(
            agency_id=of.agency_id,
            issued_on=of.issued_on,
            serial=of.serial,
            event_number=event_number,
            reason_code=reason,
            note=note,
            recorded_at=last_recorded(of),
        )
    )


async def assign(tx: AsyncSession, of: Dossier, officer: str) -> None:
    """Store who handles a dossier."""
    await tx.execute(
        update(dossiers)
        .where(
            dossiers.c.agency_id == of.agency_id,
            dossiers.c.issued_on == of.issued_on,
            dossiers.c.serial == of.serial,
        )
        .values(case_officer=officer)
    )


def reason_of(known: FromClause) -> ColumnElement[str]:
    """Return why a dossier is late: as stated last, else as its apology said."""
    stated = select(overdue_reasons.c.reason_code).where(_same(known, overdue_reasons))
    apologised = select(apologies.c.reason_code).where(_same(known, apologies))
    last = stated.order_by(overdue_reasons.c.event_number.desc()).limit(1)
    return func.coalesce(last.scalar_subquery(), apologised.scalar_subquery())


def _found(asked: AskedWork, *, after: Place | None = None, limit: int | None = None) -> Subquery:
    """Return where the facts of a list stand: in its order, and no longer than the page."""
    further: ColumnElement[bool] = true()
    if after is not None:
        further = tuple_(*_place(facts)) > tuple_(*(literal(value) for value in after))
    # Written out, because a plan must know how little is asked for.
    most = None if limit is None else literal(limit, Integer, literal_execute=True)
    seen = _seen(asked)
    branches: list[Select[Any]] = []
    for column, whose in _whose(asked, seen):
        for part in _parts(asked):
            of_one = select(*_place(facts), facts.c.stretch).where(
                column == seen.c.agency_id, whose, *_wanted(asked, part), further
            )
            if most is not None:
                of_one = of_one.order_by(*_place(facts)).limit(most)
            own = of_one.correlate(seen).lateral()
            branches.append(select(own).select_from(seen.join(own, true())))
    whole = union_all(*branches).subquery("whole")
    if most is None:
        return whole
    return select(whole).order_by(*_place(whole)).limit(most).subquery("found")


def _seen(asked: AskedWork) -> CTE:
    """Return the agencies whose work is asked for, read once for all branches."""
    reached = in_sight(agencies.c.agency_id, asked.sight, among=asked.agencies)
    return select(agencies.c.agency_id).where(reached).cte("seen")


def _whose(
    asked: AskedWork, seen: CTE
) -> list[tuple[KeyedColumnElement[int], ColumnElement[bool]]]:
    """Return what `domain.overdue.is_on_side` says: whose index to walk, and which of it to take.

    They exclude one another, so that a dossier is there once.
    """
    receiver, holder = facts.c.agency_id, facts.c.handed_to_agency_id
    if reaching(asked.sight, asked.agencies)[0] is Reach.EVERYWHERE:
        return [(receiver, true())]
    numbers = select(seen.c.agency_id)
    from_elsewhere = (holder, receiver.not_in(numbers))
    if asked.side is WorkSide.RECEIVED:
        return [(receiver, true())]
    if asked.side is WorkSide.EITHER:
        return [(receiver, true()), from_elsewhere]
    return [(receiver, or_(holder.is_(None), holder.in_(numbers))), from_elsewhere]


def _parts(asked: AskedWork) -> list[_Part]:
    """Return the parts that may hold such work.

    Nothing is recorded of days to come, so what pends today is open still; and what pends past
    its due date ended later than that, or has not.
    """
    if asked.kind is WorkKind.APOLOGY_OWED:
        return [_Part.OPEN, _Part.CLOSED_LATE]
    if asked.is_today:
        return [_Part.OPEN]
    return [*_Part] if asked.kind is WorkKind.DUE_SOON else [_Part.OPEN, _Part.CLOSED_LATE]


def _wanted(asked: AskedWork, part: _Part) -> list[ColumnElement[bool]]:
    conditions = [_IN_PART[part], _is_work(asked.kind, asked.on, part)]
    if asked.due is not None:
        conditions.append(_due_in(facts, asked.due))
    if asked.officer is not None:
        conditions.append(facts.c.officer == asked.officer)
    return conditions


def _place(of: FromClause) -> list[ColumnElement[Any]]:
    return [of.c[name] for name in _PLACE]


def _is_work(kind: WorkKind, on: date, part: _Part) -> ColumnElement[bool]:
    """Return what `domain.overdue` says of a dossier's stretches; picks one of them or none.

    An open stretch has neither an end nor a dossier that has one, and so need not say it.
    """
    is_open = part is _Part.OPEN
    works = and_(_f.from_on <= on, true() if is_open else _f.until_on > on, ~_f.is_waiting)
    if kind is WorkKind.DUE_SOON:
        return and_(works, _f.due_on >= on)
    # Late work was due before the day in any case: said of all so that it bounds the walk.
    overdue = and_(works, _f.due_on < on)
    if kind is WorkKind.OVERDUE:
        return overdue
    if is_open:
        return and_(overdue, _f.apologised_on > on)
    ended_late = and_(_f.is_last, _f.ended_on <= on)
    is_unsent = or_(_f.apologised_on > on, _f.apologised_on > _f.ended_on)
    return and_(_f.due_on < on, is_unsent, or_(works, ended_late))


def _due_in(of: FromClause, due: DueRange) -> ColumnElement[bool]:
    first = true() if due.first is None else of.c.due_on >= literal(due.first, Date)
    return and_(first, of.c.due_on <= literal(due.last, Date))


def _same(one: FromClause, other: FromClause) -> ColumnElement[bool]:
    return and_(*(one.c[name] == other.c[name] for name in ("agency_id", "issued_on", "serial")))
