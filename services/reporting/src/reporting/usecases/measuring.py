"""What the metrics show of an agency's reports."""

from collections.abc import Sequence

from fastapi import FastAPI
from kernel.figures import Figure
from kernel.periods import ReportingPeriod

from reporting.domain.own_figures import own_figures
from reporting.store import reports


async def measure(app: FastAPI, agency_code: str, period: ReportingPeriod) -> Sequence[Figure]:
    """Return the agency's gauges as of now: reports are few, and `period` does not narrow them."""
    del period
    async with app.state.read_sessions.begin() as session:
        return own_figures(
            await reports.counts_by_state(session, agency_code),
            await reports.findings_by_severity(session, agency_code),
        )
