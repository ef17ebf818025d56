"""Agencies and the tree they form."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from kit.auth import PUBLIC
from kit.clock import Now
from kit.db import ReadTx, Tx
from kit.errors import VersionChanged, refusals
from kit.idempotency import Once
from kit.paging import DEFAULT_LIMIT, Cursor, Limit, Page, decode_cursor, encode_cursor
from kit.preconditions import IfMatch, set_etag
from kit.wire import AgencyCodeText

from catalog.deps import COPIED, AgencyCode, CatalogKeeper, Fresh, OnDay
from catalog.domain.errors import (
    AgencyExists,
    AgencyNotFound,
    CatalogueWideWrite,
    HierarchyCycle,
    OutsideOwnAgencies,
    ParentExists,
    ParentNotSuitable,
    RangeReversed,
    UnknownAgency,
)
from catalog.schemas.agencies import (
    Agency,
    AgencyChange,
    AgencyLink,
    AgencyTree,
    NewAgency,
    NewParent,
    Subtree,
)
from catalog.usecases import agencies

router = APIRouter(prefix="/v1/agencies", tags=["agencies"])
tree = APIRouter(prefix="/v1/agency-tree", tags=["agencies"])


@router.get("", openapi_extra=PUBLIC)
async def list_agencies(
    tx: ReadTx,
    on: OnDay,
    parent: Annotated[AgencyCodeText | None, Query(description="Only those under it.")] = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Page[Agency]:
    """List agencies as of a day in the order of their codes."""
    after = decode_cursor(cursor, str)
    rows = await agencies.agencies_on(
        tx,
        day=on,
        parent_code=parent,
        after=None if after is None else str(after[0]),
        limit=limit + 1,
    )
    items = [Agency.model_validate(row) for row in rows[:limit]]
    more = encode_cursor(items[-1].code) if len(rows) > limit else None
    return Page[Agency](items=items, next_cursor=more)


@router.post(
    "",
    status_code=201,
    responses=refusals(
        AgencyExists,
        OutsideOwnAgencies,
        CatalogueWideWrite,
        UnknownAgency,
        ParentNotSuitable,
        RangeReversed,
    ),
)
async def record_agency(
    body: NewAgency, keeper: CatalogKeeper, tx: Tx, once: Once, now: Now, response: Response
) -> Agency:
    """Record an agency with the parent it begins under."""
    agency = await once(lambda: agencies.record_agency(tx, body, by=keeper, at=now), Agency)
    set_etag(response, agency.version)
    return agency


@router.get("/{code}", openapi_extra=PUBLIC, responses=refusals(AgencyNotFound))
async def read_agency(code: AgencyCode, tx: ReadTx, on: OnDay, response: Response) -> Agency:
    """Read an agency as of a day."""
    agency = Agency.model_validate(await agencies.agency_on(tx, code, day=on))
    set_etag(response, agency.version)
    return agency


@router.patch(
    "/{code}",
    responses=refusals(AgencyNotFound, OutsideOwnAgencies, VersionChanged, RangeReversed),
)
async def correct_agency(
    code: AgencyCode,
    body: AgencyChange,
    keeper: CatalogKeeper,
    expected_version: IfMatch,
    tx: Tx,
    now: Now,
    response: Response,
) -> Agency:
    """Correct the name or the end of an agency."""
    agency = Agency.model_validate(
        await agencies.correct_agency(
            tx, code, body, expected_version=expected_version, by=keeper, at=now
        )
    )
    set_etag(response, agency.version)
    return agency


@router.post(
    "/{code}/parents",
    status_code=201,
    responses=refusals(
        AgencyNotFound,
        OutsideOwnAgencies,
        CatalogueWideWrite,
        ParentExists,
        HierarchyCycle,
        UnknownAgency,
        ParentNotSuitable,
        RangeReversed,
    ),
)
async def move_agency(
    code: AgencyCode, body: NewParent, keeper: CatalogKeeper, tx: Tx, once: Once, now: Now
) -> Agency:
    """Put an agency under another parent from a day on."""
    return await once(lambda: agencies.move_agency(tx, code, body, by=keeper, at=now), Agency)


@router.get(
    "/{code}/subtree",
    openapi_extra=PUBLIC,
    response_model=Subtree,
    responses={**COPIED, **refusals(AgencyNotFound)},
)
async def read_subtree(
    code: AgencyCode,
    tx: ReadTx,
    on: OnDay,
    now: Now,
    fresh: Fresh,
    with_ended: Annotated[  # noqa: FBT002 - a query parameter, named on the wire
        bool, Query(description="Add those that had ended by then: their papers have a keeper.")
    ] = False,
) -> object:
    """Read the codes of an agency and of all below it that exist on a day."""
    codes = await agencies.subtree_on(tx, code, day=on, at=now, with_ended=with_ended)
    return fresh(Subtree(code=code, on=on, codes=codes))


@tree.get("", openapi_extra=PUBLIC, response_model=AgencyTree, responses=COPIED)
async def read_tree(tx: ReadTx, on: OnDay, now: Now, fresh: Fresh) -> object:
    """Read the place of every agency on a day: one copy answers who is below whom."""
    rows = await agencies.links_on(tx, day=on, at=now)
    return fresh(AgencyTree(on=on, links=[AgencyLink.model_validate(row) for row in rows]))
