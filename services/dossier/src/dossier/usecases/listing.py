"""Lists of dossiers: who may ask for what, and the page as it goes over the wire."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import asyncpg
import orjson
from kernel.time_zone import local_day
from kit.errors import MissingScope
from kit.paging import encode_cursor

from dossier.domain.dossier import numbered_code
from dossier.domain.errors import SearchTooShort
from dossier.domain.lifecycle import LABELS_VI
from dossier.domain.names import folded
from dossier.domain.privacy import SEARCH_SCOPE, shown_name
from dossier.schemas.lists import Narrowing, PageAsked
from dossier.store import lists
from dossier.store.lists import Days, Line, Place, Row, Wanted
from dossier.store.searches import Search, SearchKind, record_search
from dossier.usecases.acting import Acting, Office
from dossier.usecases.places import place

_SHORTEST_TERM = 2
_SAID = '{"code":"%s","agency_code":"%s","resolver_agency_code":"%s","status_label":"%s",'
"""Codes and labels are plain words: nothing in them needs escaping."""
_LABELS: dict[int, str] = {int(status): label for status, label in LABELS_VI.items()}


@dataclass(frozen=True, slots=True)
class Searcher:
    """Who asks for a list, whether names may be searched for, and in which request."""

    acting: Acting
    may_search: bool
    request_id: str


@dataclass(frozen=True, slots=True)
class Listing:
    """A page asked for, and what it may hold."""

    wanted: Wanted
    asked: PageAsked
    searcher: Searcher


async def list_dossiers(
    connection: "asyncpg.Connection[Any]", office: Office, listing: Listing
) -> bytes:
    """Return a page of dossiers as JSON, the newest first, with the cursor of the next.

    A search by name is recorded first, like a read of personal data.
    """
    wanted, asked = listing.wanted, listing.asked
    if wanted.name is not None:
        await record_search(
            connection, search(office, asked, listing.searcher, kind=SearchKind.LIST)
        )
    after = place(asked.cursor)
    in_clear = listing.searcher.acting.sees_people
    found = await lists.lines(
        connection, wanted, after=after, limit=asked.limit + 1, in_clear=in_clear
    )
    shown = found[: asked.limit]
    agencies = {line.agency_id for line in shown} | {line.resolver_agency_id for line in shown}
    codes = await office.codes.of(connection, agencies)
    further = encode_cursor(*shown[-1].place) if len(found) > asked.limit else None
    items = b",".join([_line(line, codes) for line in shown])
    return b'{"items":[%b],"next_cursor":%b}' % (items, orjson.dumps(further))


async def wanted(office: Office, asked: Narrowing, searcher: Searcher) -> Wanted:
    """Return which dossiers are asked for, within what the actor sees; asks the catalogue.

    Raises:
        MissingScope: a name is searched for by somebody who may not.
        SearchTooShort: the term would find nearly everybody.
    """
    return Wanted(
        agencies=await _agencies(office, asked, searcher.acting),
        today=local_day(searcher.acting.now),
        statuses=tuple(asked.status),
        procedure=asked.procedure,
        field=asked.field,
        channel=asked.channel,
        intake_officer=asked.intake_officer,
        case_officer=asked.case_officer,
        standing=asked.timeliness,
        received=Days(asked.received_from, asked.received_to),
        due=Days(asked.due_from, asked.due_to),
        ended=Days(asked.ended_from, asked.ended_to),
        name=_name(asked.applicant, searcher),
        external_id=asked.external_id,
        previous_code=asked.previous_code,
    )


def search(office: Office, asked: Narrowing, searcher: Searcher, *, kind: SearchKind) -> Search:
    """Return what is recorded of a search."""
    term = None if asked.applicant is None else folded(asked.applicant)
    return Search(
        agency_code=asked.agency,
        search_id=uuid4(),
        kind=kind,
        term_digest=None if term is None else office.sealer.digest(term),
        key_id=office.sealer.key_id,
        searched_by=searcher.acting.by,
        searched_at=searcher.acting.now,
        request_id=searcher.request_id,
    )


def place_of(row: Row) -> Place:
    """Return where a row stands in its list."""
    return row["issued_on"], row["serial"], row["agency_id"]


def code_of(row: Row) -> str:
    """Return the code of a row's dossier."""
    return numbered_code(row["agency_code"], row["issued_on"], row["serial"])


async def _agencies(office: Office, asked: Narrowing, acting: Acting) -> tuple[str, ...] | None:
    """Return the codes of the agencies asked for that are in sight, None for all there are."""
    if asked.agency is None:
        return None if acting.sight is None else tuple(sorted(acting.sight))
    codes = frozenset({asked.agency})
    if asked.include_subordinates:
        codes = await office.catalogue.subtree(asked.agency)
    return tuple(sorted(codes if acting.sight is None else codes & acting.sight))


def _name(term: str | None, searcher: Searcher) -> str | None:
    if term is None:
        return None
    if not searcher.may_search:
        raise MissingScope(scopes=SEARCH_SCOPE)
    name = folded(term)
    if len(name) < _SHORTEST_TERM:
        raise SearchTooShort(shortest=_SHORTEST_TERM)
    return name


def _line(line: Line, codes: Mapping[int, str]) -> bytes:
    """Return a dossier as `DossierLine` has it: what only we know, then what the database wrote."""
    agency_code = codes[line.agency_id]
    said = (
        numbered_code(agency_code, line.issued_on, line.serial),
        agency_code,
        codes[line.resolver_agency_id],
        _LABELS[line.status],
    )
    name = b""
    if line.hidden_name is not None:
        shown = shown_name(line.hidden_name, in_clear=False)
        name = b'"applicant_name":%b,' % orjson.dumps(shown)
    return (_SAID % said).encode() + name + line.wire[1:]
