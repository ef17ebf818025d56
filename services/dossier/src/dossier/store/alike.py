"""Facts of a window put together, before they are counted.

A count of each figure asks some seventy comparisons of every fact. What these can tell of a fact is
a handful of cases: so each fact's case is found first, in one number, and the figures are asked of
the cases, each with the days of one fact that stands for all of it.
"""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    FromClause,
    Integer,
    Text,
    and_,
    case,
    func,
    literal_column,
    or_,
    select,
)

from dossier.store.scopes import Days

NEVER: ColumnElement[Any] = literal_column("'infinity'::date", Date)
"""`FOREVER` said so that the planner sees which index serves, whatever the parameters are."""
STOPPED: ColumnElement[str] = literal_column("'stopped'", Text)
"""`EndKind.STOPPED`, said so for the same reason."""
_SETTLED: ColumnElement[str] = literal_column("'settled'", Text)
_ONE: ColumnElement[int] = literal_column("1", Integer)
_FIRSTS, _ENDS, _KINDS, _STOCKS = 3, 4, 2, 3
"""How many cases there are of a beginning, an end, its kind, and what pends."""


def alike(
    known: FromClause,
    period: Days,
    among: list[ColumnElement[bool]],
    *,
    by: ColumnElement[Any] | None,
) -> FromClause:
    """Return one row for all facts `among` that count alike in a period, `by` a value of each.

    `among` must say that they lived in the period. The column `facts_count` has how many they are;
    returns, which are counted beyond the period's lives, are not told.
    """
    named = [] if by is None else [by.label("value")]
    # Kept apart: of a number it knows nothing of the planner expects few values, of what this one
    # is made of one for every few facts, and then it neither groups in memory nor in parallel. A
    # number that is no string would have to be cast, and of that it thinks that it must be alone.
    each = (
        select(*named, known.c.channel, _case(known, period).label("told"))
        .where(*among)
        .offset(literal_column("'0'"))
        .subquery("each")
    )
    packed = select(each, func.count().label("facts_count")).group_by(*each.c).subquery("packed")
    return _standing(packed, period)


def _case(known: FromClause, period: Days) -> ColumnElement[int]:
    """Number the case of a fact: one digit each for beginning, end, kind, stock and apology."""
    f, start, last = known.c, period.start, period.last_day
    first = case((f.stretch != 1, 0), (f.received_on < start, 1), else_=2)
    end = case(
        (or_(f.ended_on > last, ~f.is_last), 0),
        (f.ended_on > f.due_on, 1),
        (or_(f.due_on == NEVER, f.ended_on == f.due_on), 2),
        else_=3,
    )
    kind = case((f.end_kind == STOPPED, 1), else_=0)
    stock = case(
        (or_(f.until_on <= last, f.from_on > last), 0),
        (or_(f.due_on >= last, f.is_waiting), 1),
        else_=2,
    )
    apology = case(
        (or_(f.apologised_on > last, ~f.is_last, f.apologised_on > f.ended_on), 0),
        (f.apologised_on < start, 1),
        else_=2,
    )
    return first + _FIRSTS * (end + _ENDS * (kind + _KINDS * (stock + _STOCKS * apology)))


def _standing(packed: FromClause, period: Days) -> FromClause:
    """Return for each case the days of a fact that compare as those of all its facts do."""
    start, last = period.start, period.last_day
    rest: ColumnElement[int] = packed.c.told
    digits = []
    for number in (_FIRSTS, _ENDS, _KINDS, _STOCKS):
        digits.append(rest % number)
        rest = rest // number
    (first, end, kind, stock), apology = digits, rest
    return select(
        *(column for column in packed.c if column.name != "told"),
        case((first == 0, 2), else_=1).label("stretch"),
        literal_column("true").label("is_last"),
        case((first == 1, start - _ONE), else_=start).label("received_on"),
        last.label("from_on"),
        case((stock == 0, last), else_=NEVER).label("until_on"),
        case((end == 0, NEVER), else_=last).label("ended_on"),
        case((kind == 1, STOPPED), else_=_SETTLED).label("end_kind"),
        case(
            (or_(end == 1, and_(end == 0, stock == 2)), last - _ONE),  # noqa: PLR2004 - a digit
            (end == 3, last + _ONE),  # noqa: PLR2004 - a digit
            else_=last,
        ).label("due_on"),
        literal_column("false").label("is_waiting"),
        case((apology == 0, NEVER), (apology == 1, start - _ONE), else_=start).label(
            "apologised_on"
        ),
        NEVER.label("returned_on"),
        literal_column("null::text").label("return_method"),
    ).subquery("alike")
