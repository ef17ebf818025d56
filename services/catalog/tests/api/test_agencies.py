async def test_an_agency_is_read_as_of_a_day(clerk, client):
    await clerk.tree()
    moved = {"parent_code": "H56", "valid_from": "2025-07-01"}
    await clerk.recorded("/v1/agencies/H56.18.26/parents", moved)
    before = (await client.get("/v1/agencies/H56.18.26", params={"on": "2025-06-30"})).json()
    after = (await client.get("/v1/agencies/H56.18.26", params={"on": "2025-07-01"})).json()
    assert (before["parent_code"], after["parent_code"]) == ("H56.18", "H56")


async def test_an_agency_is_unknown_before_it_exists_and_after_it_ends(clerk, client):
    await clerk.agency("H56", "province", valid_from="2020-01-01", valid_to="2025-07-01")
    for day, status in [
        ("2019-12-31", 404),
        ("2020-01-01", 200),
        ("2025-06-30", 200),
        ("2025-07-01", 404),
    ]:
        answer = await client.get("/v1/agencies/H56", params={"on": day})
        assert answer.status_code == status, day


async def test_the_subtree_is_that_of_the_day(clerk, client):
    await clerk.tree()
    await clerk.recorded(
        "/v1/agencies/H56.18.26/parents", {"parent_code": None, "valid_from": "2025-07-01"}
    )
    for day, codes in [
        ("2025-06-30", ["H56", "H56.18", "H56.18.26"]),
        ("2025-07-01", ["H56", "H56.18"]),
    ]:
        answer = await client.get("/v1/agencies/H56/subtree", params={"on": day})
        assert answer.json() == {"code": "H56", "on": day, "codes": codes}


async def test_those_that_ended_are_below_whoever_keeps_their_papers(clerk, client):
    await clerk.tree()
    end = await clerk.client.patch(
        "/v1/agencies/H56.18.26",
        json={"valid_to": "2025-07-01"},
        headers={**clerk.headers, "If-Match": '"1"'},
    )
    assert end.status_code == 200, end.text
    for root, with_ended, codes in [
        ("H56", False, ["H56", "H56.18"]),
        ("H56", True, ["H56", "H56.18", "H56.18.26"]),
        ("H56.18.26", True, ["H56.18.26"]),
    ]:
        answer = await client.get(
            f"/v1/agencies/{root}/subtree", params={"on": "2025-07-01", "with_ended": with_ended}
        )
        assert answer.json()["codes"] == codes
    gone = await client.get("/v1/agencies/H56.18.26/subtree", params={"on": "2025-07-01"})
    assert gone.json()["code"] == "agency_not_found"


async def test_the_tree_has_every_agency_where_it_stood_last(clerk, client):
    await clerk.tree()
    await clerk.recorded(
        "/v1/agencies/H56.18.26/parents", {"parent_code": "H56", "valid_from": "2024-01-01"}
    )
    end = await clerk.client.patch(
        "/v1/agencies/H56.18.26",
        json={"valid_to": "2025-07-01"},
        headers={**clerk.headers, "If-Match": '"1"'},
    )
    assert end.status_code == 200, end.text
    for day, above in [("2023-12-31", "H56.18"), ("2024-01-01", "H56"), ("2025-07-01", "H56")]:
        answer = (await client.get("/v1/agency-tree", params={"on": day})).json()
        links = {link["code"]: link["parent_code"] for link in answer["links"]}
        assert links == {"H56": None, "H56.18": "H56", "H56.18.26": above}, day
        ends = {link["code"]: link["valid_to"] for link in answer["links"]}
        assert ends == {"H56": None, "H56.18": None, "H56.18.26": "2025-07-01"}, day


async def test_a_copy_of_the_subtree_is_asked_whether_it_is_fresh(clerk, client):
    await clerk.tree()
    first = await client.get("/v1/agencies/H56/subtree", params={"on": "2022-01-01"})
    tag = {"If-None-Match": first.headers["etag"]}
    again = await client.get("/v1/agencies/H56/subtree", params={"on": "2022-01-01"}, headers=tag)
    assert (again.status_code, again.content) == (304, b"")


