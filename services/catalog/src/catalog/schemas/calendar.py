"""Wire models of the working calendar."""

from datetime import date

from kit.wire import Day, ShortText, Text, WireModel
from pydantic import ConfigDict, Field

from catalog.domain.calendar import DayKind


class OfficialDay(WireModel):
    """A day that an official notice takes out of the ordinary week."""

    day: Day
    kind: DayKind
    note: Text
    decided_by: Text
    source: Text


class NewCalendarRelease(WireModel):
    """Official days released together; for each day the latest release wins."""

    name: ShortText
    days: list[OfficialDay] = Field(min_length=1, max_length=5_000)

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "working-calendar-2022",
                    "days": [
                        {
                            "day": "2022-09-01",
                            "kind": "off",
                            "note": "Quốc khánh",
                            "decided_by": "Thủ tướng Chính phủ",
                            "source": "Bộ luật Lao động 2019 Đ.112",
                        }
                    ],
                }
            ]
        }
    )


class CalendarRelease(WireModel):
    """A release as recorded."""

    name: str
    days_count: int


class CalendarDay(WireModel):
    """A day as it stands after all releases."""

    day: date
    kind: DayKind
    note: str
    decided_by: str
    source: str


class CalendarDays(WireModel):
    """The official days of a range; every other day is as its weekday says."""

    days: list[CalendarDay]
