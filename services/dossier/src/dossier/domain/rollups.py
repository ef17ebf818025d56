"""Windows counted ahead: which tile a period, and how their cells add up to its figures."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from kernel.periods import ReportingPeriod

MEASURES: dict[str, str] = {
    "received_online": "dossiers.received.online",
    "received_direct": "dossiers.received.direct",
    "received_postal": "dossiers.received.postal",
    "carried_over": "dossiers.carried_over",
    "settled_early": "dossiers.settled.early",
    "settled_on_time": "dossiers.settled.on_time",
    "settled_late": "dossiers.settled.late",
    "with_result_early": "dossiers.settled.with_result.early",
    "with_result_on_time": "dossiers.settled.with_result.on_time",
    "with_result_late": "dossiers.settled.with_result.late",
    "pending_in_time": "dossiers.pending.in_time",
    "pending_overdue": "dossiers.pending.overdue",
    "online_settled_late": "dossiers.online.settled.late",
    "apologies": "dossiers.apologies",
    "late_without_apology": "dossiers.settled.late.without_apology",
    "returned_postal": "dossiers.returned.postal",
}
"""What a cell keeps, and the counted figure it is; every other counted figure is a sum of these."""

OPENING = "carried_over"
CLOSING = ("pending_in_time", "pending_overdue")
FLOWS = tuple(name for name in MEASURES if name not in (OPENING, *CLOSING))

Cell = Mapping[str, int]
"""Counts by measure."""


@dataclass(frozen=True, slots=True)
class Window:
    """A window counted ahead, both days included."""

    code: str
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class WindowRule:
    """Windows that tile the year: each starts on one of `starts`, written MM-DD."""

    scheme: str
    starts: tuple[str, ...]
    valid_from: date
    legal_basis: str


def windows(rule: WindowRule, *, until: date) -> list[Window]:
    """Return the windows of a rule that begin from `valid_from` up to `until`, in order."""
    years = range(rule.valid_from.year, until.year + 2)
    days = (date.fromisoformat(f"{year}-{start}") for year in years for start in rule.starts)
    firsts = sorted(day for day in days if day >= rule.valid_from)
    return [
        Window(f"{rule.scheme}/{first}", first, following - timedelta(days=1))
        for first, following in pairwise(firsts)
        if first <= until
    ]


def tiles(period: ReportingPeriod, known: Iterable[Window]) -> list[Window]:
    """Return steps through `known` windows that fill the period; empty when none do.

    The last may end after the period does; whoever asks decides what such a one is good for.
    """
    longest: dict[date, Window] = {}
    for window in known:
        at = longest.get(window.starts_on)
        if at is None or _fits_better(window, at, period):
            longest[window.starts_on] = window
    chain: list[Window] = []
    day = period.start
    while day <= period.last_day:
        if day not in longest:
            return []
        chain.append(longest[day])
        day = longest[day].ends_on + timedelta(days=1)
    return chain


def _fits_better(window: Window, than: Window, period: ReportingPeriod) -> bool:
    """Prefer the longest window inside the period; of those that end after it, the shortest."""
    inside, other_inside = (each.ends_on <= period.last_day for each in (window, than))
    if inside != other_inside:
        return inside
    return (window.ends_on > than.ends_on) == inside


def counted(cell: Cell) -> dict[str, int]:
    """Return the counted figures of a cell, by key."""
    kept = {key: cell[name] for name, key in MEASURES.items()}
    received = cell["received_online"] + cell["received_direct"] + cell["received_postal"]
    in_time = cell["settled_early"] + cell["settled_on_time"]
    settled = in_time + cell["settled_late"]
    with_result = sum(cell[name] for name in MEASURES if name.startswith("with_result"))
    return {
        **kept,
        "dossiers.received": received,
        "dossiers.total": received + cell[OPENING],
        "dossiers.settled": settled,
        "dossiers.settled.without_result": settled - with_result,
        "dossiers.settled.in_time": in_time,
        "dossiers.pending": sum(cell[name] for name in CLOSING),
    }


def running(cell: Cell, *, overdue: int) -> dict[str, int]:
    """Return the cell of a period that is still running: its flows so far, its stock as of today.

    What pends is what was carried over or received and has not been settled.
    """
    now = counted(cell)
    pending = now["dossiers.total"] - now["dossiers.settled"]
    return {**cell, "pending_in_time": pending - overdue, "pending_overdue": overdue}
