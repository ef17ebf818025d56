"""The codes of agencies by their small numbers, kept in memory: neither ever changes."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any

import asyncpg

_ALL = "select agency_id, code from agencies"


class AgencyCodes:
    """Looks codes up where each row of a list would; a join costs more than the rest of a row."""

    def __init__(self) -> None:
        self._codes: dict[int, str] = {}

    async def of(
        self, connection: "asyncpg.Connection[Any]", ids: AbstractSet[int]
    ) -> Mapping[int, str]:
        """Return the codes of `ids`, and others; a number not met before has all read again."""
        if not ids <= self._codes.keys():
            self._codes = dict(await connection.fetch(_ALL))
        return self._codes
