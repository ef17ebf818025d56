"""Steps between agencies and units, as they look on the wire."""

from datetime import date, datetime
from typing import Annotated

from kit.wire import AgencyCodeText, Instant, ShortText, WireModel
from pydantic import Field

from dossier.domain.hand_overs import LatenessRule, Undone

StepNumber = Annotated[int, Field(ge=1, le=100_000)]


class HandOver(WireModel):
    """A dossier goes to another agency, or to a unit of the same."""

    to_agency_code: AgencyCodeText
    to_unit: ShortText | None = None
    step_name: ShortText = Field(examples=["Thẩm định"])
    limit_working_days: Annotated[int, Field(ge=1, le=3_650)] | None = None
    handed_over_at: Instant | None = Field(default=None, description="Now when absent.")


class TakeOver(WireModel):
    """The dossier arrived: the taking side's time."""

    taken_over_at: Instant | None = Field(default=None, description="Now when absent.")


class CompleteStep(WireModel):
    """The step is done, and the dossier goes back to the agency that received it."""

    completed_at: Instant | None = Field(default=None, description="Now when absent.")


class Recall(WireModel):
    """The dossier was handed over by mistake, and nobody has taken it over."""

    reason: ShortText = Field(examples=["Chuyển nhầm cơ quan"])
    recalled_at: Instant | None = Field(default=None, description="Now when absent.")


class StepOut(WireModel):
    """One step with both sides' time (a row of form 05)."""

    step_number: int
    step_name: str
    from_agency_code: str
    to_agency_code: str
    to_unit: str | None
    limit_working_days: int | None
    due_on: date | None
    handed_over_at: datetime
    taken_over_at: datetime | None
    completed_at: datetime | None = Field(
        description="When it ended: completed, handed on, called back, or with the dossier."
    )
    undone: Undone | None = Field(
        default=None,
        description="Why it does not count: called back in time, or found never to have happened.",
    )


class Steps(WireModel):
    """The steps of one dossier, in order."""

    items: list[StepOut]


class WaitingOut(WireModel):
    """A step that waits for an agency, with what it needs to know of the dossier."""

    code: str
    receiving_agency_code: str
    procedure_code: str
    procedure_name: str
    dossier_due_on: date | None
    step: StepOut


class StepTimeOut(WireModel):
    """What a step used of its own limit, in working days on which the clock ran."""

    step: StepOut
    used: int
    over: int


class CauseOut(WireModel):
    """An agency that made the dossier late; without a step it held it outside any."""

    agency_code: str
    step_number: int | None
    working_days: int


class LatenessOut(WireModel):
    """How late the dossier is, each step's time, and whose doing it is."""

    as_of: date
    due_on: date | None
    ended_on: date | None
    is_late: bool
    working_days_late: int
    rule: LatenessRule | None
    causes: list[CauseOut]
    steps: list[StepTimeOut]
    corrections: int = Field(
        description="How many events are told otherwise than first recorded;"
        " `known_at` gives the reading before them."
    )
