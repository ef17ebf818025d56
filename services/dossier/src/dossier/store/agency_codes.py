"""The codes of agencies by their small numbers, kept in memory: neither ever changes."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any

import asyncpg

_ALL = "select agency_id, code from agencies"
_ONE = "select agency_id from agencies where code = $1"


class AgencyCodes:
    """Looks codes up where each row would; joins cost a list more than the rest of its rows."""

    def __init__(self) -> None:
        self.codes: dict[int, str] = {}
        self.numbers: dict[str, int] = {}

    async def number_of(self, connection: "asyncpg.Connection[Any]", code: str) -> int | None:
        """Return the number of `code`, None while it has none."""
        if code not in self.numbers:
            number = await connection.fetchval(_ONE, code)
            if number is None:
                return None
            self.numbers[code] = number
        return self.numbers[code]

    async def code_of(self, connection: "asyncpg.Connection[Any]", number: int) -> str:
        """Return the code of `number`."""
        return (await self.of(connection, {number}))[number]

    async def of(
        self, connection: "asyncpg.Connection[Any]", ids: AbstractSet[int]
    ) -> Mapping[int, str]:
        """Return the codes of `ids`, and others; a number not met before has all read again."""
        if not ids <= self.codes.keys():
            self.codes = dict(await connection.fetch(_ALL))
        return self.codes
