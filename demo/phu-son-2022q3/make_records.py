"""Write the quarter's records (dossiers, ballots, certified copies) again, always the same.

Run from anywhere: `python demo/phu-son-2022q3/make_records.py`. The counts are those of the real
report; days, procedures and people are samples. Nothing here is random: the same input gives the
same bytes, and a test compares them with the committed files.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import count
from pathlib import Path

from kernel.periods import ReportingPeriod
from kernel.time_zone import LOCAL_ZONE
from kernel.working_days import WorkingCalendar

FOLDER = Path(__file__).parent
AGENCY = "H56.18.26"
QUARTER = ReportingPeriod.between(date(2022, 6, 15), date(2022, 9, 14))
NATIONAL_DAY = frozenset({date(2022, 9, 1), date(2022, 9, 2)})
CALENDAR = WorkingCalendar(days_off=NATIONAL_DAY)
WORKED = [
    day
    for n in range((QUARTER.end - QUARTER.start).days)
    if CALENDAR.is_working(day := QUARTER.start + timedelta(days=n))
]
STRIDE = 37
"""Prime, so that successive dossiers fall on days far apart and all days are used."""
LATE_WORKING_DAYS = 2
BALLOTS = 125
SATISFIED = 23
CERTIFIED_COPIES = 288


@dataclass(frozen=True, slots=True)
class Share:
    """How many dossiers of one procedure came through one channel, and how they ended."""

    procedure_code: str
    early: int
    on_time: int = 0
    late: int = 0


ONLINE = (
    Share("1.004873", early=47, on_time=5),
    Share("1.004859", early=16, on_time=2),
    Share("1.004884", early=19, on_time=2),
    Share("1.004772", early=6),
    Share("1.001731", early=8, on_time=1),
    Share("1.001776", early=12, on_time=2),
    Share("1.010833", early=10, on_time=1),
)
DIRECT = (
    Share("1.001193", early=0, on_time=14),
    Share("1.000656", early=0, on_time=9),
    Share("1.000894", early=0, on_time=8),
    Share("2.000815", early=0, on_time=6),
    Share("2.000884", early=0, on_time=5),
    Share("9.220001", early=46, on_time=3),
    Share("1.004873", early=22, on_time=2),
    Share("1.004859", early=9, on_time=1),
    Share("1.004884", early=8, on_time=1),
    Share("1.004772", early=2),
    Share("2.001035", early=24, on_time=2),
    Share("9.220003", early=4),
    Share("2.001406", early=3),
    Share("2.001016", early=4),
    Share("2.001019", early=2),
    Share("1.001022", early=2),
    Share("1.001731", early=4),
    Share("1.001776", early=6, late=1),
    Share("9.220017", early=4, late=1),
    Share("9.220018", early=2),
    Share("9.220022", early=12, on_time=2),
    Share("9.220023", early=8, on_time=1),
    Share("9.220061", early=6),
    Share("9.220064", early=3),
    Share("9.220067", early=2),
    Share("1.010833", early=3, on_time=1),
    Share("1.010824", early=2, late=1),
    Share("9.220031", early=3),
    Share("9.220040", early=2),
    Share("9.220098", early=8, on_time=1),
    Share("9.220102", early=3),
    Share("9.220103", early=4, on_time=1),
)


@dataclass(frozen=True, slots=True)
class History:
    """One dossier from receipt to the returned result, in local time."""

    procedure_code: str
    channel: str
    received_at: datetime
    settled_at: datetime
    returned_at: datetime


def time_limits() -> dict[tuple[str, str], int]:
    """Return working days by (procedure code, channel); 0 when settled on the spot.

    The versions of 13/6/2022 come second and replace the limits they cut.
    """
    limits: dict[tuple[str, str], int] = {}
    for name in ("procedures.ndjson", "procedure-versions.ndjson"):
        for line in (FOLDER / name).read_text(encoding="utf-8").splitlines():
            procedure = json.loads(line)
            for method in procedure["filing_methods"]:
                limits[procedure["code"], method["channel"]] = method["time_limit_value"] or 0
    return limits


def working_days_taken(share: Share, limit: int) -> Iterator[int]:
    """Yield, for each dossier of the share, the working days from receipt to settling.

    Early ones spread over the second half of the limit; a limit of one day is met the same day.
    """
    span = range((limit + 1) // 2 if limit > 1 else 0, max(limit, 1))
    for n in range(share.early):
        yield span[n % len(span)]
    yield from [limit] * share.on_time
    yield from [limit + LATE_WORKING_DAYS] * share.late


def at(day: date, minutes: int) -> datetime:
    """Return local `day` at so many minutes past midnight."""
    return datetime.combine(day, time(minutes // 60, minutes % 60), LOCAL_ZONE)


def a_history(share: Share, channel: str, taken: int, number: int) -> History:
    """Place one dossier in the quarter, within desk hours on working days.

    What is settled on the day of receipt comes in the morning; all is settled after 14:00 and
    handed over a few minutes later.
    """
    first = number * STRIDE % (len(WORKED) - taken)
    in_afternoon = taken > 0 and number % 3 == 0
    opening = 13 * 60 + 40 if in_afternoon else 7 * 60 + 35
    received_at = at(WORKED[first], opening + number * 11 % 170)
    settled_at = at(WORKED[first + taken], 14 * 60 + number * 7 % 150)
    return History(
        share.procedure_code,
        channel,
        received_at,
        settled_at,
        settled_at + timedelta(minutes=5 + number % 10),
    )


def histories() -> list[History]:
    """Return all dossiers of the quarter in the order in which the desk received them."""
    limits = time_limits()
    numbers = count()
    return sorted(
        (
            a_history(share, channel, taken, next(numbers))
            for channel, shares in (("online", ONLINE), ("direct", DIRECT))
            for share in shares
            for taken in working_days_taken(share, limits[share.procedure_code, channel])
        ),
        key=lambda history: (history.received_at, history.procedure_code, history.settled_at),
    )


def dossier_line(number: int, history: History) -> dict[str, object]:
    """Return one line of `POST /v1/dossier-imports`."""
    return {
        "external_id": external_id(number),
        "agency_code": AGENCY,
        "procedure_code": history.procedure_code,
        "channel": history.channel,
        "received_at": history.received_at.isoformat(),
        "settled_at": history.settled_at.isoformat(),
        "returned_at": history.returned_at.isoformat(),
        "return_method": "online" if history.channel == "online" else "direct",
        "applicant": {"full_name": f"Người nộp mẫu {number:03d}"},
    }


def external_id(number: int) -> str:
    """Return the sample system's own number of a dossier."""
    return f"PS-2022Q3-{number:04d}"


