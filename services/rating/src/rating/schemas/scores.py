"""Assessments and score sheets on the wire."""

from datetime import date, datetime
from typing import Annotated

from kit.wire import AgencyCodeText, Day, Points, Slug, Text, WireModel
from pydantic import ConfigDict, Field

from rating.domain.rules import NotCounted

IndicatorNumber = Annotated[int, Field(ge=1, le=99)]

_FREE_NAMES = ConfigDict(alias_generator=lambda name: name.rstrip("_"), populate_by_name=True)
"""Lets `from_` and `class_` travel without their underscore."""


class AssessAgency(WireModel):
    """Which indicators an agency counts in a period, and why these."""

    agency_code: AgencyCodeText
    from_: Day
    to: Day
    indicator_set: Slug
    counted_indicators: Annotated[list[IndicatorNumber], Field(min_length=1, max_length=50)]
    reason: Text

    model_config = _FREE_NAMES


class AssessmentPaper(WireModel):
    """An assessment as recorded."""

    agency_code: str
    from_: date
    to: date
    indicator_set: str
    counted_indicators: list[int]
    reason: str
    recorded_at: datetime

    model_config = _FREE_NAMES


class ScoredIndicator(WireModel):
    """One line of the score sheet; `not_counted_reason` says why it does not enter the sum."""

    number: int
    label: str
    points: Points | None
    max_points: int
    numerator: int
    denominator: int
    counted: bool
    not_counted_reason: NotCounted | None


class ScoreSheetPaper(WireModel):
    """The score sheet of one agency and period; never rescaled, always with its maximum.

    With an assessment only the indicators it counts are summed, else all that have enough data.
    """

    agency_code: str
    from_: date
    to: date
    known_at: datetime
    indicator_set: str | None
    indicators: list[ScoredIndicator]
    total: Points | None
    maximum: int | None
    counted: int
    class_: str | None
    class_code: str | None
    assessment_reason: str | None

    model_config = _FREE_NAMES
