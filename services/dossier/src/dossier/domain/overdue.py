"""Work that is late or about to be: what is owed, why, and how late it is in working days."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from kernel.figures import FigureDefinition, FigureKind
from kernel.working_days import WorkingCalendar

from dossier.domain.apologies import OverdueReason
from dossier.domain.errors import NotLate, UnknownBucket
from dossier.domain.facts import FOREVER, Facts, Timeliness, timeliness

ONE_DAY = timedelta(days=1)
UNSTATED = "unstated"


class WorkKind(StrEnum):
    """What a list of overdue work holds."""

    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    APOLOGY_OWED = "apology_owed"


class WorkSide(StrEnum):
    """Whose work a list holds: what an agency received, what it holds now, or both together."""

    RECEIVED = "received"
    HELD = "held"
    EITHER = "either"


def is_on_side(side: WorkSide, *, is_receiver: bool, is_holder: bool) -> bool:
    """Tell whether a dossier is on a list of this side.

    The receiver answers to the applicant, the holder does the work: unless asked otherwise an
    agency sees all it answers for, each dossier once.

    Law: our reading (late work goes by who received it and by who holds it now)
    """
    is_received = is_receiver and side is not WorkSide.HELD
    return is_received or (is_holder and side is not WorkSide.RECEIVED)


def is_overdue(facts: Facts, on: date) -> bool:
    """Tell whether a dossier pends on `on` past its due date; one that waits is in time.

    Law: TT 01/2020/TT-VPCP form II.06a
    """
    return any(
        stretch.from_on <= on < stretch.until_on and stretch.due_on < on and not stretch.is_waiting
        for stretch in facts.stretches
    )


def ended_late(facts: Facts, on: date) -> bool:
    """Tell whether a dossier had ended by `on`, and late."""
    has_ended = facts.ended_on <= on
    return has_ended and timeliness(facts.ended_on, facts.due_on) is Timeliness.LATE


def is_due_soon(facts: Facts, on: date, until: date) -> bool:
    """Tell whether a pending dossier is due from `on` up to `until`; one that waits is not."""
    return any(
        stretch.from_on <= on < stretch.until_on
        and on <= stretch.due_on <= until
        and not stretch.is_waiting
        for stretch in facts.stretches
    )


def owes_apology(facts: Facts, on: date) -> bool:
    """Tell whether a late dossier had no apology by `on`; one sent after its end is none.

    Law: NĐ 61/2018/NĐ-CP art. 19.9
    """
    is_unsent = facts.apologised_on > min(on, facts.ended_on)
    return is_unsent and (is_overdue(facts, on) or ended_late(facts, on))


def require_late(facts: Facts, on: date) -> None:
    """Refuse a reason for a delay that there is not."""
    if not is_overdue(facts, on) and not ended_late(facts, on):
        raise NotLate


def working_days_late(due_on: date, on: date, calendar: WorkingCalendar) -> int:
    """Return how many working days lie after the due date, up to and with `on`.

    On a day off right after the due date that is 0: overdue, and not yet by a working day.
    """
    return 0 if due_on == FOREVER else calendar.count(due_on, on)


def due_soon_until(on: date, working_days: int, calendar: WorkingCalendar) -> date:
    """Return the last due date that is at most `working_days` working days away."""
    return calendar.add(on, working_days) if working_days else on


@dataclass(frozen=True, slots=True)
class Bucket:
    """Delays from `least` to `most` working days, both included; None: no upper bound."""

    name: str
    least: int
    most: int | None


BUCKETS: tuple[tuple[date, tuple[Bucket, ...]], ...] = (
    (
        date(2000, 1, 1),
        (
            Bucket("0", 0, 0),
            Bucket("1-2", 1, 2),
            Bucket("3-5", 3, 5),
            Bucket("6-10", 6, 10),
            Bucket(">10", 11, None),
        ),
    ),
)
"""Ageing buckets by the day from which they are used; a later row supersedes the earlier."""


def buckets_on(day: date) -> tuple[Bucket, ...]:
    """Return the buckets in use on `day`; they leave no delay out and count none twice.

    Law: our reading (ageing buckets of late work)
    """
    return next((buckets for start, buckets in reversed(BUCKETS) if start <= day), BUCKETS[0][1])


def bucket_named(name: str, day: date) -> Bucket:
    """Return a bucket in use on `day`."""
    for bucket in buckets_on(day):
        if bucket.name == name:
            return bucket
    raise UnknownBucket(bucket=name, known=[bucket.name for bucket in buckets_on(day)])


@dataclass(frozen=True, slots=True)
class DueRange:
    """Due dates from `first` (None: from ever) to `last`, both included."""

    first: date | None
    last: date

    def __contains__(self, day: date) -> bool:
        return (self.first is None or self.first <= day) and day <= self.last


def due_range(bucket: Bucket, on: date, calendar: WorkingCalendar) -> DueRange:
    """Return the due dates that are `bucket` late on `on`: counting needs no calendar row by row.

    Every overdue dossier was due before `on`, so the least delay reaches up to the day before.
    """
    first = None if bucket.most is None else _worked_back(on, bucket.most + 1, calendar)
    last = _worked_back(on, bucket.least, calendar) - ONE_DAY if bucket.least else on - ONE_DAY
    return DueRange(first, last)


def _worked_back(on: date, working_days: int, calendar: WorkingCalendar) -> date:
    """Return the `working_days`-th working day counted back from `on`, itself included."""
    day = on + ONE_DAY
    while working_days:
        day -= ONE_DAY
        working_days -= calendar.is_working(day)
    return day


def stated_reason(
    given: OverdueReason | None, in_apology: OverdueReason | None
) -> OverdueReason | None:
    """Return why a dossier was late: as stated last, else as its apology said."""
    return given or in_apology


_REASONS_VI = {
    OverdueReason.AGENCY: "do cơ quan giải quyết",
    OverdueReason.OTHER_AGENCY: "do cơ quan phối hợp",
    OverdueReason.APPLICANT: "do người nộp",
    OverdueReason.LAW: "do quy định pháp luật",
    OverdueReason.FORCE_MAJEURE: "do bất khả kháng",
    OverdueReason.SYSTEM_NOT_UPDATED: "do chưa cập nhật trên phần mềm",
}


def reason_key(reason: str) -> str:
    """Return the key of the figure that counts late dossiers with this reason."""
    return f"dossiers.late.reason.{reason}"


LATE_REASONS: tuple[FigureDefinition, ...] = (
    *(
        FigureDefinition(
            reason_key(reason),
            f"Giải quyết quá hạn {label}",
            "dossier",
            FigureKind.COUNT,
            f"Hồ sơ giải quyết quá hạn trong kỳ, lý do nêu sau cùng (hoặc nêu trong phiếu xin lỗi) "
            f"là «{label}».",
            "our reading",
        )
        for reason, label in _REASONS_VI.items()
    ),
    FigureDefinition(
        reason_key(UNSTATED),
        "Giải quyết quá hạn chưa nêu lý do",
        "dossier",
        FigureKind.COUNT,
        "Hồ sơ giải quyết quá hạn trong kỳ mà chưa nêu lý do.",
        "our reading",
    ),
)
"""Together they are the late dossiers of the period, each once."""
