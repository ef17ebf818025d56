"""The desk prints its forms: from the record, in clear, and who looked is recorded."""

import io
from uuid import uuid4

import pytest
from pypdf import PdfReader

COMPONENTS = [{"name": "Tờ khai theo mẫu", "original_count": 1, "copy_count": 0}]
AN_APOLOGY = {
    "reason_code": "agency",
    "reason": "Chờ xác minh",
    "promised_on": "2022-09-12",
    "sent_at": "2022-09-06T09:00:00+07:00",
}
A_REQUEST = {
    "items": [{"component": "Giấy chứng sinh", "what_is_missing": "Chưa chứng thực"}],
    "reason": "Hồ sơ chưa đủ",
    "asked_at": "2022-09-05T15:00:00+07:00",
}


def words(answer) -> str:
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["cache-control"] == "no-store"
    pages = PdfReader(io.BytesIO(answer.content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


@pytest.fixture
def printed(client, code):
    async def form(number: str):
        return await client.get(f"/v1/dossiers/{code}/forms/{number}")

    return form


async def test_the_receipt_comes_from_the_record(client, catalog, a_dossier, agency, reads):
    catalog.procedures["1.001193"][0].update(components=COMPONENTS, sets_count=1)
    receipt = (await client.post("/v1/dossiers", json=a_dossier())).json()
    answer = await client.get(f"/v1/dossiers/{receipt['code']}/forms/01")
    text = words(answer)
    for said in (
        f"ỦY BAN NHÂN DÂN PHƯỜNG MẪU {agency}",
        "Số: 220831-0001/TNHS",
        receipt["code"],
        "Người nộp mẫu 001",
        "0900000456",
        "1. Tờ khai theo mẫu (bản chính: 01)",
        "10 giờ 00 phút, ngày 31 tháng 8 năm 2022",
        "ngày 07 tháng 9 năm 2022",
    ):
        assert said in text
    assert await reads(answer) == 1


async def test_a_receipt_printed_again_is_the_same_receipt(printed, act):
    """Also after a supplement has moved the due date."""
    first = await printed("01")
    await act("supplement-requests", 1, **A_REQUEST)
    await act("supplements", 2, received_at="2022-09-12T09:00:00+07:00")
    assert (await printed("01")).content == first.content


async def test_a_supplement_request_is_printed_item_by_item(printed, act):
    await act("supplement-requests", 1, **A_REQUEST)
    text = words(await printed("02"))
    assert "Số: 220831-0001/HDHS" in text
    assert "1. Giấy chứng sinh: Chưa chứng thực" in text
    assert "Lý do: Hồ sơ chưa đủ" in text
    assert "ngày 05 tháng 9 năm 2022" in text


async def test_a_stopped_dossier_gets_a_refusal_that_says_why(printed, act):
    await act("stop", 1, reason="Không đủ điều kiện", stopped_at="2022-09-06T02:00:00Z")
    text = words(await printed("03"))
    assert "Không đủ điều kiện" in text
    assert "Phú" not in text
    assert "ngày 06 tháng 9 năm 2022" in text


async def test_a_refusal_stays_the_same_whatever_is_noted_afterwards(printed, act):
    await act("stop", 1, reason="Không đủ điều kiện", stopped_at="2022-09-06T02:00:00Z")
    before = await printed("03")
    noted = await act("case-officer", 2, officer="officer-b")
    assert noted.status_code == 200, noted.text
    assert (await printed("03")).content == before.content


@pytest.fixture
def void(client, code, bearer):
    """Return a function: have the end that an event recorded corrected to one that never was."""

    async def correct(event_number: int) -> None:
        said = {
            "corrects": "end",
            "event_number": event_number,
            "corrected_at": None,
            "reason_code": "system_not_updated",
            "reason": "Bấm nhầm",
            "evidence": "Sổ theo dõi, trang 14",
        }
        path = f"/v1/dossiers/{code}/corrections"
        proposed = await client.post(path, json=said)
        assert proposed.status_code == 201, proposed.text
        version = (await client.get(f"/v1/dossiers/{code}")).json()["version"]
        headers = bearer("dossiers:approve", agency="*", subject="officer-2")
        approved = await client.post(
            f"{path}/1/approval", headers={**headers, "If-Match": f'"{version}"'}
        )
        assert approved.status_code == 200, approved.text

    return correct


async def test_a_stop_that_never_came_about_refused_nothing(printed, act, void, reads):
    await act("stop", 1, reason="Không đủ điều kiện", stopped_at="2022-09-06T02:00:00Z")
    await void(2)
    answer = await printed("03")
    assert (answer.status_code, answer.json()["code"]) == (409, "event_void")
    assert answer.json()["details"] == {"event_number": 2}
    assert await reads(answer) == 0
    stopped = await act("stop", 3, reason="Lý do sau", stopped_at="2022-09-07T02:00:00Z")
    assert stopped.status_code == 200, stopped.text
    assert "Lý do sau" in words(await printed("03"))


@pytest.mark.parametrize("desk", ["withdrawal", "stop"])
async def test_a_withdrawal_that_never_came_about_refused_nothing(printed, act, void, desk):
    await act("withdrawal-requests", 1, asked_at="2022-09-05T15:00:00+07:00")
    ended = await act(desk, 2, **({"reason": "Theo yêu cầu"} if desk == "stop" else {}))
    assert ended.status_code == 200, ended.text
    await void(3)
    answer = await printed("03")
    assert (answer.status_code, answer.json()["code"]) == (409, "nothing_refused")


@pytest.mark.parametrize(
    ("desk", "body"),
    [
        ("moves", {"to_status": 8, "reason": "Theo yêu cầu của công dân"}),
        ("stop", {"reason": "Theo yêu cầu của công dân"}),
    ],
)
async def test_a_withdrawn_dossier_was_not_refused_whichever_desk_ended_it(
    printed, act, desk, body
):
    await act("withdrawal-requests", 1, asked_at="2022-09-05T15:00:00+07:00")
    await act(desk, 2, **body)
    answer = await printed("03")
    assert (answer.status_code, answer.json()["code"]) == (409, "nothing_refused")


async def test_a_withdrawn_dossier_was_not_refused(printed, act):
    await act("withdrawal-requests", 1, asked_at="2022-09-05T15:00:00+07:00")
    await act("withdrawal", 2, withdrawn_at="2022-09-06T09:00:00+07:00")
    answer = await printed("03")
    assert (answer.status_code, answer.json()["code"]) == (409, "nothing_refused")


async def test_an_apology_names_both_days(printed, act):
    await act("apologies", 1, **AN_APOLOGY)
    text = words(await printed("04"))
    assert "ngày 07 tháng 9 năm 2022" in text
    assert "hẹn trả kết quả vào ngày 12 tháng 9 năm 2022" in text
    assert "Chờ xác minh" in text
    assert "Số: 220831-0001/PXL" in text


async def test_an_apology_printed_again_names_the_day_it_was_sent_about(printed, act):
    await act("apologies", 1, **AN_APOLOGY)
    first = await printed("04")
    asked = {**A_REQUEST, "asked_at": "2022-09-07T09:00:00+07:00"}
    assert (await act("supplement-requests", 2, **asked)).status_code == 200
    supplied = await act("supplements", 3, received_at="2022-09-12T09:00:00+07:00")
    assert supplied.json()["due_on"] != "2022-09-07"
    assert (await printed("04")).content == first.content


async def test_a_control_sheet_names_both_sides_of_each_hand_over(printed, act, catalog, agency):
    catalog.agencies.add("H79.1")
    handed = {
        "to_agency_code": "H79.1",
        "to_unit": "Phòng Tư pháp",
        "step_name": "Thẩm định",
        "limit_working_days": 1,
        "handed_over_at": "2022-09-05T08:00:00+07:00",
    }
    await act("hand-overs", 1, **handed)
    await act("hand-overs/1/take-over", 2, taken_over_at="2022-09-05T14:00:00+07:00")
    text = words(await printed("05"))
    assert "giải quyết hồ sơ: Ủy ban nhân dân phường Mẫu H79.1" in text
    await act("hand-overs/1/completion", 3, completed_at="2022-09-06T09:00:00+07:00")
    text = words(await printed("05"))
    assert f"giải quyết hồ sơ: Ủy ban nhân dân phường Mẫu {agency}" in text
    for said in (
        "Phòng Tư pháp, Ủy ban nhân dân phường Mẫu H79.1",
        "08 giờ 00 phút, 05/09/2022",
        "14 giờ 00 phút, 05/09/2022",
        "Đúng hạn hạn 06/09/2022",
        "officer-1",
    ):
        assert said in text


@pytest.mark.parametrize(
    ("number", "status", "problem"),
    [
        ("02", 409, "no_supplement_asked"),
        ("03", 409, "nothing_refused"),
        ("04", 409, "no_apology_sent"),
        ("06", 404, "unknown_form"),
        ("07", 404, "unknown_form"),
    ],
)
async def test_a_form_without_its_act_is_refused(printed, reads, number, status, problem):
    answer = await printed(number)
    assert (answer.status_code, answer.json()["code"]) == (status, problem)
    assert await reads(answer) == 0


async def test_what_is_no_number_of_a_form_is_refused(printed):
    assert (await printed("1")).status_code == 422


async def test_there_are_no_forms_for_days_before_the_first_circular(client, a_dossier, catalog):
    catalog.procedures["1.001193"][0].update(valid_from="2010-01-01")
    paper = a_dossier(received_at="2018-11-22T10:00:00+07:00")
    code = (await client.post("/v1/dossiers", json=paper)).json()["code"]
    answer = await client.get(f"/v1/dossiers/{code}/forms/01")
    assert (answer.status_code, answer.json()["code"]) == (409, "no_forms_in_force")


async def test_a_dossier_out_of_sight_is_not_printed(client, code, bearer):
    path = f"/v1/dossiers/{code}/forms/01"
    answer = await client.get(path, headers=bearer("dossiers:process", agency="H56"))
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_dossier")
    assert (await client.get(path, headers=bearer("dossiers:read", agency="*"))).status_code == 403


async def test_an_agency_that_was_not_there_yet_is_named_by_its_code(printed, catalog, agency):
    catalog.agencies.discard(agency)
    assert f"CƠ QUAN {agency}" in words(await printed("01"))


async def test_a_department_writes_the_place_of_its_province(
    client, printed, catalog, agency, a_dossier, later
):
    above, province = agency.rpartition(".")[0], "H77"
    catalog.agencies |= {above, province}
    catalog.names = {
        agency: "Phòng Đăng ký kinh doanh",
        above: "Sở Kế hoạch và Đầu tư",
        province: "Ủy ban nhân dân tỉnh Mẫu",
    }
    assert "Mẫu, ngày 31 tháng 8 năm 2022" in words(await printed("01"))
    book = await client.get(f"/v1/agencies/{agency}/follow-up-book?year=2022")
    assert "Mẫu, ngày 15 tháng 10 năm 2022" in words(book)
    catalog.names[province] = "Bộ Mẫu"
    later(minutes=1)
    assert "...., ngày 31 tháng 8 năm 2022" in words(await printed("01"))


async def test_printing_goes_on_while_the_catalogue_is_away(printed, catalog):
    first = await printed("01")
    catalog.is_away = True
    assert (await printed("01")).content == first.content


@pytest.fixture
async def filing(client, a_dossier) -> str:
    """The path of an online filing."""
    paper = {k: v for k, v in a_dossier().items() if k not in ("channel", "received_at")}
    filed = await client.post("/v1/filings", json=paper)
    return f"/v1/filings/{filed.json()['filing_id']}"


async def test_a_refused_filing_is_printed_under_its_own_id(client, filing, reads):
    early = await client.get(f"{filing}/forms/03")
    assert (early.status_code, early.json()["code"]) == (409, "nothing_refused")
    first = {"If-Match": '"1"'}
    await client.post(f"{filing}/refusal", json={"reason": "Thiếu tờ khai"}, headers=first)
    answer = await client.get(f"{filing}/forms/03")
    assert "Thiếu tờ khai" in words(answer)
    assert filing.rpartition("/")[2] in words(answer).replace(" ", "")
    assert await reads(answer) == 1


async def test_what_a_filing_lacks_is_printed_item_by_item(client, filing):
    early = await client.get(f"{filing}/forms/02")
    assert (early.status_code, early.json()["code"]) == (409, "no_supplement_asked")
    asked = {key: value for key, value in A_REQUEST.items() if key != "asked_at"}
    first = {"If-Match": '"1"'}
    await client.post(f"{filing}/supplement-requests", json=asked, headers=first)
    assert "1. Giấy chứng sinh: Chưa chứng thực" in words(await client.get(f"{filing}/forms/02"))


async def test_a_filing_has_two_forms_and_no_other(client, filing):
    for number in ("01", "04", "05", "06", "07"):
        answer = await client.get(f"{filing}/forms/{number}")
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown_form")
    assert answer.json()["details"]["numbers"] == "01, 02, 03, 04, 05, 06"
    unknown = await client.get(f"/v1/filings/{uuid4()}/forms/03")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown_filing")
