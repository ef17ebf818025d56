"""Late work: lists by agency and officer, ageing that agrees with them, reasons, officers."""

import json

import pytest

NDJSON = {"content-type": "application/x-ndjson"}


@pytest.fixture
async def works(client, agency):
    """Dossiers of 3 working days around Saturday 15/10/2022: two ended late, four open."""
    rows = [
        ("2022-07-04", "2022-07-08"),
        ("2022-07-04", "2022-07-12"),
        ("2022-09-26", None),
        ("2022-10-10", None),
        ("2022-10-11", None),
        ("2022-10-12", None),
        ("2022-10-13", None),
        ("2022-07-04", "2022-07-07"),
    ]
    lines = [
        {
            "external_id": str(number),
            "agency_code": agency,
            "procedure_code": "1.001193",
            "channel": "direct",
            "received_at": f"{received}T09:00:00+07:00",
            "settled_at": ended and f"{ended}T09:00:00+07:00",
            "applicant": {"full_name": "Người nộp mẫu"},
        }
        for number, (received, ended) in enumerate(rows)
    ]
    answer = await client.post(
        "/v1/dossier-imports", content="\n".join(map(json.dumps, lines)), headers=NDJSON
    )
    return [json.loads(line)["code"] for line in answer.text.splitlines()]


@pytest.fixture
def work(client, agency):
    async def items(kind, more="") -> list[dict]:
        answer = await client.get(f"/v1/overdue-work?agency={agency}&kind={kind}{more}")
        assert answer.status_code == 200, answer.text
        return answer.json()["items"]

    return items


@pytest.fixture
def act(client):
    async def post(code, desk, version=1, **body):
        return await client.post(
            f"/v1/dossiers/{code}/{desk}", json=body, headers={"If-Match": f'"{version}"'}
        )

    return post


async def test_overdue_work_is_listed_longest_first_with_its_working_days(works, work):
    found = await work("overdue")
    assert [item["code"] for item in found] == [works[2], works[3], works[4]]
    assert [item["working_days_late"] for item in found] == [11, 1, 0]
    assert "applicant" not in json.dumps(found)


async def test_work_due_soon_is_counted_in_working_days(works, work):
    assert [i["code"] for i in await work("due_soon", "&within_working_days=1")] == [works[5]]
    soon = await work("due_soon", "&within_working_days=2")
    assert [i["code"] for i in soon] == [works[5], works[6]]
    assert [i["working_days_left"] for i in soon] == [1, 2]
    assert await work("due_soon", "&within_working_days=0") == []


async def test_an_apology_is_owed_by_what_is_overdue_and_what_ended_late(works, work, act):
    owed = await work("apology_owed")
    assert [item["code"] for item in owed] == [works[i] for i in (0, 1, 2, 3, 4)]
    assert [item["working_days_late"] for item in owed] == [1, 3, 11, 1, 0]


async def test_ageing_counts_what_the_lists_show_in_every_bucket(client, agency, works, work):
    for day in ("2022-10-15", "2022-10-14", "2022-07-11"):
        answer = await client.get(f"/v1/overdue-work/ageing?agency={agency}&on={day}")
        ageing = answer.json()
        listed = await work("overdue", f"&on={day}")
        assert ageing["total"] == len(listed) == sum(b["dossiers"] for b in ageing["buckets"])
        for bucket in ageing["buckets"]:
            name = bucket["bucket"].replace(">", "%3E")
            within = await work("overdue", f"&on={day}&bucket={name}")
            assert len(within) == bucket["dossiers"], bucket
            for item in within:
                most = bucket["to_working_days"]
                assert bucket["from_working_days"] <= item["working_days_late"]
                assert most is None or item["working_days_late"] <= most


async def test_the_ageing_of_the_day(client, agency, works):
    answer = (await client.get(f"/v1/overdue-work/ageing?agency={agency}")).json()
    assert answer["on"] == "2022-10-15"
    counted = {b["bucket"]: b["dossiers"] for b in answer["buckets"]}
    assert counted == {"0": 1, "1-2": 1, "3-5": 0, "6-10": 0, ">10": 1}


