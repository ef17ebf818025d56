"""A filing is refused at intake, with a reason: it never becomes a dossier."""

import pytest

AT = "2022-09-06T09:00:00+07:00"
PAPER = {"reason": "Thiếu tờ khai", "refused_at": AT}


async def test_a_filing_is_refused_while_it_waits_for_the_desk_and_in_no_other_status(
    standing_filing,
):
    answer = await standing_filing.press("refusal", **PAPER)
    if standing_filing.status == 1:
        assert (answer.status_code, answer.json()["status"]) == (200, 3)
    else:
        standing_filing.assert_refused(answer)


@pytest.mark.parametrize(
    ("who", "refusal"),
    [("stranger", "unknown_filing"), ("reader", "missing_scope"), ("receiver", None)],
)
async def test_the_desk_it_was_filed_with_refuses_it(refusal_of, filed, who, refusal):
    assert refusal_of(await filed.press("refusal", by=who, **PAPER)) == refusal


@pytest.mark.parametrize(
    ("at", "refusal"),
    [
        ("2022-09-03T19:59:59+07:00", "out_of_order"),
        ("2022-09-03T20:00:00+07:00", None),
        ("2022-10-15T03:00:01Z", "in_the_future"),
    ],
)
async def test_a_filing_is_refused_after_it_was_filed_and_not_in_the_future(
    refusal_of, filed, at, refusal
):
    answer = await filed.press("refusal", reason="Thiếu tờ khai", refused_at=at)
    assert refusal_of(answer) == refusal


@pytest.mark.parametrize("paper", [{}, {"reason": ""}, {"reason": "  "}, {"reason": None}])
async def test_a_refusal_says_why(filed, paper):
    assert (await filed.press("refusal", **paper)).status_code == 422
    assert [event["kind"] for event in await filed.list("events")] == ["filed"]


async def test_a_refused_filing_is_in_no_figure_and_its_event_says_why(filed, figure):
    await filed.pressed("refusal", **PAPER)
    event = (await filed.list("events"))[-1]
    assert (event["kind"], event["occurred_at"]) == ("refused", "2022-09-06T02:00:00Z")
    assert event["details"] == {"reason": "Thiếu tờ khai"}
    keys = ("dossiers.received", "dossiers.total", "dossiers.settled", "dossiers.pending")
    assert await figure(*keys) == [0, 0, 0, 0]
