"""The lists' desk: pages of dossiers, narrowed and searched, and whole lists as files."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import StreamingResponse
from kernel.time_zone import local_day
from kit.errors import MissingScope, refusals
from kit.hot import Hot, HotPool
from kit.paging import Page

from dossier.deps import AtOffice, DossierReader
from dossier.domain.errors import SearchTooShort, UnknownAgency
from dossier.domain.privacy import SEARCH_SCOPE
from dossier.schemas.lists import ExportAsked, PageAsked
from dossier.schemas.look_up import DossierLine
from dossier.usecases import exporting, listing
from dossier.usecases.exporting import Connections, Export
from dossier.usecases.listing import Listing, Searcher, wanted

router = APIRouter(prefix="/v1", tags=["lists"])

_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_BINARY = {"type": "string", "format": "binary"}


async def searcher(reader: DossierReader, request: Request) -> Searcher:
    """Say who asks for a list, and whether by name as well."""
    may_search = SEARCH_SCOPE in request.scope["actor"].scopes
    return Searcher(reader, may_search, request.scope["request_id"])


AsSearcher = Annotated[Searcher, Depends(searcher)]


async def page_to_list(
    asked: Annotated[PageAsked, Query()], asking: AsSearcher, at: AtOffice
) -> Listing:
    """Ask the catalogue which agencies are meant, before `Hot` takes a connection."""
    return Listing(await wanted(at, asked, asking), asked, asking)


async def list_to_export(
    asked: Annotated[ExportAsked, Query()], asking: AsSearcher, at: AtOffice
) -> Export:
    """Ask the catalogue which agencies are meant."""
    return Export(await wanted(at, asked, asking), asked, asking)


async def connections(request: Request) -> Connections:
    """Return what lends a connection for one statement at a time."""
    pool: HotPool = request.app.state.hot
    return pool.connection


@router.get(
    "/dossiers",
    response_model=Page[DossierLine],
    responses=refusals(MissingScope, SearchTooShort, UnknownAgency),
)
async def list_dossiers(
    asked: Annotated[Listing, Depends(page_to_list)], office: AtOffice, hot: Hot
) -> Response:
    """List the dossiers in sight, the newest first.

    Names and subjects are in clear for whoever works with applicants (`dossiers:receive`,
    `dossiers:process`) or may look them up (`dossiers:search`). A search by the applicant's name
    needs the last; who searched, and when, is recorded.
    """
    # The model describes the page and is tested against it; building it for each would cost more
    # than reading the page does.
    page = await listing.list_dossiers(hot, office, asked)
    return Response(page, media_type="application/json")


@router.get(
    "/dossiers/export",
    response_class=StreamingResponse,
    responses={
        200: {"content": {kind: {"schema": _BINARY} for kind in _TYPES.values()}},
        **refusals(MissingScope, SearchTooShort, UnknownAgency),
    },
)
async def export_dossiers(
    export: Annotated[Export, Depends(list_to_export)],
    office: AtOffice,
    lent: Annotated[Connections, Depends(connections)],
) -> StreamingResponse:
    """Write the whole list to a file, the newest first, however long it is.

    Names and subjects are shown as in lists; that they were exported in clear is recorded.
    """
    content = await exporting.export_dossiers(lent, office, export)
    day = local_day(export.searcher.acting.now)
    name = f"ho-so-{day:%Y%m%d}.{export.asked.format}"
    return StreamingResponse(
        content,
        media_type=_TYPES[export.asked.format],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
