"""Comparing counts kept ahead with the facts, over periods of every shape."""

from datetime import date

from dossier.domain.figures import COUNTED
from dossier.store import cells, event_log, figures, rollups
from dossier.store.scopes import Scope
from dossier.usecases.ahead import count_figures
from kernel.periods import ReportingPeriod

KEYS = [definition.key for definition in COUNTED]
TODAY = date(2023, 2, 20)  # after every story's last act
PERIODS = [
    ReportingPeriod.between(date.fromisoformat(first), date.fromisoformat(last))
    for first, last in (
        ("2022-06-15", "2022-09-14"),  # a legal quarter
        ("2022-07-01", "2022-09-30"),  # a calendar quarter
        ("2022-06-15", "2022-07-14"),  # a month of both
        ("2022-08-01", "2022-08-14"),  # half a month
        ("2022-03-15", "2022-12-14"),  # three quarters
        ("2022-12-15", "2023-02-20"),  # the quarter that is running, up to today
        ("2022-09-15", "2023-02-20"),  # one that is over, and the running one
        ("2022-12-15", "2023-03-14"),  # the whole of it, up to a day to come
        ("2022-12-15", "2023-02-10"),  # a part that is over
        ("2022-06-20", "2022-09-14"),  # no window begins then
    )
]


async def figures_ahead_equal_raw(app, agencies: set[str]) -> None:
    """Both ways to count say the same of every period."""
    async with app.state.read_sessions.begin() as tx:
        for period in PERIODS:
            scope = Scope(agencies=agencies, sight=None, period=period)
            for by in (None, "procedure_field"):
                raw = await figures.counts(tx, scope, KEYS, by=by)
                ahead = await count_figures(tx, scope, KEYS, by=by, today=TODAY)
                assert some(ahead) == some(raw), period


async def ahead_equals_raw(app, agencies: set[str]) -> None:
    """Both ways to count say the same of every period, and no cell kept differs from its facts."""
    await figures_ahead_equal_raw(app, agencies)
    async with app.state.read_sessions.begin() as tx:
        known = await cells.known_windows(tx)
        mark = await event_log.mark(tx)
        own = Scope(agencies=agencies, sight=None, period=PERIODS[0])
        for window in known:
            assert await rollups.differences(tx, own, window, mark) == []


def some(found) -> dict:
    """Return what is not nought; values without any dossier may be left out."""
    named = {
        value: {key: n for key, n in row.items() if n and key != "dossiers.settled.in_time"}
        for value, row in found.items()
    }
    return {value: row for value, row in named.items() if row}
