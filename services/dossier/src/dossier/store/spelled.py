"""Statements built with SQLAlchemy, spelled out for the driver's own connections.

What a figure is stays defined in one place; only who carries it to the database differs.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

import asyncpg
from sqlalchemy import Executable
from sqlalchemy.dialects.postgresql import asyncpg as spoken
from sqlalchemy.sql import ClauseElement
from sqlalchemy.sql.compiler import SQLCompiler

_DIALECT = spoken.dialect(paramstyle="pyformat")  # type: ignore[no-untyped-call]  # theirs is not
_PLACE = re.compile(r"%\((\w+)\)s|%%")


@dataclass(frozen=True, slots=True)
class Spelled:
    """The text of a statement, its parameters in order: by name here, by number on the way."""

    text: str
    names: Sequence[str]

    async def fetch(
        self, hot: "asyncpg.Connection[Any]", values: Mapping[str, object]
    ) -> Sequence[Mapping[str, Any]]:
        """Run it with values."""
        found: Sequence[Mapping[str, Any]] = await hot.fetch(
            self.text, *(values[name] for name in self.names)
        )
        return found


def part(query: Executable, **constant: object) -> str:
    """Return the text of a query; parameters of a constant value become literals.

    The planner knows by them which partial index serves, and how few rows a limit leaves: without
    that it would plan each question anew.
    """
    compiled = cast("SQLCompiler", cast("ClauseElement", query).compile(dialect=_DIALECT))
    own = {name: bind.value for name, bind in compiled.binds.items() if not bind.required}
    own |= constant

    def put(place: re.Match[str]) -> str:
        return _literal(own[place[1]]) if place[1] in own else place[0]

    return _PLACE.sub(put, compiled.string)


def spelled(text: str) -> Spelled:
    """Return a statement made of parts."""
    names: list[str] = []

    def numbered(place: re.Match[str]) -> str:
        if place[1] is None:
            return "%"
        if place[1] not in names:
            names.append(place[1])
        return f"${names.index(place[1]) + 1}"

    return Spelled(_PLACE.sub(numbered, text), names)


def _literal(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, int):
        return str(value)
    text = "infinity" if value == date.max else str(value)
    return "'" + text.replace("'", "''").replace("%", "%%") + "'"
