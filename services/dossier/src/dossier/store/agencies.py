"""The small numbers of agencies, and the one predicate that says which an actor sees."""

from collections.abc import Collection, Sequence
from enum import Enum, auto

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Select,
    Text,
    and_,
    any_,
    bindparam,
    func,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.elements import KeyedColumnElement

from dossier.domain.permissions import Sight
from dossier.tables.agencies import agencies


async def agency_id(tx: AsyncSession, code: str) -> int | None:
    """Return the number of an agency, None when it has none yet."""
    number: int | None = await tx.scalar(
        select(agencies.c.agency_id).where(agencies.c.code == code)
    )
    return number


async def number_agency(tx: AsyncSession, code: str) -> int:
    """Return the number of an agency, giving it one when it has none; it never changes."""
    await tx.execute(insert(agencies).values(code=code).on_conflict_do_nothing())
    numbered = await agency_id(tx, code)
    if numbered is None:
        raise LookupError(code)
    return numbered


async def codes_of(tx: AsyncSession, ids: Collection[int]) -> dict[int, str]:
    """Return the codes of agencies by their numbers."""
    rows = await tx.execute(select(agencies).where(agencies.c.agency_id.in_(ids)))
    return {row.agency_id: row.code for row in rows}


def in_sight(
    column: KeyedColumnElement[int],
    sight: Sight,
    *,
    among: Collection[str] | None = None,
    resolver: KeyedColumnElement[int] | None = None,
    took_part: Select[tuple[int]] | None = None,
) -> ColumnElement[bool]:
    """Return the condition that a row's agency is one the actor sees, and one of `among`.

    Every list, read, figure and evidence page carries it: what is out of sight does not exist.
    With `resolver`, the agency that settles a dossier sees it as well as the one that received
    it; lists and figures belong to the agency that received. With `took_part`, the agencies that
    ever had a step of the dossier, so do they.
    """
    if resolver is None:
        return _numbered(column, _both(sight, among))
    held = or_(_numbered(column, sight), _numbered(resolver, sight))
    if took_part is not None:
        (taking,) = took_part.selected_columns
        held = or_(held, took_part.where(_numbered(taking, sight)).exists())
    return held if among is None else and_(held, _numbered(column, among))


class Reach(Enum):
    """How far a question reaches, which is what of its agencies shapes a statement."""

    EVERYWHERE = auto()
    ONE = auto()
    SEVERAL = auto()


_CODE = bindparam("agency_code", type_=Text)
_CODES = bindparam("agency_codes", type_=ARRAY(Text))


def reaching(
    sight: Sight, among: Collection[str] | None
) -> tuple[Reach, dict[str, str | list[str]]]:
    """Return how far a question reaches, and the parameters of `reached` and `walked`."""
    codes = _both(sight, among)
    if codes is None:
        return Reach.EVERYWHERE, {}
    if len(codes) == 1:
        return Reach.ONE, {"agency_code": min(codes)}
    return Reach.SEVERAL, {"agency_codes": sorted(codes)}


def reached(column: KeyedColumnElement[int], reach: Reach) -> ColumnElement[bool]:
    """Return `in_sight` for a statement that is built once and run with `reaching`."""
    return _compared(column, reach, _CODE, _CODES)


def walked(
    column: KeyedColumnElement[int], reach: Reach, *, start: ColumnElement[int]
) -> ColumnElement[bool]:
    """Return `reached` from the agency numbered `start` on, for a walk agency by agency.

    They are compared with an array, which leaves an index in its order. One agency is an array as
    well: the planner takes an array for many rows, and walks where it would have sorted them.
    """
    if reach is Reach.EVERYWHERE:
        return column >= start
    codes = agencies.c.code == (_CODE if reach is Reach.ONE else any_(_CODES))
    numbers = select(agencies.c.agency_id).where(codes, agencies.c.agency_id >= start)
    return column == any_(func.array(numbers.scalar_subquery()))


def _both(sight: Sight, among: Collection[str] | None) -> Collection[str] | None:
    if sight is None or among is None:
        return among if sight is None else sight
    return sight.intersection(among)


def _numbered(column: ColumnElement[int], codes: Collection[str] | None) -> ColumnElement[bool]:
    if codes is None:
        return true()
    reach = Reach.ONE if len(codes) == 1 else Reach.SEVERAL
    several = literal(sorted(codes), ARRAY(Text))
    return _compared(column, reach, literal(min(codes, default="")), several)


def _compared(
    column: ColumnElement[int],
    reach: Reach,
    code: ColumnElement[str],
    codes: ColumnElement[Sequence[str]],
) -> ColumnElement[bool]:
    """Return the condition; one agency is an equality, which reaches into unions and orders.

    Several are one array, so that a province costs no parameter each.
    """
    if reach is Reach.EVERYWHERE:
        return true()
    numbers = select(agencies.c.agency_id)
    if reach is Reach.ONE:
        return column == numbers.where(agencies.c.code == code).scalar_subquery()
    return column.in_(numbers.where(agencies.c.code == any_(codes)))
