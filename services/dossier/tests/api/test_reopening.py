"""A dossier that ended is reopened only by a correction: its end never came about."""

import pytest

PROPOSAL = {
    "corrects": "end",
    "corrected_at": None,
    "reason_code": "system_not_updated",
    "reason": "Bấm nhầm hồ sơ",
    "evidence": "Sổ theo dõi hồ sơ 2022, trang 14",
}
BUTTONS = [
    ("moves", {"to_status": 2}),
    ("moves", {"to_status": 4}),
    ("processing", {}),
    ("continuation", {}),
    ("supplements", {}),
    ("payments", {}),
    ("withdrawal-requests", {}),
]


@pytest.fixture
def void_end(life, bearer):
    """Return a function: event number -> the answers to proposing and to approving."""
    life.officers["approver"] = bearer("dossiers:approve", agency="*", subject="officer-2")

    async def correct(event_number: int, *, by: str = "anybody"):
        proposed = await life.press("corrections", by=by, event_number=event_number, **PROPOSAL)
        headers = {**life.officers["approver"], "If-Match": f'"{life.version}"'}
        approved = await life.client.post(f"{life.path}/corrections/1/approval", headers=headers)
        return proposed, approved

    return correct


@pytest.mark.parametrize("status", [8, 9, 10])
@pytest.mark.parametrize(("desk", "body"), BUTTONS)
async def test_no_act_reopens_what_has_ended(life, status, desk, body):
    await life.bring(status)
    life.assert_refused(await life.press(desk, **body))


@pytest.mark.parametrize(("ended_in", "reopened_in"), [(8, 4), (9, 4), (10, 9)])
async def test_an_end_that_never_was_leaves_the_dossier_where_it_stood(
    life, void_end, ended_in, reopened_in
):
    await life.bring(4)
    await life.bring(ended_in)
    proposed, approved = await void_end(life.version)
    assert (proposed.status_code, approved.status_code) == (201, 200), approved.text
    dossier = (await life.client.get(life.path)).json()
    assert (dossier["status"], dossier["version"]) == (reopened_in, life.version + 1)
    assert dossier["due_on"] == "2022-09-07"
    assert (dossier["ended_on"] is None) == (reopened_in == 4)
    assert dossier["return_method"] is None


@pytest.mark.parametrize("ended_in", [8, 9])
async def test_a_reopened_dossier_is_pending_again_and_its_end_stays_in_the_log(
    life, void_end, figure, ended_in
):
    await life.bring(ended_in)
    assert await figure("dossiers.settled", "dossiers.pending") == [1, 0]
    await void_end(2)
    assert await figure("dossiers.settled", "dossiers.pending") == [0, 1]
    kinds = [event["kind"] for event in await life.list("events")]
    assert kinds == ["received", "stopped" if ended_in == 8 else "settled", "corrected"]


async def test_a_reopened_dossier_may_end_again(life, void_end):
    await life.bring(9)
    await void_end(2)
    life.version += 1
    settled = await life.pressed("settlement", settled_at="2022-09-12T08:00:00+07:00")
    assert (settled["ended_on"], settled["end_kind"]) == ("2022-09-12", "settled")


async def test_what_was_returned_is_not_unsettled_under_its_return(life, void_end):
    await life.bring(10)
    proposed, refused = await void_end(2)
    assert proposed.status_code == 201, proposed.text
    assert (refused.status_code, refused.json()["code"]) == (409, "history_move_impossible")
    assert refused.json()["detail"] == (
        "Nếu đính chính như vậy, sự kiện số 3 không thể xảy ra:"
        " trạng thái 2 không chuyển được sang 10; được phép: [4, 5, 6, 7, 8, 9]."
    )
    assert (await life.client.get(life.path)).json()["status"] == 10


@pytest.mark.parametrize("status", [2, 4, 5, 6, 7])
async def test_what_has_not_ended_has_no_end_to_correct(refusal_of, life, void_end, status):
    await life.bring(status)
    proposed, approved = await void_end(life.version)
    assert (proposed.status_code, refusal_of(proposed)) == (422, "not_what_was_recorded")
    assert refusal_of(approved) == "unknown_correction"


@pytest.mark.parametrize(
    ("ended_in", "who", "refusal"),
    [
        *[(9, who, None) for who in ("receiver", "resolver")],
        (9, "stranger", "unknown_dossier"),
        (9, "reader", "missing_scope"),
        (10, "receiver", None),
        (10, "resolver", "not_your_act"),
    ],
)
async def test_either_side_says_that_an_end_never_was_and_the_desk_alone_that_a_return_was_not(
    refusal_of, shared, void_end, ended_in, who, refusal
):
    await shared.bring(9, by="resolver")
    if ended_in == 10:
        await shared.pressed("return", by="receiver", method="direct")
    proposed, _ = await void_end(shared.version, by=who)
    assert refusal_of(proposed) == refusal


async def test_whoever_proposed_does_not_reopen(refusal_of, life, void_end, bearer):
    life.officers["approver"] = bearer("dossiers:approve", agency="*", subject="officer-1")
    await life.bring(9)
    _, own = await void_end(2)
    assert (own.status_code, refusal_of(own)) == (403, "own_correction")
    assert (await life.client.get(life.path)).json()["status"] == 9