async def test_no_agency_stands_above_itself(clerk):
    await clerk.tree()
    answer = await clerk.post(
        "/v1/agencies/H56.18/parents", {"parent_code": "H56.18.26", "valid_from": "2024-01-01"}
    )
    assert answer.json()["code"] == "parent_not_suitable"  # a ward cannot stand above a town
    await clerk.agency("H57", "province", "H56")
    answer = await clerk.post(
        "/v1/agencies/H56/parents", {"parent_code": "H57", "valid_from": "2024-01-01"}
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "hierarchy_cycle")


async def test_a_cycle_that_would_begin_later_is_refused_as_well(clerk):
    await clerk.agency("H56", "province")
    await clerk.agency("H57", "province")
    await clerk.recorded(
        "/v1/agencies/H57/parents", {"parent_code": "H56", "valid_from": "2030-01-01"}
    )
    answer = await clerk.post(
        "/v1/agencies/H56/parents", {"parent_code": "H57", "valid_from": "2024-01-01"}
    )
    assert answer.json()["code"] == "hierarchy_cycle"


async def test_two_parents_from_one_day_are_refused(clerk):
    await clerk.tree()
    answer = await clerk.post(
        "/v1/agencies/H56.18.26/parents", {"parent_code": "H56", "valid_from": "2020-01-01"}
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "parent_exists")


async def test_a_correction_names_the_version_it_corrects(clerk, client):
    await clerk.agency("H56", "province")
    path, body = "/v1/agencies/H56", {"name": "UBND tỉnh"}
    assert (await client.patch(path, json=body, headers=clerk.headers)).status_code == 428
    first = await client.patch(path, json=body, headers={**clerk.headers, "If-Match": '"1"'})
    assert (first.status_code, first.json()["name"]) == (200, "UBND tỉnh")
    assert first.headers["etag"] == '"2"'
    second = await client.patch(path, json=body, headers={**clerk.headers, "If-Match": '"1"'})
    assert (second.status_code, second.json()["code"]) == (412, "version_changed")


async def test_an_agency_cannot_end_before_it_begins(clerk, client):
    await clerk.agency("H56", "province")
    headers = {**clerk.headers, "If-Match": '"1"'}
    answer = await client.patch(
        "/v1/agencies/H56", json={"valid_to": "2019-01-01"}, headers=headers
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "range_reversed")


async def test_a_ward_writes_below_itself_only(clerk, clerk_of):
    await clerk.tree()
    town = clerk_of("H56.18")
    body = {"code": "H56.18.27", "name": "X", "level": "commune", "valid_from": "2020-01-01"}
    assert (await town.post("/v1/agencies", {**body, "parent_code": "H56.18"})).status_code == 201
    refused = await town.post("/v1/agencies", {**body, "code": "H56.19", "parent_code": "H56"})
    assert (refused.status_code, refused.json()["code"]) == (403, "outside_own_agencies")
    root = await town.post("/v1/agencies", {**body, "code": "H57"})
    assert root.json()["code"] == "catalogue_wide_write"


async def test_the_same_key_gives_the_same_answer_and_another_body_is_refused(clerk):
    body = {"code": "H56", "name": "X", "level": "province", "valid_from": "2020-01-01"}
    key = {"Idempotency-Key": "one"}
    first = await clerk.post("/v1/agencies", body, **key)
    again = await clerk.post("/v1/agencies", body, **key)
    assert first.json() == again.json()
    assert first.status_code == again.status_code == 201
    other = await clerk.post("/v1/agencies", {**body, "name": "Y"}, **key)
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")
    assert (await clerk.post("/v1/agencies", body)).json()["code"] == "agency_exists"


async def test_agencies_are_listed_in_pages_without_gap_or_repeat(clerk, client):
    await clerk.agency("H56", "province")
    codes = [f"H56.{number:02}" for number in range(10, 15)]
    for code in codes:
        await clerk.agency(code, "district", "H56")
    seen, cursor = [], None
    while True:
        asked = {"on": "2022-01-01", "parent": "H56", "limit": 2}
        page = (
            await client.get("/v1/agencies", params=asked | ({"cursor": cursor} if cursor else {}))
        ).json()
        seen += [agency["code"] for agency in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == codes
