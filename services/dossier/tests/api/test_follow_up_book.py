"""The follow-up book: the dossiers of a year or a month, in volumes as bound registers have."""

import io
import json
from datetime import UTC, datetime

import pytest
from dossier.usecases import follow_up_book
from pypdf import PdfReader


@pytest.fixture
def book(client, agency):
    async def asked(query: str, *, path: str = "", **options):
        return await client.get(f"/v1/agencies/{agency}/follow-up-book{path}?{query}", **options)

    return asked


def words(answer) -> str:
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["cache-control"] == "no-store"
    pages = PdfReader(io.BytesIO(answer.content)).pages
    text = " ".join(page.extract_text() for page in pages)
    return " ".join(text.replace("\u200b", "").split())


@pytest.fixture
async def year(client, a_dossier) -> list[str]:
    days = ["2021-12-31", "2022-01-03", "2022-08-30", "2022-08-31"]
    papers = [a_dossier(received_at=f"{day}T10:00:00+07:00") for day in days]
    return [(await client.post("/v1/dossiers", json=paper)).json()["code"] for paper in papers]


async def test_the_book_holds_the_dossiers_of_a_year(book, year, reads):
    answer = await book("year=2022")
    text = words(answer)
    assert "Năm 2022" in text
    assert "Sổ có 03 hồ sơ tiếp nhận trong năm 2022" in text
    assert [code in text for code in year] == [False, True, True, True]
    assert text.index(year[1]) < text.index(year[2]) < text.index(year[3])
    assert "Được tiếp nhận" in text
    assert await reads(answer) == 3


async def test_a_book_may_be_of_one_month(book, year):
    text = words(await book("year=2022&month=8"))
    assert "Tháng 8 năm 2022" in text
    assert [code in text for code in year] == [False, False, True, True]


async def test_an_empty_book_is_one_of_an_agency_that_exists(client, book):
    for query in ("year=2022", "year=2022&volume=1"):
        assert "Sổ có 00 hồ sơ" in words(await book(query))
    listed = (await book("year=2022", path="/volumes")).json()
    assert (listed["dossiers_count"], listed["volumes"]) == (0, [])
    for path in ("", "/volumes"):
        answer = await client.get(f"/v1/agencies/H99.1/follow-up-book{path}?year=2022")
        assert (answer.status_code, answer.json()["code"]) == (404, "no_such_agency")


async def test_a_book_is_for_case_officers_of_the_agency(book, agency, bearer):
    for path in ("", "/volumes"):
        reader = bearer("dossiers:read", agency=agency)
        assert (await book("year=2022", path=path, headers=reader)).status_code == 403
        stranger = bearer("dossiers:process", agency="H56")
        answer = await book("year=2022", path=path, headers=stranger)
        assert (answer.status_code, answer.json()["code"]) == (403, "not_your_agency")


@pytest.mark.parametrize(
    "query",
    ["", "year=1999", "year=2100", "year=2022&month=13", "year=2022&volume=0"],
)
async def test_a_book_is_of_a_year_that_codes_can_write(book, query):
    assert (await book(query)).status_code == 422


async def test_the_book_is_as_known_on_the_day_it_is_printed(book, year, app):
    app.state.clock = lambda: datetime(2022, 12, 1, tzinfo=UTC)
    assert "in ngày 01 tháng 12 năm 2022" in words(await book("year=2022"))


@pytest.fixture
async def received(client, a_dossier, monkeypatch) -> list[str]:
    """Five dossiers of two days, with two to a volume."""
    monkeypatch.setattr(follow_up_book, "DOSSIERS_PER_VOLUME", 2)
    days = ["2022-08-30"] * 3 + ["2022-09-05"] * 2
    papers = [a_dossier(received_at=f"{day}T10:00:00+07:00") for day in days]
    return [(await client.post("/v1/dossiers", json=paper)).json()["code"] for paper in papers]


async def test_the_volumes_of_a_book_are_listed(book, received, agency):
    listed = (await book("year=2022", path="/volumes")).json()
    assert listed == {
        "agency_code": agency,
        "year": 2022,
        "month": None,
        "dossiers_count": 5,
        "volumes": [
            {
                "volume": volume,
                "dossiers_count": last - first + 1,
                "first_entry": first,
                "last_entry": last,
                "first_code": received[first - 1],
                "last_code": received[last - 1],
            }
            for volume, first, last in ((1, 1, 2), (2, 3, 4), (3, 5, 5))
        ],
    }


async def test_every_dossier_is_in_one_volume_and_entries_count_on(book, received, reads):
    first, second, third = [await book(f"year=2022&volume={volume}") for volume in (1, 2, 3)]
    text = words(second)
    assert [code in text for code in received] == [False, False, True, True, False]
    assert "Quyển số 2 (sổ có 03 quyển) Từ số thứ tự 3 đến số thứ tự 4" in text
    assert f"Từ hồ sơ {received[2]} đến hồ sơ {received[3]}" in text
    assert "Nhận từ ngày 30/08/2022 đến ngày 05/09/2022" in text
    assert f"4 {received[3]}" in text
    assert "Quyển số 2 có 02 hồ sơ (từ số thứ tự 3 đến số thứ tự 4) trong 05 hồ sơ" in text
    assert "Năm 2022, quyển số 2/3 – Trang 2/2" in text
    assert received[0] in words(first)
    assert f"5 {received[4]}" in words(third)
    assert [await reads(each) for each in (first, second, third)] == [2, 2, 1]
    assert second.headers["content-disposition"].endswith('-2022-quyen-2.pdf"')


async def test_a_book_of_several_volumes_is_printed_by_volume(book, received, reads):
    answer = await book("year=2022")
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (409, "book_too_long")
    assert problem["details"] == {"span": "2022", "dossiers_count": 5, "volumes_count": 3}
    assert "?volume=3" in problem["detail"]
    assert await reads(answer) == 0


async def test_a_volume_that_is_not_there_is_refused(book, received):
    answer = await book("year=2022&volume=4")
    assert (answer.status_code, answer.json()["code"]) == (404, "no_such_volume")
    assert answer.json()["details"] == {"span": "2022", "volume": 4, "volumes_count": 3}


async def test_a_month_has_volumes_and_entries_of_its_own(book, received):
    listed = (await book("year=2022&month=9", path="/volumes")).json()
    assert [each["first_entry"] for each in listed["volumes"]] == [1]
    assert f"1 {received[3]}" in words(await book("year=2022&month=9"))
    answer = await book("year=2022&month=8")
    assert answer.json()["details"] == {"span": "2022-08", "dossiers_count": 3, "volumes_count": 2}
    assert "Tháng 8 năm 2022, quyển số 2/2" in words(await book("year=2022&month=8&volume=2"))


async def test_a_full_volume_is_printed(client, book, a_dossier, reads):
    size = follow_up_book.DOSSIERS_PER_VOLUME
    paper = a_dossier()
    lines = (json.dumps({**paper, "external_id": f"{number}"}) for number in range(size + 1))
    imported = await client.post(
        "/v1/dossier-imports",
        content="\n".join(lines).encode(),
        headers={"Content-Type": "application/x-ndjson"},
    )
    assert imported.text.count('"stored"') == size + 1
    full = await book("year=2022&volume=1")
    text = words(full)
    assert "220831-0001" in text
    assert f"220831-{size}" in text
    assert f"220831-{size + 1}" not in text
    assert await reads(full) == size
    last = words(await book("year=2022&volume=2"))
    assert f"Từ số thứ tự {size + 1} đến số thứ tự {size + 1}" in last
