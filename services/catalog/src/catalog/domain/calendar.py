"""The working calendar: releases of official days, the later release winning day by day."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class DayKind(StrEnum):
    """How a day differs from the ordinary week."""

    OFF = "off"
    MAKE_UP_WORK = "make_up_work"


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """One day that an official notice decrees, with the notice."""

    day: date
    kind: DayKind
    note: str
    decided_by: str
    source: str


def merge(releases: Sequence[Sequence[CalendarDay]]) -> tuple[CalendarDay, ...]:
    """Return the days in force when `releases` are given in the order they were recorded.

    Law: Bộ luật Lao động 2019 art. 112
    """
    by_day = {each.day: each for release in releases for each in release}
    return tuple(by_day[day] for day in sorted(by_day))


def digest(days: Sequence[CalendarDay]) -> str:
    """Return a fingerprint of a release's content, whatever the order of its days."""
    lines = sorted(
        f"{each.day}\t{each.kind}\t{each.note}\t{each.decided_by}\t{each.source}" for each in days
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
