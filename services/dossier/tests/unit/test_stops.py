"""When the clock stood still, read from the events: what stands between the moves ends no stop."""

from datetime import UTC, datetime, timedelta

import pytest
from dossier.domain.lifecycle import Status
from dossier.domain.stops import Stop, StopKind, Turn, stops_of

BEGUN = datetime(2022, 9, 5, tzinfo=UTC)
SUPPLEMENT, PAYMENT = StopKind.SUPPLEMENT, StopKind.PAYMENT


def hour(number: int) -> datetime:
    return BEGUN + timedelta(hours=number)


@pytest.mark.parametrize(
    ("statuses", "stops"),
    [
        pytest.param([2], [], id="a receipt stops nothing"),
        pytest.param([2, 4, 9], [], id="work stops nothing"),
        pytest.param([2, 5], [(SUPPLEMENT, 1, None)], id="a stop that still stands"),
        pytest.param([2, 5, 2], [(SUPPLEMENT, 1, 2)], id="a supplement"),
        pytest.param([2, 4, 6, 4], [(PAYMENT, 2, 3)], id="a payment"),
        pytest.param([2, 7, 2], [], id="a wish to withdraw alone"),
        pytest.param([2, 5, 7], [(SUPPLEMENT, 1, None)], id="asked back while waiting"),
        pytest.param([2, 5, 7, 5, 2], [(SUPPLEMENT, 1, 4)], id="asked back and thought better"),
        pytest.param([2, 5, 7, 8], [(SUPPLEMENT, 1, 3)], id="given back while waiting"),
        pytest.param([2, 5, 5, 2], [(SUPPLEMENT, 1, 3)], id="an apology while waiting"),
        pytest.param(
            [2, 5, 7, 7, 5, 2], [(SUPPLEMENT, 1, 5)], id="an apology while it is asked back"
        ),
        pytest.param([2, 6, 7, 7], [(PAYMENT, 1, None)], id="an apology, and still asked back"),
        pytest.param(
            [2, 5, 2, 4, 6, 4], [(SUPPLEMENT, 1, 2), (PAYMENT, 4, 5)], id="one after the other"
        ),
    ],
)
def test_the_clock_stands_still_from_the_asking_to_the_coming(statuses, stops):
    befores = [None, *map(Status, statuses)]
    turns = [
        Turn(before, Status(after), hour(number))
        for number, (before, after) in enumerate(zip(befores, statuses, strict=False))
    ]
    expected = tuple(
        Stop(kind, hour(begun), None if ended is None else hour(ended))
        for kind, begun, ended in stops
    )
    assert stops_of(turns) == expected
