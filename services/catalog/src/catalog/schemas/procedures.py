"""Wire models of procedures: the content of a version, and a procedure as of a day."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Self

from kit.wire import (
    Day,
    LongText,
    ProcedureCodeText,
    ShortText,
    Slug,
    Text,
    Version,
    Vnd,
    WireModel,
)
from pydantic import ConfigDict, Field, StringConstraints, model_validator
from pydantic.config import JsonDict

from catalog.domain.agencies import AgencyLevel
from catalog.domain.online_levels import OnlineLevel, Vocabulary
from catalog.schemas.publication import DecisionHead


class Channel(StrEnum):
    """How a dossier is filed."""

    DIRECT = "direct"
    ONLINE = "online"
    POSTAL = "postal"


class TimeLimitUnit(StrEnum):
    """What a time limit counts; `none`: the procedure sets no limit on this channel."""

    WORKING_DAY = "working_day"
    CALENDAR_DAY = "calendar_day"
    WORKING_HOUR = "working_hour"
    MONTH = "month"
    NONE = "none"


class SupplementPolicy(StrEnum):
    """What happens to the time limit when a supplement is asked for."""

    RESTART = "restart"
    PAUSE = "pause"


ClockTime = Annotated[
    str,
    StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$"),
    Field(examples=["15:00"]),
]
SmallCount = Annotated[int, Field(ge=0, le=1_000)]


class FilingMethod(WireModel):
    """One way of filing, with the time limit and the cost that go with it."""

    channel: Channel
    time_limit_value: Annotated[int, Field(ge=1, le=10_000)] | None = None
    time_limit_unit: TimeLimitUnit
    fee_vnd: Vnd = 0
    charge_vnd: Vnd = 0
    description: LongText | None = None

    @model_validator(mode="after")
    def _value_goes_with_unit(self) -> Self:
        if (self.time_limit_value is None) != (self.time_limit_unit is TimeLimitUnit.NONE):
            raise ValueError("time_limit_value is null exactly when the unit is none")
        return self


class Component(WireModel):
    """One paper of a dossier, how many originals and copies of it."""

    name: LongText
    original_count: SmallCount = 0
    copy_count: SmallCount = 0


class VersionContent(WireModel):
    """The parts of a procedure; with a decision it must be complete (NĐ 63/2010/NĐ-CP art. 8.2)."""

    name: Text
    field_code: Slug
    level: AgencyLevel
    filing_methods: list[FilingMethod] = Field(default_factory=list, max_length=3)
    steps: list[LongText] = Field(default_factory=list, max_length=200)
    components: list[Component] = Field(default_factory=list, max_length=500)
    sets_count: SmallCount = 1
    applicants: list[Text] = Field(default_factory=list, max_length=100)
    result: LongText | None = None
    conditions: LongText | None = None
    legal_basis: list[Text] = Field(default_factory=list, max_length=200)
    supplement_policy: SupplementPolicy = SupplementPolicy.RESTART
    cutoff_time: ClockTime | None = Field(
        default=None, description="Received after it counts as received the next working day."
    )
    valid_from: Day
    decision_number: ShortText | None = None
    decision_decided_on: Day | None = Field(
        default=None, description="Needed when decisions of several years share the number."
    )

    @model_validator(mode="after")
    def _one_method_per_channel(self) -> Self:
        channels = [method.channel for method in self.filing_methods]
        if len(set(channels)) < len(channels):
            raise ValueError("filing_methods name a channel twice")
        return self


_EXAMPLE: JsonDict = {
    "name": "Thủ tục chứng thực bản sao từ bản chính giấy tờ, văn bản",
    "field_code": "chung-thuc",
    "level": "commune",
    "filing_methods": [
        {
            "channel": "direct",
            "time_limit_value": 1,
            "time_limit_unit": "working_day",
            "fee_vnd": 2000,
            "charge_vnd": 0,
            "description": "Nộp trực tiếp tại Bộ phận một cửa",
        }
    ],
    "steps": ["Người yêu cầu xuất trình bản chính", "Người có thẩm quyền kiểm tra, chứng thực"],
    "components": [{"name": "Bản chính giấy tờ, văn bản", "original_count": 1, "copy_count": 1}],
    "sets_count": 1,
    "applicants": ["Công dân Việt Nam"],
    "result": "Bản sao được chứng thực",
    "legal_basis": ["23/2015/NĐ-CP"],
    "supplement_policy": "restart",
    "cutoff_time": "15:00",
    "valid_from": "2022-01-04",
    "decision_number": None,
}


class NewVersion(VersionContent):
    """The content that replaces the present one from `valid_from` on.

    `code` may be left out; the path names the procedure.
    """

    code: ProcedureCodeText | None = None

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})


class NewProcedure(VersionContent):
    """A procedure with its first version."""

    code: ProcedureCodeText

    model_config = ConfigDict(json_schema_extra={"examples": [{"code": "2.000815", **_EXAMPLE}]})


class NewOnlineLevel(WireModel):
    """From `valid_from` on the procedure is this far online, in the words of that day."""

    vocabulary: Vocabulary
    level: OnlineLevel
    valid_from: Day

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"vocabulary": "levels_1_4", "level": "level_4", "valid_from": "2022-01-04"}
            ]
        }
    )


class ProcedureOnlineLevel(WireModel):
    """An online level of a procedure as recorded."""

    code: str
    vocabulary: Vocabulary
    level: OnlineLevel
    valid_from: date


class ProcedureVersion(WireModel):
    """A version as recorded; `valid_to` is the first day it is no longer in force."""

    code: str
    version_number: int
    name: str
    field_code: str
    field_name: str
    level: AgencyLevel
    filing_methods: list[FilingMethod]
    steps: list[str]
    components: list[Component]
    sets_count: int
    applicants: list[str]
    result: str | None
    conditions: str | None
    legal_basis: list[str]
    supplement_policy: SupplementPolicy
    cutoff_time: str | None
    valid_from: date
    valid_to: date | None
    decision_number: str | None
    decision_decided_on: date | None


class ProcedureVersions(WireModel):
    """All versions of a procedure, the oldest first: what other services copy."""

    code: str
    versions: list[ProcedureVersion]


class Procedure(ProcedureVersion):
    """A procedure as of a day; `version` is what If-Match names."""

    version: Version
    published: bool
    online_vocabulary: Vocabulary | None
    online_level: OnlineLevel | None


class ProcedureLine(WireModel):
    """A procedure in a list, as of a day."""

    code: str
    version_number: int
    name: str
    field_code: str
    level: AgencyLevel
    valid_from: date
    valid_to: date | None
    published: bool
    online_vocabulary: Vocabulary | None
    online_level: OnlineLevel | None


class ImportedProcedure(NewProcedure):
    """A procedure of an import, with the online level it has."""

    online_level: NewOnlineLevel | None = None


class ProcedureImport(WireModel):
    """Up to 500 procedures in one call; `decision` publishes those that name none themselves."""

    decision: DecisionHead | None = None
    procedures: list[ImportedProcedure] = Field(min_length=1, max_length=500)


class ImportProblem(WireModel):
    """Why a line was rejected."""

    code: str
    detail: str


class ImportOutcome(StrEnum):
    """What became of a line; `duplicate`: the procedure was there before and is unchanged."""

    STORED = "stored"
    DUPLICATE = "duplicate"
    REJECTED = "rejected"


class ImportLine(WireModel):
    """The outcome of one line; lines count from 1."""

    line: int
    code: str
    outcome: ImportOutcome
    problem: ImportProblem | None = None


class ImportReport(WireModel):
    """What became of an import."""

    stored: int
    duplicate: int
    rejected: int
    lines: list[ImportLine]
