"""Checks of figures that somebody typed into a report."""

from uuid import UUID

from fastapi import APIRouter, Response
from kit.clock import Now
from kit.db import Tx
from kit.errors import VersionChanged, VersionRequired, refusals
from kit.preconditions import IfMatch, set_etag

from reporting.deps import AskedNeighbours, LoadedRules, Reader, Within, Writer
from reporting.domain.calendar import PeriodName
from reporting.domain.errors import (
    NoPeriodRule,
    NoSuchPeriod,
    OutsideReach,
    ReportSealed,
    UnknownAgency,
    UnknownReport,
    UnknownScheme,
)
from reporting.schemas.statements import Findings, StatedFigureCheck, StatedFigures
from reporting.usecases import reading, stating, writing

router = APIRouter(prefix="/v1", tags=["stated figures"])


@router.post(
    "/reports/{report_id}/stated-figures",
    responses=refusals(ReportSealed, UnknownReport, NoSuchPeriod, VersionChanged, VersionRequired),
)
async def attach_stated_figures(
    report_id: UUID,
    body: StatedFigures,
    writer: Writer,
    reach: Within,
    expected: IfMatch,
    tx: Tx,
    now: Now,
    response: Response,
) -> Findings:
    """Attach stated figures in the place of those before; answer all findings on the report.

    The version is the report's: whoever replaces what somebody else attached has seen it.
    """
    version, findings = await writing.attach_statement(
        tx,
        report_id,
        reach,
        stated=body,
        expected_version=expected,
        by=writer.subject,
        at=now,
    )
    set_etag(response, version)
    return Findings(findings=reading.findings_view(findings))


@router.post(
    "/stated-figure-checks",
    responses=refusals(OutsideReach, UnknownAgency, UnknownScheme, NoPeriodRule, NoSuchPeriod),
)
async def check_stated_figures(
    body: StatedFigureCheck,
    _: Reader,
    reach: Within,
    loaded: LoadedRules,
    neighbours: AskedNeighbours,
    now: Now,
) -> Findings:
    """Check stated figures against arithmetic and, when asked, records; nothing is kept."""
    reach.require(body.agency_code)
    findings = await stating.check_stated(
        neighbours,
        loaded,
        PeriodName(body.scheme, body.kind, body.year, body.number),
        agency_code=body.agency_code,
        stated=body,
        against_records=body.against_records,
        at=now,
    )
    return Findings(findings=reading.findings_view(findings))
