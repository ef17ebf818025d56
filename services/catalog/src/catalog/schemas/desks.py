"""Wire models of what one agency does with procedures: settling, posting, reviewing."""

from datetime import date
from typing import Annotated

from kit.wire import AgencyCodeText, Day, ProcedureCodeText, ShortText, WireModel
from pydantic import ConfigDict, Field

from catalog.domain.desks import Desk, PostingPlace
from catalog.domain.reviews import Outcome

WorkingDays = Annotated[int, Field(ge=0, le=10_000)]


class Assignment(WireModel):
    """From `valid_from` on the agency settles the procedure."""

    procedure_code: ProcedureCodeText
    valid_from: Day
    valid_to: Day | None = Field(default=None, description="First day it no longer settles it.")
    desk: Desk


class NewAssignments(WireModel):
    """Which procedures an agency settles: all lines are recorded, or none."""

    agency_code: AgencyCodeText
    assignments: list[Assignment] = Field(min_length=1, max_length=500)

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "agency_code": "H56.18.26",
                    "assignments": [
                        {
                            "procedure_code": "2.000815",
                            "valid_from": "2022-01-04",
                            "desk": "settled_at_desk",
                        }
                    ],
                }
            ]
        }
    )


class NewPostings(WireModel):
    """Which procedures an agency posted where on a day: all are recorded, or none."""

    agency_code: AgencyCodeText
    place: PostingPlace
    posted_on: Day
    procedure_codes: list[ProcedureCodeText] = Field(min_length=1, max_length=500)

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "agency_code": "H56.18.26",
                    "place": "desk",
                    "posted_on": "2022-01-10",
                    "procedure_codes": ["2.000815"],
                }
            ]
        }
    )


class Recorded(WireModel):
    """How many lines of the request were recorded."""

    agency_code: str
    recorded: int


class ReviewOutcome(WireModel):
    """What a review found for one procedure, in working days of its time limit."""

    procedure_code: ProcedureCodeText
    before_working_days: WorkingDays | None = None
    after_working_days: WorkingDays | None = None
    outcome: Outcome


class NewReview(WireModel):
    """A review campaign of an agency."""

    agency_code: AgencyCodeText
    document_number: ShortText
    document_on: Day
    reviewed_on: Day
    outcomes: list[ReviewOutcome] = Field(min_length=1, max_length=500)

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "agency_code": "H56.18.26",
                    "document_number": "12/KH-UBND",
                    "document_on": "2022-01-14",
                    "reviewed_on": "2022-07-20",
                    "outcomes": [
                        {
                            "procedure_code": "2.000815",
                            "before_working_days": 2,
                            "after_working_days": 1,
                            "outcome": "cut",
                        }
                    ],
                }
            ]
        }
    )


class Review(WireModel):
    """A review as recorded."""

    agency_code: str
    document_number: str
    document_on: date
    reviewed_on: date
    outcomes_count: int
