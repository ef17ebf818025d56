"""Worked examples of the clock, each under the rule it shows."""

from datetime import UTC, date, datetime, time

import pytest
from dossier.domain.desk import Desk
from dossier.domain.dossier import Terms
from dossier.domain.due_date import SupplementPolicy, TimeLimit, TimeUnit
from dossier.domain.explanation import explained
from dossier.domain.stops import Stop, StopKind
from kernel.time_zone import LOCAL_ZONE
from kernel.working_days import WorkingCalendar

TET = frozenset(date(2024, 2, day) for day in range(8, 15))
DESK = Desk(
    WorkingCalendar(
        TET
        | {date(2022, 5, 2), date(2022, 5, 3), date(2022, 9, 1), date(2022, 9, 2)}
        | {date(2026, 1, 1), date(2026, 1, 2)},
        frozenset({date(2026, 1, 10)}),
    )
)
RESTART, PAUSE = SupplementPolicy
SUPPLEMENT, PAYMENT = StopKind


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL_ZONE).astimezone(UTC)


def days(value: int) -> TimeLimit:
    return TimeLimit(value, TimeUnit.WORKING_DAY)


def calendar_days(value: int) -> TimeLimit:
    return TimeLimit(value, TimeUnit.CALENDAR_DAY)


def hours(value: int) -> TimeLimit:
    return TimeLimit(value, TimeUnit.WORKING_HOUR)


def months(value: int) -> TimeLimit:
    return TimeLimit(value, TimeUnit.MONTH)


def same_day(hour: int = 15) -> TimeLimit:
    return TimeLimit(1, TimeUnit.WORKING_DAY, time(hour))


NO_LIMIT = TimeLimit(None, TimeUnit.NONE)


def case(citation, received_at, limit, due_on, *stops, policy=RESTART):
    return pytest.param(received_at, limit, due_on, stops, policy, id=citation)


