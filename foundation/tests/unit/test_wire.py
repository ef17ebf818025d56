from datetime import UTC, datetime, timedelta, timezone

from hypothesis import example, given
from hypothesis import strategies as st
from kernel.codes import AgencyCode, MalformedCode
from kernel.time_zone import EARLIEST_DAY, LATEST_DAY, LOCAL_ZONE
from kit.wire import AgencyCodeText, Instant
from pydantic import TypeAdapter, ValidationError

INSTANT = TypeAdapter[datetime](Instant)
AGENCY = TypeAdapter[str](AgencyCodeText)
OFFSETS = st.integers(-23 * 60, 23 * 60).map(lambda m: timezone(timedelta(minutes=m)))
NEAR = map(datetime.fromisoformat, ["1945-09-01", "1945-09-02", "2199-12-31", "2200-01-01"])
MOMENTS = st.datetimes() | st.builds(
    lambda day, seconds: day + timedelta(seconds=seconds),
    st.sampled_from(list(NEAR)),
    st.integers(-90_000, 90_000),
)


def within_bounds(instant: datetime) -> bool:
    try:
        return EARLIEST_DAY <= instant.astimezone(LOCAL_ZONE).date() <= LATEST_DAY
    except OverflowError:
        return False


@given(st.builds(lambda moment, zone: moment.replace(tzinfo=zone), MOMENTS, OFFSETS | st.just(UTC)))
@example(datetime.min.replace(tzinfo=timezone(timedelta(hours=23))))
@example(datetime.max.replace(tzinfo=timezone(timedelta(hours=-23))))
@example(datetime.max.replace(tzinfo=UTC))
@example(datetime(1945, 9, 1, 16, 59, 59, 999_999, tzinfo=UTC))
@example(datetime(1945, 9, 1, 17, tzinfo=UTC))
@example(datetime(2199, 12, 31, 16, 59, 59, 999_999, tzinfo=UTC))
@example(datetime(2199, 12, 31, 17, tzinfo=UTC))
def test_an_instant_is_taken_when_its_local_day_is_known(instant):
    for given_as in (instant, instant.isoformat()):
        try:
            taken = INSTANT.validate_python(given_as)
        except ValidationError:
            assert not within_bounds(instant)
        else:
            assert within_bounds(instant)
            assert (taken, taken.tzinfo) == (instant, UTC)


@given(
    st.from_regex(r"[A-Z]\d{2}(\.\d{1,3}){0,4}\n?", fullmatch=True)
    | st.from_regex(r"\d{3}(\.\d{2,3}){0,3}\.[A-Z]\d{2}\n?", fullmatch=True)
    | st.text("H0156.\n٣", max_size=15)
)
@example("H56\n")
@example("H٣٦")
@example("H56.18.26")
@example("000.00.18.H56")
def test_an_agency_code_on_the_wire_is_one_that_parses(text):
    try:
        AgencyCode.parse(text)
    except MalformedCode:
        is_code = False
    else:
        is_code = True
    try:
        assert AGENCY.validate_python(text) == text
    except ValidationError:
        assert not is_code
    else:
        assert is_code