async def test_lists_go_on_where_the_page_before_ended(client, agency, works):
    seen, cursor = [], ""
    while cursor is not None:
        more = f"&cursor={cursor}" if cursor else ""
        page = (
            await client.get(f"/v1/overdue-work?agency={agency}&kind=apology_owed&limit=2{more}")
        ).json()
        seen += [item["code"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert seen == [works[i] for i in (0, 1, 2, 3, 4)]


async def test_a_dossier_is_handled_by_whoever_took_it_in_until_somebody_is_named(
    client, agency, works, work, act
):
    assert {item["officer"] for item in await work("overdue")} == {"officer-1"}
    assigned = await act(works[3], "case-officer", officer="officer-7")
    assert assigned.status_code == 200, assigned.text
    assert assigned.headers["etag"] == '"2"'
    own = await work("overdue", "&officer=officer-7")
    assert [item["code"] for item in own] == [works[3]]
    assert len(await work("overdue", "&officer=officer-1")) == 2
    ageing = await client.get(f"/v1/overdue-work/ageing?agency={agency}&officer=officer-7")
    assert ageing.json()["total"] == 1
    events = (await client.get(f"/v1/dossiers/{works[3]}/events")).json()["items"]
    assert (events[-1]["kind"], events[-1]["details"]) == ("assigned", {"officer": "officer-7"})


async def test_the_reason_stated_last_holds(client, agency, works, work, act):
    stated = await act(works[0], "overdue-reasons", 2, reason_code="agency", note="Cán bộ nghỉ")
    assert stated.status_code == 200, stated.text
    await act(works[0], "overdue-reasons", 3, reason_code="law")
    owed = await work("apology_owed")
    assert [item["reason_code"] for item in owed] == ["law", None, None, None, None]
    answer = await client.get(f"/v1/figures?agency={agency}&from=2022-06-15&to=2022-09-14")
    values = {f["key"]: f["value"] for f in answer.json()["figures"]}
    late = {k: v for k, v in values.items() if k.startswith("dossiers.late.reason.")}
    assert late.pop("dossiers.late.reason.law") == late.pop("dossiers.late.reason.unstated") == 1
    assert set(late.values()) == {0}
    page = await client.get(
        f"/v1/figures/dossiers.late.reason.law/evidence?agency={agency}"
        "&from=2022-06-15&to=2022-09-14"
    )
    assert [item["record_id"] for item in page.json()["items"]] == [works[0]]


async def test_only_a_delay_has_a_reason(works, act):
    for code, version in ((works[5], 1), (works[7], 2)):
        answer = await act(code, "overdue-reasons", version, reason_code="agency")
        assert (answer.status_code, answer.json()["code"]) == (409, "not_late")


async def test_acts_on_late_work_name_the_version_they_change(works, act, client):
    assert (await act(works[3], "overdue-reasons", 9, reason_code="agency")).status_code == 412
    assert (await act(works[3], "case-officer", 9, officer="officer-7")).status_code == 412
    bare = await client.post(f"/v1/dossiers/{works[3]}/case-officer", json={"officer": "x"})
    assert bare.status_code == 428


async def test_a_list_holds_only_what_the_reader_sees(client, works, work, bearer):
    elsewhere = bearer("dossiers:read", agency="H56")
    everything = await client.get("/v1/overdue-work?kind=overdue", headers=elsewhere)
    assert not {item["code"] for item in everything.json()["items"]} & set(works)
    agency = works[0].split("-", maxsplit=1)[0]
    named = await client.get(f"/v1/overdue-work?kind=overdue&agency={agency}", headers=elsewhere)
    assert (named.status_code, named.json()["code"]) == (403, "not_your_agency")


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("?kind=overdue&bucket=3-4", 422, "unknown_bucket"),
        ("?kind=due_soon&bucket=1-2", 422, "unknown_bucket"),
        ("?kind=overdue&on=2022-10-16", 422, "in_the_future"),
        ("?kind=overdue&cursor=x", 400, "bad_cursor"),
        ("?kind=late", 422, "invalid_fields"),
        ("?kind=overdue&who=x", 400, "unknown_parameter"),
        ("/ageing?on=2022-10-16", 422, "in_the_future"),
    ],
)
async def test_a_bad_question_is_refused_precisely(client, path, status, code):
    answer = await client.get(f"/v1/overdue-work{path}")
    assert (answer.status_code, answer.json()["code"]) == (status, code)


@pytest.fixture
async def handed(works, act, town):
    """Two of the overdue and one that is due soon, handed to the town."""
    for code in (works[2], works[3], works[5]):
        body = {"to_agency_code": town, "step_name": "Thẩm định"}
        answer = await act(code, "hand-overs", 1, **body)
        assert answer.status_code == 200, answer.text
    return [works[2], works[3]]


@pytest.fixture
def seen_by(client, bearer):
    async def codes(agency, query) -> list[str]:
        reader = bearer("dossiers:read", agency=agency)
        answer = await client.get(f"/v1/overdue-work?agency={agency}&{query}", headers=reader)
        assert answer.status_code == 200, answer.text
        return [item["code"] for item in answer.json()["items"]]

    return codes


@pytest.fixture
def act_on(client, officer):
    async def post(who, code, desk, version, **body):
        headers = {**officer(who), "If-Match": f'"{version}"'}
        return await client.post(f"/v1/dossiers/{code}/{desk}", json=body, headers=headers)

    return post


