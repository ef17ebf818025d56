from datetime import UTC, datetime, timedelta
from itertools import islice

from dossier.store.ids import time_ordered_ids

NOW = datetime(2022, 10, 15, 3, tzinfo=UTC)


def test_ids_are_of_version_seven_and_in_order():
    first = list(islice(time_ordered_ids(NOW), 2_000))
    then = list(islice(time_ordered_ids(NOW + timedelta(milliseconds=1)), 10))
    assert {(one.version, one.variant) for one in first} == {(7, "specified in RFC 4122")}
    assert first + then == sorted({*first, *then})
    assert int(NOW.timestamp() * 1_000) == first[0].int >> 80


def test_two_batches_of_one_moment_have_other_ids():
    one, other = time_ordered_ids(NOW), time_ordered_ids(NOW)
    assert not {*islice(one, 1_000)} & {*islice(other, 1_000)}
