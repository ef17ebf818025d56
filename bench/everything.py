"""Everything that is measured, in this order; to add a measure is to add a function here."""

from collections.abc import Awaitable, Callable, Sequence

from bench.measures import (
    bulk,
    generator,
    handling,
    intake,
    reading,
    rollups,
    scraping,
    statistics,
    work,
)
from bench.results import Result
from bench.stage import Stage

Measure = Callable[[Stage], Awaitable[list[Result]]]

MEASURES: Sequence[Measure] = (
    # Reading comes first, on data as they were made; what writes comes last.
    generator.ceiling,
    statistics.ward_quarter,
    statistics.raw_quarter,
    rollups.fold,
    rollups.province_quarter_closed,
    rollups.province_quarter_running,
    reading.single,
    reading.pages,
    work.work_lists,
    scraping.scrape,
    intake.spread,
    intake.hot_agency,
    handling.transition,
    rollups.keep_up,
    bulk.bulk,
    # The slowest by far while its statements are what they are.
    statistics.evidence_page,
)