@pytest.mark.parametrize(
    ("received_at", "limit", "due_on", "stops", "policy"),
    [
        case("vector 5: 3 working days over 01-02/9", "2022-08-31 10:00", days(3), "2022-09-07"),
        case("start: day of receipt is day 0", "2022-07-04 07:30", days(1), "2022-07-05"),
        case("start: counting begins on a working day", "2022-07-08 10:00", days(1), "2022-07-11"),
        case(
            "end on a day off: to the next working day",
            *("2022-07-04 10:00", calendar_days(5), "2022-07-11"),
        ),
        case(
            "end on a day off: over a holiday", "2022-08-31 10:00", calendar_days(1), "2022-09-05"
        ),
        case("received after closing", "2022-07-04 17:01", days(1), "2022-07-06"),
        case("received on a Saturday", "2022-07-09 09:00", days(1), "2022-07-12"),
        case("received on a holiday", "2022-09-02 09:00", days(1), "2022-09-06"),
        case("received at night before opening", "2022-07-05 02:00", days(1), "2022-07-06"),
        case("same day: until 15:00", "2022-07-04 15:00", same_day(), "2022-07-04"),
        case("same day: after 15:00", "2022-07-04 15:01", same_day(), "2022-07-05"),
        case("same day: own cut-off", "2022-07-04 10:01", same_day(10), "2022-07-05"),
        case("same day: after 15:00 on a Friday", "2022-07-08 15:01", same_day(), "2022-07-11"),
        case("units: working hours", "2022-07-04 14:00", hours(4), "2022-07-05"),
        case("units: working hours within a day", "2022-07-04 08:00", hours(4), "2022-07-04"),
        case("units: a month", "2022-07-04 10:00", months(1), "2022-08-04"),
        case("units: a month from its last day", "2022-03-31 10:00", months(1), "2022-05-04"),
        case("units: months to the end of February", "2022-12-30 10:00", months(2), "2023-02-28"),
        case("units: a leap day", "2024-01-31 10:00", months(1), "2024-02-29"),
        case("units: from a leap day", "2024-02-29 10:00", months(12), "2025-02-28"),
        case(
            "units: calendar days over a leap day",
            "2024-02-27 10:00",
            calendar_days(2),
            "2024-02-29",
        ),
        case("units: none has no due date", "2022-07-04 10:00", NO_LIMIT, None),
        case("units: 0 days are due the same day", "2022-07-04 14:59", days(0), "2022-07-04"),
        case("units: 0 days, but after 15:00", "2022-07-04 15:01", days(0), "2022-07-05"),
        case("start: until the moment of closing", "2022-07-04 17:00", days(1), "2022-07-05"),
        case("start: in the noon break", "2022-07-04 12:00", days(1), "2022-07-05"),
        case("same day: received on a Saturday", "2022-07-09 16:00", same_day(), "2022-07-11"),
        case("same day: received at night", "2022-07-04 18:00", same_day(), "2022-07-05"),
        case("same day: on a make-up Saturday", "2026-01-10 15:00", same_day(), "2026-01-10"),
        case("same day: a make-up Saturday after", "2026-01-09 15:01", same_day(), "2026-01-10"),
        case("units: hours stop at the closing", "2022-07-04 16:00", hours(1), "2022-07-04"),
        case("units: hours over the swap", "2025-12-31 16:00", hours(2), "2026-01-05"),
        case("units: hours of a make-up Saturday", "2026-01-09 16:00", hours(4), "2026-01-10"),
        case("units: a month from a leap day", "2024-02-29 10:00", months(1), "2024-03-29"),
        case("units: months to a leap February", "2023-12-29 10:00", months(2), "2024-02-29"),
        case("units: the last of a leap February", "2023-11-30 10:00", months(3), "2024-02-29"),
        case("units: a month to a Saturday", "2022-06-30 10:00", months(1), "2022-08-01"),
        case("units: a month to a make-up Saturday", "2025-12-10 10:00", months(1), "2026-01-10"),
        case("units: a month to the swapped Friday", "2025-12-02 10:00", months(1), "2026-01-05"),
        case(
            "units: calendar days to the swapped Friday",
            *("2025-12-31 10:00", calendar_days(2), "2026-01-05"),
        ),
        case(
            "units: calendar days to a make-up Saturday",
            *("2026-01-06 10:00", calendar_days(4), "2026-01-10"),
        ),
        case("calendar: Tết is skipped", "2024-02-07 10:00", days(2), "2024-02-16"),
        case("calendar: 02/01/2026 swapped", "2025-12-31 10:00", days(1), "2026-01-05"),
        case("calendar: 10/01/2026 made up", "2026-01-09 10:00", days(1), "2026-01-10"),
        case("calendar: received on a make-up day", "2026-01-10 10:00", days(1), "2026-01-12"),
        case(
            "NĐ 61/2018 art. 19.4: the limit restarts",
            *("2022-07-04 10:00", days(5), "2022-07-25"),
            Stop(SUPPLEMENT, at("2022-07-06 09:00"), at("2022-07-18 09:00")),
        ),
        case(
            "national dashboard: the limit pauses",
            *("2022-07-04 10:00", days(5), "2022-07-21"),
            Stop(SUPPLEMENT, at("2022-07-06 09:00"), at("2022-07-18 09:00")),
            policy=PAUSE,
        ),
        case(
            "NĐ 61/2018 art. 19.4: complete after closing",
            *("2022-07-04 10:00", days(5), "2022-07-26"),
            Stop(SUPPLEMENT, at("2022-07-06 09:00"), at("2022-07-18 17:30")),
        ),
        case(
            "financial obligation pauses",
            *("2022-07-04 10:00", days(5), "2022-07-21"),
            Stop(PAYMENT, at("2022-07-06 09:00"), at("2022-07-18 09:00")),
        ),
        case(
            "a supplement, then a payment",
            *("2022-07-04 10:00", days(3), "2022-07-21"),
            Stop(SUPPLEMENT, at("2022-07-05 09:00"), at("2022-07-11 09:00")),
            Stop(PAYMENT, at("2022-07-13 09:00"), at("2022-07-20 09:00")),
        ),
        case(
            "NĐ 61/2018 art. 19.4: the limit restarts each time",
            *("2022-07-04 10:00", days(3), "2022-07-25"),
            Stop(SUPPLEMENT, at("2022-07-05 09:00"), at("2022-07-11 09:00")),
            Stop(SUPPLEMENT, at("2022-07-12 09:00"), at("2022-07-20 09:00")),
        ),
        case(
            "NĐ 61/2018 art. 19.4: complete on a make-up Saturday",
            *("2025-12-29 10:00", days(5), "2026-01-16"),
            Stop(SUPPLEMENT, at("2025-12-30 09:00"), at("2026-01-10 09:00")),
        ),
        case(
            "NĐ 61/2018 art. 19.4: restarts over Tết",
            *("2024-02-05 10:00", days(5), "2024-02-22"),
            Stop(SUPPLEMENT, at("2024-02-06 09:00"), at("2024-02-15 09:00")),
        ),
        case(
            "NĐ 61/2018 art. 19.4: a limit in months restarts",
            *("2022-07-04 10:00", months(1), "2022-08-18"),
            Stop(SUPPLEMENT, at("2022-07-06 09:00"), at("2022-07-18 09:00")),
        ),
        case(
            "NĐ 61/2018 art. 19.4: without a limit nothing restarts",
            *("2022-07-04 10:00", NO_LIMIT, None),
            Stop(SUPPLEMENT, at("2022-07-06 09:00"), at("2022-07-18 09:00")),
        ),
        case(
            "national dashboard: a limit in calendar days pauses",
            *("2022-07-04 10:00", calendar_days(5), "2022-07-25"),
            Stop(SUPPLEMENT, at("2022-07-06 09:00"), at("2022-07-18 09:00")),
            policy=PAUSE,
        ),
        case(
            "financial obligation pauses a limit in months",
            *("2022-07-04 10:00", months(1), "2022-08-16"),
            Stop(PAYMENT, at("2022-07-06 09:00"), at("2022-07-18 09:00")),
        ),
        case(
            "financial obligation pauses a limit in hours",
            *("2022-07-04 08:00", hours(12), "2022-07-19"),
            Stop(PAYMENT, at("2022-07-05 09:00"), at("2022-07-18 16:00")),
        ),
        case(
            "financial obligation met on a Saturday",
            *("2022-07-04 10:00", days(5), "2022-07-21"),
            Stop(PAYMENT, at("2022-07-06 09:00"), at("2022-07-16 10:00")),
        ),
        case(
            "financial obligation met on a make-up Saturday",
            *("2025-12-29 10:00", days(5), "2026-01-15"),
            Stop(PAYMENT, at("2025-12-30 09:00"), at("2026-01-10 09:00")),
        ),
        case(
            "financial obligation pauses whatever the policy",
            *("2022-07-04 10:00", days(5), "2022-07-21"),
            Stop(PAYMENT, at("2022-07-06 09:00"), at("2022-07-18 09:00")),
            policy=PAUSE,
        ),
        case(
            "a stop on the due day: due on the day that it ends",
            *("2022-07-04 10:00", days(3), "2022-07-20"),
            Stop(PAYMENT, at("2022-07-07 16:59"), at("2022-07-20 09:00")),
        ),
        case(
            "a stop after the desk closed on the due day heals nothing",
            *("2022-07-04 10:00", days(3), "2022-07-07"),
            Stop(PAYMENT, at("2022-07-07 17:01"), at("2022-07-20 09:00")),
        ),
        case(
            "a stop that still stands moves nothing yet",
            *("2022-07-04 10:00", days(5), "2022-07-11"),
            Stop(PAYMENT, at("2022-07-06 09:00")),
        ),
        case(
            "a stop after the due date heals nothing",
            *("2022-07-04 10:00", days(3), "2022-07-07"),
            Stop(SUPPLEMENT, at("2022-07-08 09:00"), at("2022-07-20 09:00")),
        ),
    ],
)
def test_domain_md_section_4_and_10(received_at, limit, due_on, stops, policy):
    trace = explained(at(received_at), Terms(limit, policy), stops, DESK)
    assert trace.due_on == (due_on and date.fromisoformat(due_on))
