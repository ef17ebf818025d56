"""Lists of dossiers: one statement a page, the newest first, and the same cost on any page.

A list is a union of branches, one per status (and one for receipts corrected to another day); each
branch walks an index in the order of the list and stops at the page's length.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import asyncpg
from kernel.time_zone import end_of_day, start_of_day

from dossier.domain.lifecycle import WAITING, Status
from dossier.domain.privacy import HIDDEN
from dossier.domain.standing import STATUSES, Standing
from dossier.store.promises import STANDING
from dossier.tables.people import NAME_KEYS

Row = Mapping[str, Any]
"""A dossier of a list, its columns by name."""
Place = tuple[date, int, int]
"""Where a dossier stands in lists: day of the code, serial, agency."""

_LOCAL = "at time zone 'Asia/Ho_Chi_Minh'"
_NEWEST_OF_ONE = "d.issued_on desc, d.serial desc"
_NEWEST = f"{_NEWEST_OF_ONE}, d.agency_id desc"
_KEY = "d.agency_id, d.issued_on, d.serial"
_FEW_AGENCIES = 40
"""Up to here each agency's own index is read; beyond, the index over all agencies is walked."""
_USUAL_END = Status.RETURNED
"""Where nearly all dossiers come to lie: no rare status that each agency's index finds at once."""
_AGENCY_MARK = "\x01"
"""Stands for the agency in a search; no text on the wire holds it."""

_DAYS = f"""
    (d.received_at {_LOCAL})::date as received_on, d.due_on,
    {STANDING.format("d")} as promised_on,
    (d.ended_at {_LOCAL})::date as ended_on
"""
_PLAIN = """
    d.status, d.procedure_code, d.procedure_name, d.version_number, d.field_code, d.channel,
    d.time_limit_value, d.time_limit_unit, d.version, d.end_kind, d.return_method,
    d.components_count, d.external_id, d.previous_code, d.filing_id
"""
_AS_COLUMNS = f"""
    d.agency_id, d.issued_on, d.serial, a.code as agency_code, r.code as resolver_agency_code,
    p.full_name as applicant_name, d.returned_at, d.subject, {_PLAIN}, {_DAYS}
"""
_AGENCIES = """
    join agencies a on a.agency_id = d.agency_id
    join agencies r on r.agency_id = d.resolver_agency_id
"""
_AS_LINES = """
    d.agency_id, d.resolver_agency_id, d.issued_on, d.serial, d.status, {hidden_name},
    convert_to(row_to_json(w)::text, 'UTF8')
"""
_INSTANT = """
    replace(to_char(d.{0} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), '.000000Z', 'Z')
    as {0}
"""
"""As `orjson` writes an instant."""
_INSTANTS = ", ".join(map(_INSTANT.format, ("received_at", "ended_at", "returned_at")))
_WIRE = f"""
    cross join lateral (select {_PLAIN}, {_DAYS}, {_INSTANTS}, {{people}}) w
"""
_IN_CLEAR = (
    _AS_LINES.format(hidden_name="null"),
    _WIRE.format(people="p.full_name as applicant_name, d.subject"),
)
_HIDDEN = (
    _AS_LINES.format(hidden_name="p.full_name"),
    _WIRE.format(people=f"case when d.subject is not null then '{HIDDEN}' end as subject"),
)
"""What `DossierLine` shows and the rows themselves know, put together by the database.

`domain.privacy.shown_subject` in SQL; a test holds each line to the dossier read alone.
"""
_WAITING = ", ".join(str(int(status)) for status in sorted(WAITING))
_IS_OVERDUE = f"""
    d.due_on < {{today}} and d.status not in ({_WAITING})
    and not (d.status = {Status.WITHDRAWAL_ASKED:d} and coalesce(d.came_from, 0) in ({_WAITING}))
"""
_STANDING = {
    Standing.EARLY: f"(d.ended_at {_LOCAL})::date < d.due_on",
    Standing.LATE: f"(d.ended_at {_LOCAL})::date > d.due_on",
    Standing.ON_TIME: f"(d.due_on is null or (d.ended_at {_LOCAL})::date = d.due_on)",
    Standing.OVERDUE: _IS_OVERDUE,
    Standing.IN_TIME: f"(d.due_on is null or not ({_IS_OVERDUE}))",
}
"""`domain.standing` in SQL, for dossiers that have ended or pend; a test holds the two together."""


