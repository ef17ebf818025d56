"""Period schemes, deadlines and forms: data releases, and what they give."""

from typing import Annotated

from fastapi import APIRouter, Query
from kit.clock import Now
from kit.db import ReadTx, Tx
from kit.errors import refusals
from kit.idempotency import Once

from reporting.deps import LoadedRules, Reader, RuleKeeper
from reporting.domain.calendar import PeriodKind
from reporting.domain.errors import (
    MalformedForm,
    MalformedRule,
    NoPeriodRule,
    NoSuchPeriod,
    ReleaseDiffers,
    UnknownScheme,
)
from reporting.schemas.rules import (
    Loaded,
    Periods,
    PeriodSchemeRelease,
    PeriodSchemes,
    ReportForm,
    ReportForms,
    SchemeName,
)
from reporting.schemas.statements import Year
from reporting.usecases import rules

router = APIRouter(prefix="/v1", tags=["rules"])


@router.post("/period-schemes", status_code=201, responses=refusals(ReleaseDiffers, MalformedRule))
async def load_period_schemes(
    body: PeriodSchemeRelease, keeper: RuleKeeper, tx: Tx, once: Once, now: Now
) -> Loaded:
    """Load a data release of period rules and deadlines; loading it again changes nothing."""
    return await once(
        lambda: rules.load_period_schemes(tx, body, by=keeper.subject, at=now), Loaded
    )


@router.get("/period-schemes")
async def list_period_schemes(_: Reader, loaded: LoadedRules) -> PeriodSchemes:
    """List the period rules and deadlines that are loaded."""
    return PeriodSchemes.model_validate({"schemes": loaded.periods, "deadlines": loaded.deadlines})


@router.get("/periods", responses=refusals(NoPeriodRule, UnknownScheme, NoSuchPeriod))
async def list_periods(
    _: Reader,
    loaded: LoadedRules,
    year: Annotated[Year, Query(description="The year that names the periods.")],
    scheme: Annotated[SchemeName, Query(description="Whose windows.")] = "legal",
    kind: Annotated[PeriodKind, Query(description="How long.")] = PeriodKind.QUARTER,
) -> Periods:
    """List the periods of a year with the days that they cover."""
    found = rules.periods_of(loaded.periods, scheme=scheme, kind=kind, year=year)
    return Periods(periods=found)


@router.post("/report-forms", status_code=201, responses=refusals(ReleaseDiffers, MalformedForm))
async def load_report_form(
    body: ReportForm, keeper: RuleKeeper, tx: Tx, once: Once, now: Now
) -> Loaded:
    """Load a version of a form; loading it again changes nothing."""
    return await once(lambda: rules.load_report_form(tx, body, by=keeper.subject, at=now), Loaded)


@router.get("/report-forms")
async def list_report_forms(_: Reader, tx: ReadTx) -> ReportForms:
    """List all versions of all forms that are loaded."""
    return ReportForms(forms=await rules.report_forms(tx))
