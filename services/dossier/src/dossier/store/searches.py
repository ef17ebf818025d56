"""Who searched or exported people's names: recorded before anything is shown."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import asyncpg

_RECORD = """
    insert into personal_data_searches
        (agency_id, search_id, kind, term_digest, key_id, searched_by, searched_at, request_id)
    values (
        coalesce((select agency_id from agencies where code = $1), 0), $2, $3, $4, $5, $6, $7, $8
    )
"""


class SearchKind(StrEnum):
    """What names were looked through for."""

    LIST = "list"
    EXPORT = "export"


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """A look at names: where, who and when; the term only as a digest, None when there is none."""

    agency_code: str | None
    search_id: UUID
    kind: SearchKind
    term_digest: bytes | None
    key_id: str
    searched_by: str
    searched_at: datetime
    request_id: str


async def record_search(connection: "asyncpg.Connection[Any]", search: Search) -> None:
    """Record a search; it is committed by itself."""
    await connection.execute(
        _RECORD,
        search.agency_code,
        search.search_id,
        search.kind,
        search.term_digest,
        search.key_id,
        search.searched_by,
        search.searched_at,
        search.request_id,
    )
