"""The papers of whoever looks after the counts kept ahead."""

from datetime import date
from typing import Annotated, Self

from kit.wire import AgencyCodeText, Day, ShortText, WireModel
from pydantic import ConfigDict, Field, model_validator

_LONGEST_DAYS = 399


class WindowRulePaper(WireModel):
    """Windows that tile the year, each starting on one of `starts` (MM-DD)."""

    scheme: ShortText
    starts: tuple[Annotated[str, Field(pattern=r"^\d{2}-\d{2}$")], ...]
    valid_from: Day
    legal_basis: ShortText


class WindowRelease(WireModel):
    """A release of the rules by which windows begin."""

    release: ShortText
    rules: tuple[WindowRulePaper, ...]


class StatPeriod(WireModel):
    """A window to count ahead, both days included."""

    period_code: ShortText = Field(examples=["tet/2023"])
    starts_on: Day
    ends_on: Day

    @model_validator(mode="after")
    def _has_days(self) -> Self:
        if not 0 <= (self.ends_on - self.starts_on).days < _LONGEST_DAYS:
            raise ValueError("must last from 1 to 399 days")
        return self


class KeepStatPeriods(WireModel):
    """Windows to count ahead from now on."""

    periods: tuple[StatPeriod, ...] = Field(min_length=1, max_length=100)


class KeptStatPeriods(WireModel):
    """How many of them were not kept before."""

    opened: int


class FoldFigures(WireModel):
    """How many events to fold at most.

    `rebuild` first counts every window anew from the facts, agency by agency, for about
    `most_seconds`; the rest follows in the background, or at once when asked again.
    """

    most_events: int = Field(default=100_000, ge=1, le=10_000_000)
    rebuild: bool = False
    most_seconds: int = Field(default=20, ge=1, le=3_600)


class FigureFold(WireModel):
    """How many events were folded, and how old the oldest is that was not.

    `agencies_left`: so many are still to be counted anew by the rebuild that is under way; until
    then figures are counted from the facts.
    """

    events: int
    lag_seconds: float
    agencies_left: int


class VerifyFigures(WireModel):
    """What to compare; everything when nothing is named. An agency stands for its subtree too."""

    agency_code: AgencyCodeText | None = None
    from_: Day | None = Field(default=None, alias="from")
    to: Day | None = None

    model_config = ConfigDict(populate_by_name=True)


class DifferingCell(WireModel):
    """A count kept ahead that does not say what the facts say."""

    agency_code: str
    period_code: str
    figure: str
    value: str
    counted_ahead: int
    counted_raw: int


class FigureVerification(WireModel):
    """The outcome: how many windows were compared, and every cell that differs."""

    compared_on: date
    windows: int
    differences: list[DifferingCell]
