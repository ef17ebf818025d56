"""Reports: drafting, collecting, writing, sealing, reading."""

from typing import Annotated, Literal
from uuid import UUID, uuid4

from fastapi import APIRouter, Query, Request, Response
from kit.clock import Now
from kit.db import ReadTx, Tx
from kit.errors import VersionChanged, VersionRequired, refusals
from kit.idempotency import Once
from kit.paging import DEFAULT_LIMIT, Cursor, Limit, Page
from kit.preconditions import IfMatch, not_modified, set_etag
from kit.wire import AgencyCodeText

from reporting.deps import (
    AskedNeighbours,
    AskedReport,
    Catalog,
    LoadedRules,
    Reader,
    Sealer,
    Within,
    Writer,
)
from reporting.domain.calendar import PeriodName
from reporting.domain.errors import (
    DraftExists,
    KnownInFuture,
    NoPeriodRule,
    NoReportForm,
    NoSuchPeriod,
    NotCollected,
    OutsideReach,
    PartialReport,
    PeriodNotOver,
    ReportSealed,
    UnbalancedReport,
    UnknownAgency,
    UnknownReport,
    UnknownScheme,
    UnknownSection,
)
from reporting.schemas.reports import (
    Collect,
    Collection,
    NarrativeOut,
    NewReport,
    Report,
    ReportHead,
    SealOut,
    SectionKey,
    Write,
)
from reporting.usecases import collecting, drafting, reading, sealing, writing

router = APIRouter(prefix="/v1/reports", tags=["reports"])


@router.post(
    "",
    status_code=201,
    responses=refusals(
        DraftExists, NoPeriodRule, NoReportForm, OutsideReach, UnknownAgency, UnknownScheme,
        NoSuchPeriod,
    ),
)  # fmt: skip
async def open_draft(
    body: NewReport,
    writer: Writer,
    reach: Within,
    loaded: LoadedRules,
    catalog: Catalog,
    tx: Tx,
    once: Once,
    now: Now,
    response: Response,
) -> ReportHead:
    """Open a draft for an agency and period; there is one live draft for each."""
    name = PeriodName(body.scheme, body.kind, body.year, body.number)
    reach.require(body.agency_code)
    subject = await drafting.identify(catalog, loaded, name, agency_code=body.agency_code)
    set_etag(response, 1)
    return await once(
        lambda: drafting.open_draft(
            tx,
            loaded,
            subject,
            report_id=uuid4(),
            form_code=body.form_code,
            by=writer.subject,
            at=now,
        ),
        ReportHead,
    )


@router.get("")
async def list_reports(
    _: Reader,
    reach: Within,
    tx: ReadTx,
    agency: Annotated[AgencyCodeText | None, Query(description="Only this agency's.")] = None,
    state: Annotated[
        Literal["draft", "sealed"] | None, Query(description="Only in this state.")
    ] = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Page[ReportHead]:
    """List the reports of the actor's subtree, newest period first."""
    heads, following = await reading.report_page(
        tx, reach, agency_code=agency, state=state, limit=limit, cursor=cursor
    )
    return Page(items=heads, next_cursor=following)


@router.get(
    "/{report_id}",
    response_model=Report,
    responses={304: {"description": "The copy is fresh."}, **refusals(UnknownReport)},
)
async def read_report(
    report_id: UUID, _: Reader, reach: Within, tx: ReadTx, request: Request, response: Response
) -> Report | Response:
    """Read the whole report: figures, form, findings, sources, texts, seal."""
    report = await reading.report_view(tx, report_id, reach)
    return not_modified(request, response, str(report.version)) or report


@router.post(
    "/{report_id}/collections",
    responses=refusals(ReportSealed, UnknownReport, KnownInFuture),
)
async def collect_figures(
    report_id: UUID,
    body: Collect,
    _: Writer,
    reach: Within,
    report: AskedReport,
    neighbours: AskedNeighbours,
    tx: Tx,
    now: Now,
) -> Collection:
    """Collect the figures from the three record keepers; a silent one makes the report partial."""
    collected = await collecting.collect_report(neighbours, report, asked=body.known_at, now=now)
    row = await collecting.store_collection(tx, report_id, reach, collected, at=now)
    return await reading.collection_view(tx, row)


@router.put(
    "/{report_id}/narratives/{section}",
    responses=refusals(
        ReportSealed, UnknownReport, UnknownSection, VersionChanged, VersionRequired
    ),
)
async def write_narrative(
    report_id: UUID,
    section: SectionKey,
    body: Write,
    writer: Writer,
    reach: Within,
    expected: IfMatch,
    tx: Tx,
    now: Now,
    response: Response,
) -> NarrativeOut:
    """Write a section over the version that was read; `"0"` when nothing is written yet."""
    narrative = await writing.write_narrative(
        tx,
        report_id,
        reach,
        section=section,
        text=body.text,
        expected_version=expected,
        by=writer.subject,
        at=now,
    )
    set_etag(response, narrative.version)
    return reading.narrative_view(narrative)


@router.post(
    "/{report_id}/seal",
    responses=refusals(
        NotCollected, PartialReport, PeriodNotOver, UnbalancedReport, UnknownReport,
        VersionChanged, VersionRequired,
    ),
)  # fmt: skip
async def seal_report(
    report_id: UUID,
    sealer: Sealer,
    reach: Within,
    expected: IfMatch,
    tx: Tx,
    now: Now,
    response: Response,
) -> SealOut:
    """Seal the version that was read; sealing a sealed report answers its seal again."""
    sealed = await sealing.seal_report(
        tx, report_id, reach, expected_version=expected, by=sealer.subject, at=now
    )
    set_etag(response, sealed.version)
    return sealed