@dataclass(frozen=True, slots=True)
class Days:
    """Local days, both inclusive; None leaves that side open."""

    first: date | None = None
    last: date | None = None

    def __bool__(self) -> bool:
        return self.first is not None or self.last is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which dossiers a list asks for; what is empty or None does not narrow.

    `agencies` are codes, None for all; `name` is folded.
    """

    agencies: tuple[str, ...] | None
    today: date
    statuses: tuple[int, ...] = ()
    procedure: str | None = None
    field: str | None = None
    channel: str | None = None
    intake_officer: str | None = None
    case_officer: str | None = None
    standing: Standing | None = None
    received: Days = Days()
    due: Days = Days()
    ended: Days = Days()
    name: str | None = None
    external_id: str | None = None
    previous_code: str | None = None


class Line(NamedTuple):
    """A dossier of a list: what only we can put into words, and all else as JSON in `wire`.

    The applicant's name stands in `wire`, unless it is to be hidden.
    """

    agency_id: int
    resolver_agency_id: int
    issued_on: date
    serial: int
    status: int
    hidden_name: str | None
    wire: bytes

    @property
    def place(self) -> Place:
        """Return where the dossier stands in its list."""
        return self.issued_on, self.serial, self.agency_id


async def page(
    connection: "asyncpg.Connection[Any]", wanted: Wanted, *, after: Place | None, limit: int
) -> Sequence[Row]:
    """Return up to `limit` dossiers, the newest first, from `after` on."""
    statement = _statement(wanted, after=after, limit=limit)
    if statement is None:
        return []
    text = statement.text(_AS_COLUMNS, _AGENCIES)
    found: list[Row] = await connection.fetch(text, *statement.values)
    return found


async def lines(
    connection: "asyncpg.Connection[Any]",
    wanted: Wanted,
    *,
    after: Place | None,
    limit: int,
    in_clear: bool,
) -> Sequence[Line]:
    """Return the same, most of each dossier as it goes over the wire, its subject as it is shown.

    Agencies come by their numbers: to look their codes up would cost a third of the statement.
    """
    statement = _statement(wanted, after=after, limit=limit)
    if statement is None:
        return []
    text = statement.text(*(_IN_CLEAR if in_clear else _HIDDEN))
    return [Line._make(row) for row in await connection.fetch(text, *statement.values)]


def _statement(wanted: Wanted, *, after: Place | None, limit: int) -> "_Statement | None":
    """Return a page's statement, None when it can find nothing."""
    statuses = _statuses(wanted)
    if wanted.agencies == () or statuses == ():
        return None
    return _Statement(wanted, statuses or (None,), after=after, limit=limit)


def _statuses(wanted: Wanted) -> tuple[int, ...] | None:
    """Return the statuses to look in, None for any; a standing is met in some only."""
    if wanted.standing is None:
        return tuple(sorted(set(wanted.statuses))) or None
    possible = {int(status) for status in STATUSES[wanted.standing]}
    return tuple(sorted(possible & set(wanted.statuses) if wanted.statuses else possible))


