"""What an import looks up in the book is what the desk would compute for that very moment."""

from datetime import UTC, date, datetime, time, timedelta

from dossier.domain.desk import DatedHours, Desk, Session, week
from dossier.domain.due_date import SupplementPolicy, TimeLimit, TimeUnit, due_date
from dossier.domain.facts import Channel
from dossier.domain.procedures import ProcedureVersion
from dossier.usecases.terms_book import TermsBook
from hypothesis import example, given
from hypothesis import strategies as st
from kernel.time_zone import LOCAL_ZONE, local_day
from kernel.working_days import WorkingCalendar

AGENCY, PROCEDURE = "H56.18.26", "1.001193"
FIRST = datetime(2022, 6, 27, tzinfo=LOCAL_ZONE)
CALENDAR = WorkingCalendar(frozenset({date(2022, 7, 4)}), frozenset({date(2022, 7, 9)}))
THREE_MORNINGS = week(Session(day, time(7), time(11)) for day in (1, 3, 5))
LATE = week(Session(day, time(7), time(23, 59)) for day in range(1, 7))
DESKS = [Desk(CALENDAR), Desk(CALENDAR, dated=(DatedHours(date(2022, 7, 1), THREE_MORNINGS),))]
DESKS.append(Desk(CALENDAR, LATE))
LIMITS = st.builds(
    TimeLimit,
    st.integers(0, 12),
    st.sampled_from([unit for unit in TimeUnit if unit is not TimeUnit.NONE]),
    st.sampled_from([None, time(15)]),
) | st.just(TimeLimit(None, TimeUnit.NONE))


class CatalogueOf:
    """A catalogue of one procedure and one desk."""

    def __init__(self, limit: TimeLimit, desk: Desk) -> None:
        self._limit = limit
        self._desk = desk

    async def versions(self, code: str) -> list[ProcedureVersion]:
        limits = {Channel.DIRECT: self._limit}
        since = date(2020, 1, 1)
        return [ProcedureVersion(code, 1, "Mẫu", "mau", limits, SupplementPolicy.PAUSE, since)]

    async def desk(self, _agency_code: str) -> Desk:
        return self._desk

    async def agency_id(self, _agency_code: str) -> int:
        return 7


@given(
    limit=LIMITS,
    desk=st.sampled_from(DESKS),
    received=st.lists(
        st.integers(0, 3 * 7 * 86_400 * 4).map(
            lambda quarter: FIRST + quarter * timedelta(0, 0.25)
        ),
        min_size=1,
        max_size=8,
    ),
)
@example(TimeLimit(3, TimeUnit.WORKING_DAY), DESKS[0], [FIRST.replace(hour=17)])
@example(
    TimeLimit(3, TimeUnit.WORKING_DAY), DESKS[0], [FIRST.replace(hour=17, microsecond=1), FIRST]
)
async def test_a_due_date_from_the_book_is_that_of_the_moment(limit, desk, received):
    book = TermsBook(CatalogueOf(limit, desk), opened_at=FIRST)
    for instant in (moment.astimezone(UTC) for moment in received):
        agreed = await book.agreed(AGENCY, PROCEDURE, Channel.DIRECT, local_day(instant))
        assert agreed.due_on(instant) == due_date(instant, limit, desk)
