"""The stored calls of busy operations: those that meet at the database are made as one."""

from collections.abc import Mapping
from typing import Any

from kit.hot import HotPool
from kit.together import Together

from dossier.store.agency_codes import AgencyCodes
from dossier.store.foreseen import ForeseenMove, keep_all
from dossier.store.intake import Intake, Issued, receive_all
from dossier.store.look_up import DossierKey, look_up_all


class HotCalls:
    """Receive a dossier, keep a foreseen move, look a dossier up; and the numbers of agencies."""

    def __init__(self, pool: HotPool, codes: AgencyCodes) -> None:
        self._pool = pool
        self._codes = codes
        self.receive: Together[Intake, Issued] = Together(pool, receive_all)
        self.keep: Together[ForeseenMove, Mapping[str, Any] | None] = Together(pool, keep_all)
        self.look_up: Together[DossierKey, Mapping[str, Any] | None] = Together(pool, look_up_all)

    async def number_of(self, agency_code: str) -> int | None:
        """Return the number of an agency, None while it has none; asked once in a process."""
        number = self._codes.numbers.get(agency_code)
        if number is None:
            async with self._pool.connection() as connection:
                number = await self._codes.number_of(connection, agency_code)
        return number

    async def code_of(self, agency_id: int) -> str:
        """Return the code of an agency; asked once in a process."""
        code = self._codes.codes.get(agency_id)
        if code is None:
            async with self._pool.connection() as connection:
                code = await self._codes.code_of(connection, agency_id)
        return code