def ballots(dossiers: list[History]) -> list[dict[str, object]]:
    """Return the ballots: every third dossier or so, each fifth or so merely satisfied."""
    chosen = [n * len(dossiers) // BALLOTS for n in range(BALLOTS)]
    satisfied = {n * BALLOTS // SATISFIED for n in range(SATISFIED)}
    return [
        {
            "external_id": external_id(index + 1),
            "cast_at": (dossiers[index].returned_at + timedelta(minutes=10)).isoformat(),
            "satisfaction": "satisfied" if n in satisfied else "very_satisfied",
            "contacts_count": 0,
            "agencies_contacted_count": 0,
            "own_fault": False,
        }
        for n, index in enumerate(chosen)
    ]


def certified_copies() -> list[dict[str, object]]:
    """Return how many copies were certified electronically on each working day."""
    ends = [n * CERTIFIED_COPIES // len(WORKED) for n in range(len(WORKED) + 1)]
    return [
        {"agency_code": AGENCY, "certified_on": day.isoformat(), "copy_count": end - start}
        for day, start, end in zip(WORKED, ends, ends[1:], strict=False)
    ]


def files() -> dict[str, str]:
    """Return the text of every generated file by its name."""
    dossiers = histories()
    lines = [dossier_line(number, history) for number, history in enumerate(dossiers, start=1)]
    return {
        "dossiers.ndjson": "".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines),
        "ballots.json": f"{json.dumps({'ballots': ballots(dossiers)}, indent=1)}\n",
        "certified-copies.json": (
            f"{json.dumps({'certified_copies': certified_copies()}, indent=1)}\n"
        ),
    }


if __name__ == "__main__":
    for name, text in files().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
        print(f"{name}: {text.count(chr(10))} lines")
