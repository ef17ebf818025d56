"""Wire models of agencies and their places in the tree."""

from datetime import date

from kit.wire import AgencyCodeText, Day, ShortText, Version, WireModel
from pydantic import ConfigDict, Field

from catalog.domain.agencies import AgencyLevel


class NewAgency(WireModel):
    """An agency to be recorded, with the parent it begins under."""

    code: AgencyCodeText
    name: ShortText
    level: AgencyLevel
    parent_code: AgencyCodeText | None = None
    valid_from: Day
    valid_to: Day | None = Field(default=None, description="First day it no longer exists.")
    is_sample: bool = Field(default=False, description="The code is invented, for trying out.")

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "code": "H56.18.26",
                    "name": "UBND phường Phú Sơn",
                    "level": "commune",
                    "parent_code": "H56.18",
                    "valid_from": "2020-01-01",
                    "is_sample": True,
                }
            ]
        }
    )


class AgencyChange(WireModel):
    """A correction; what is absent stays as it is."""

    name: ShortText | None = None
    valid_to: Day | None = Field(default=None, description="null: it goes on existing.")


class NewParent(WireModel):
    """From `valid_from` on the agency stands under another parent (null: under nobody)."""

    parent_code: AgencyCodeText | None
    valid_from: Day


class Agency(WireModel):
    """An agency as of a day; `valid_to` is the first day it no longer exists."""

    code: str
    name: str
    level: AgencyLevel
    parent_code: str | None
    valid_from: date
    valid_to: date | None
    is_sample: bool
    version: Version


class AgencyLink(WireModel):
    """An agency and the one it stands under (null: under nobody).

    `valid_to` is the first day it no longer exists, as known now, also one yet to come.
    """

    code: str
    parent_code: str | None
    valid_to: date | None


class AgencyTree(WireModel):
    """Every agency with its place on a day, in the order of their codes.

    Those that have ended by then are among them, where they stood last.
    """

    on: date
    links: list[AgencyLink]


class Subtree(WireModel):
    """An agency and all agencies below it on a day, in the order of their codes."""

    code: str
    on: date
    codes: list[str]