class _Statement:
    """One page's statement and its values, put together."""

    def __init__(
        self, wanted: Wanted, statuses: Sequence[int | None], *, after: Place | None, limit: int
    ) -> None:
        self.values: list[object] = []
        self._wanted = wanted
        self._statuses = statuses
        self._limit = limit  # Written out, because a plan must know how little is asked for.
        self._agencies = self._value(list(wanted.agencies)) if wanted.agencies else None
        self._place = None if after is None else [self._value(part) for part in after]
        self._conditions = [*self._equalities(), *self._standing(), *self._days()]
        # One agency's index has this order already, and nothing is left to sort.
        is_one = wanted.agencies is not None and len(wanted.agencies) == 1
        self._newest = _NEWEST_OF_ONE if is_one else _NEWEST
        self._is_wide = wanted.name is None and not self._is_by_agency

    def text(self, columns: str, beside: str) -> str:
        """Return the statement: its branches, joined with what a line of the list shows."""
        receipts = self._receipts()
        parts = [self._branch(status, receipt) for status in self._statuses for receipt in receipts]
        keys = " union all ".join(f"({part})" for part in parts)
        found = f"({keys}) d"
        if not self._is_wide:
            found = f"({keys}) k join dossiers d using (agency_id, issued_on, serial)"
        return f"""
            select {columns}
            from {found}
            join applicants p on p.agency_id = d.agency_id and p.applicant_id = d.applicant_id
            {beside}
            order by {self._newest} limit {self._limit}
        """  # noqa: S608 - our own words and numbered placeholders

    def _branch(self, status: int | None, receipt: Sequence[str]) -> str:
        own = [*receipt, *self._conditions]
        if status is not None:
            own.append(f"d.status = {self._value(status)}")
        if self._wanted.name is not None:
            return self._searched(own)
        if not self._is_by_agency or (status == _USUAL_END and self._is_walkable):
            return self._walked(own, has_status=status is not None)
        return self._agency_by_agency(own)

    @property
    def _are_many(self) -> bool:
        codes = self._wanted.agencies
        return codes is None or len(codes) > _FEW_AGENCIES

    @property
    def _is_for_one(self) -> bool:
        """Tell whether an old code is looked for, which each agency's own index finds at once."""
        return self._wanted.external_id is not None or self._wanted.previous_code is not None

    @property
    def _is_walkable(self) -> bool:
        return self._are_many and not self._is_for_one

    @property
    def _is_by_agency(self) -> bool:
        """Tell whether each agency's own index is read, so that a rare status is found at once."""
        codes = self._wanted.agencies
        if codes is not None and not self._are_many:
            return len(codes) > 1
        return self._is_for_one or self._statuses != (None,)

    def _walked(self, conditions: Sequence[str], *, has_status: bool) -> str:
        after = self._after() if self._are_many else self._after_in_agency()
        agencies, order = self._of_agencies("d"), self._newest
        if self._conditions and not self._are_many and not self._is_for_one:
            # An array, for many rows: the planner then walks where it would have sorted them.
            agencies = [f"d.agency_id = any(array{self._chosen})"]
            order = f"d.agency_id {'' if has_status else 'desc'}, {self._newest}"
        return f"""
            select {"d.*" if self._is_wide else _KEY} from dossiers d
            where {_all([*agencies, *after, *conditions])}
            order by {order} limit {self._limit}
        """  # noqa: S608 - as above

    def _agency_by_agency(self, conditions: Sequence[str]) -> str:
        wanted = "true" if self._agencies is None else f"a.code = any({self._agencies})"
        return f"""
            select {_KEY} from agencies a cross join lateral (
                select {_KEY} from dossiers d
                where {_all(["d.agency_id = a.agency_id", *self._after_in_agency(), *conditions])}
                order by d.issued_on desc, d.serial desc limit {self._limit}
            ) d
            where {wanted} order by {self._newest} limit {self._limit}
        """  # noqa: S608 - as above

    def _searched(self, conditions: Sequence[str]) -> str:
        wanted = "true" if self._agencies is None else f"code = any({self._agencies})"
        per_agency = self._value(_words(self._wanted.name or ""))
        return f"""
            select {_KEY} from (
                select agency_id, issued_on, serial from applicant_names d
                where {NAME_KEYS} @@ (
                    select string_agg(
                        '(' || replace({per_agency}, '{_AGENCY_MARK}', agency_id::text) || ')', '|'
                    )::tsquery from agencies where {wanted}
                ) and {_all([*self._of_agencies("d"), *self._after_in_agency()])}
            ) n join dossiers d using (agency_id, issued_on, serial)
            where {_all(conditions)}
            order by {self._newest} limit {self._limit}
        """  # noqa: S608 - as above

    def _of_agencies(self, table: str) -> list[str]:
        codes = self._wanted.agencies
        if codes is None:
            return []
        if len(codes) == 1:
            return [f"{table}.agency_id = {self._chosen}"]
        # Not as something to seek: each of their indexes would be read to its end.
        return [f"({table}.agency_id in {self._chosen}) is true"]

    @property
    def _chosen(self) -> str:
        return f"(select agency_id from agencies where code = any({self._agencies}))"  # noqa: S608 - as above

    def _after(self) -> list[str]:
        """Return the place to go on from, in the order of the index over all agencies."""
        if self._place is None:
            return []
        day, serial, agency = self._place
        return [f"(d.issued_on, d.serial, d.agency_id) < ({day}, {serial}, {agency})"]

    def _after_in_agency(self) -> list[str]:
        """Return the same with a looser half, which an agency's own index can seek."""
        if self._place is None:
            return []
        day, serial, _agency = self._place
        return [f"(d.issued_on, d.serial) <= ({day}, {serial})", *self._after()]

    def _equalities(self) -> list[str]:
        wanted = self._wanted
        asked = {
            "procedure_code": wanted.procedure,
            "field_code": wanted.field,
            "channel": wanted.channel,
            "received_by": wanted.intake_officer,
            "case_officer": wanted.case_officer,
            "external_id": wanted.external_id,
            "previous_code": wanted.previous_code,
        }
        return [
            f"d.{column} = {self._value(value)}"
            for column, value in asked.items()
            if value is not None
        ]

    def _standing(self) -> list[str]:
        standing = self._wanted.standing
        if standing is None:
            return []
        condition = _STANDING[standing]
        if "{today}" in condition:
            condition = condition.format(today=self._value(self._wanted.today))
        return [condition]

    def _days(self) -> list[str]:
        return [
            *self._between("d.due_on", self._wanted.due),
            *self._during("d.ended_at", self._wanted.ended),
        ]

    def _receipts(self) -> list[list[str]]:
        """Return the ways to be received on the days asked for.

        Mostly the day of the code is the day of receipt, and indexes go by it. Where a correction
        has moved the receipt, a small index of those finds it.
        """
        days = self._wanted.received
        if not days:
            return [[]]
        received, issued = self._during("d.received_at", days), self._between("d.issued_on", days)
        moved = [f"d.issued_on <> (d.received_at {_LOCAL})::date", f"not ({_all(issued)})"]
        return [[*issued, *received], [*moved, *received]]

    def _between(self, column: str, days: Days) -> list[str]:
        first = [] if days.first is None else [f"{column} >= {self._value(days.first)}"]
        return first + ([] if days.last is None else [f"{column} <= {self._value(days.last)}"])

    def _during(self, column: str, days: Days) -> list[str]:
        first, last = days.first, days.last
        since = [] if first is None else [f"{column} >= {self._value(start_of_day(first))}"]
        until = [] if last is None else [f"{column} < {self._value(end_of_day(last))}"]
        return since + until

    def _value(self, value: object) -> str:
        self.values.append(value)
        return f"${len(self.values)}"


def _words(folded: str) -> str:
    """Return the search of one agency: every word, the last one as a beginning."""
    quoted = [
        "'" + f"{_AGENCY_MARK}:{word}".replace("\\", "\\\\").replace("'", "''") + "'"
        for word in folded.split(" ")
    ]
    return " & ".join(quoted) + ":*"


def _all(conditions: Sequence[str]) -> str:
    return " and ".join(conditions) or "true"