async def test_whoever_holds_work_sees_it_and_so_does_whoever_received_it(
    handed, works, seen_by, agency, town
):
    overdue = [*handed, works[4]]
    sides = {"received": (overdue, []), "held": ([works[4]], handed), "either": (overdue, handed)}
    for side, expected in sides.items():
        seen = [await seen_by(who, f"kind=overdue&side={side}") for who in (agency, town)]
        assert seen == list(expected), side
    assert await seen_by(town, "kind=overdue") == handed
    assert await seen_by(town, "kind=due_soon") == [works[5]]
    assert await seen_by(town, "kind=apology_owed") == handed


async def test_work_goes_back_to_the_desk_with_its_step(handed, act, seen_by, agency, town):
    await act(handed[0], "hand-overs/1/take-over", 2)
    assert handed[0] in await seen_by(town, "kind=overdue&side=held")
    assert (await act(handed[0], "hand-overs/1/completion", 3)).status_code == 200
    assert await seen_by(town, "kind=overdue") == [handed[1]]
    assert handed[0] in await seen_by(agency, "kind=overdue&side=held")


async def test_work_stays_with_its_holder_whatever_happens_to_its_days(handed, act, seen_by, town):
    await act(handed[0], "hand-overs/1/take-over", 2)
    assert (await act(handed[0], "settlement", 3)).status_code == 200
    assert await seen_by(town, "kind=overdue&side=held") == [handed[1]]
    assert await seen_by(town, "kind=apology_owed&side=held") == handed


async def test_a_list_of_work_names_who_received_and_who_holds(client, handed, agency, town):
    answer = await client.get(f"/v1/overdue-work?kind=overdue&agency={town}")
    shown = {(i["agency_code"], i["resolver_agency_code"]) for i in answer.json()["items"]}
    assert shown == {(agency, town)}


async def test_ageing_goes_by_the_side_as_the_lists_do(client, handed, seen_by, agency, town):
    for who in (agency, town):
        for side in ("received", "held", "either"):
            query = f"agency={who}&side={side}"
            ageing = (await client.get(f"/v1/overdue-work/ageing?{query}")).json()
            assert ageing["total"] == len(await seen_by(who, f"kind=overdue&side={side}"))
            assert ageing["total"] == sum(b["dossiers"] for b in ageing["buckets"])
    default = (await client.get(f"/v1/overdue-work/ageing?agency={town}")).json()
    assert {b["bucket"]: b["dossiers"] for b in default["buckets"] if b["dossiers"]} == {
        "1-2": 1,
        ">10": 1,
    }


async def test_the_holders_officer_sees_the_work_that_is_his(client, handed, act, seen_by, town):
    assert (await act(handed[0], "case-officer", 2, officer="officer-9")).status_code == 200
    assert await seen_by(town, "kind=overdue&officer=officer-9") == [handed[0]]
    assert await seen_by(town, "kind=overdue&officer=officer-1") == [handed[1]]
    ageing = f"/v1/overdue-work/ageing?agency={town}&side=held&officer=officer-9"
    assert (await client.get(ageing)).json()["total"] == 1


async def test_work_of_both_sides_comes_in_pages_and_each_dossier_once(client, handed, works):
    seen, cursor = [], ""
    while cursor is not None:
        more = f"&cursor={cursor}" if cursor else ""
        # Everything in sight is both the desk's and the town's.
        page = (await client.get(f"/v1/overdue-work?kind=overdue&limit=1{more}")).json()
        seen += [item["code"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert [code for code in seen if code in works] == [*handed, works[4]]


async def test_who_received_and_who_holds_may_say_why_it_is_late(handed, act_on, agency, town):
    for version, who in ((2, agency), (3, town)):
        said = await act_on(who, handed[0], "overdue-reasons", version, reason_code="other_agency")
        assert said.status_code == 200, said.text
    elsewhere = await act_on("H56.18", handed[0], "overdue-reasons", 4, reason_code="law")
    assert elsewhere.status_code == 404


async def test_only_who_holds_the_work_names_its_officer(handed, works, act_on, agency, town):
    desk = await act_on(agency, handed[0], "case-officer", 2, officer="officer-1")
    assert (desk.status_code, desk.json()["code"]) == (403, "not_your_act")
    assert desk.json()["details"] == {"act": "assign", "agencies": [town]}
    assert (await act_on(town, handed[0], "case-officer", 2, officer="x")).status_code == 200
    assert (await act_on(agency, works[4], "case-officer", 1, officer="x")).status_code == 200
    assert (await act_on(town, works[4], "case-officer", 2, officer="x")).status_code == 404
