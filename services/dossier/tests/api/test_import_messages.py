"""What an import says of a line it does not store: a stable code, a pointer, Vietnamese words."""

import ast
import json
from pathlib import Path

import pytest
from dossier.domain import history, past_hands, retelling
from dossier.messages_vi import WHY_INCONSISTENT


@pytest.fixture
def problem(client, a_history):
    async def of(*, language: str = "vi", without: str | None = None, **changes) -> dict:
        line = a_history(1, **changes)
        line.pop(without, None)
        answer = await client.post(
            "/v1/dossier-imports",
            content=json.dumps(line),
            headers={"content-type": "application/x-ndjson", "accept-language": language},
        )
        return json.loads(answer.text)["problem"]

    return of


@pytest.mark.parametrize(
    ("changes", "pointer", "code", "message"),
    [
        ({"without": "channel"}, "channel", "missing", "thiếu trường bắt buộc"),
        ({"màu": "đỏ"}, "màu", "extra_forbidden", "trường không được hỗ trợ"),
        ({"subject": 3}, "subject", "string_type", "phải là văn bản"),
        (
            {"received_at": "hôm qua"},
            "received_at",
            "datetime_from_date_parsing",
            "phải là thời điểm dạng 2022-07-15T08:00:00+07:00",
        ),
        (
            {"received_at": "2022-07-04T08:00:00"},
            "received_at",
            "timezone_aware",
            "thời điểm phải kèm múi giờ, như +07:00",
        ),
        ({"pauses": 1}, "pauses", "tuple_type", "phải là một danh sách"),
        ({"applicant": []}, "applicant", "model_type", "phải là một đối tượng JSON"),
        ({"channel": "fax"}, "channel", "enum", "giá trị không thuộc danh mục"),
        (
            {"due_date": {"due_on": "mai", "reason": "x"}},
            "due_date/due_on",
            "date_from_datetime_parsing",
            "phải là ngày dạng 2022-07-15",
        ),
    ],
)
async def test_each_field_is_told_what_is_wrong_with_it(problem, changes, pointer, code, message):
    told = await problem(**changes)
    assert told["code"] == "invalid_fields"
    assert told["pointers"] == [pointer]
    assert told["errors"] == [{"pointer": pointer, "code": code, "message": message}]
    assert told["detail"] == f"Nội dung có trường không hợp lệ. {pointer}: {message}."


async def test_a_contradiction_is_told_in_words_and_where_it_is(problem):
    told = await problem(settled_at="2022-07-01T00:00:00Z")
    assert (told["code"], told["reason"]) == ("inconsistent_history", "order")
    assert told["pointers"] == ["settled_at"]
    assert told["detail"].startswith("Lịch sử hồ sơ mâu thuẫn ở settled_at: thời điểm này trước")
    in_english = await problem(settled_at="2022-07-01T00:00:00Z", language="en")
    assert "this is before the act it follows" in in_english["detail"]


async def test_an_instant_is_told_in_the_time_of_vietnam(problem):
    told = await problem(received_at="2022-12-31T18:30:00Z")
    assert told["code"] == "in_the_future"
    assert told["detail"] == "Thời điểm 01/01/2023 01:30:00 ở tương lai."
    told = await problem(received_at="2022-12-31T18:30:00Z", language="en")
    assert told["detail"] == "2023-01-01 01:30:00+07:00 is in the future."


async def test_the_desk_tells_instants_alike(client, a_dossier):
    answer = await client.post("/v1/dossiers", json=a_dossier(received_at="2022-12-31T18:30:00Z"))
    assert answer.json()["detail"] == "Thời điểm 01/01/2023 01:30:00 ở tương lai."
    assert answer.json()["details"] == {"occurred_at": "2022-12-31 18:30:00+00:00"}


def test_every_contradiction_has_words_in_both_languages():
    said = {
        keyword.value.value
        for module in (history, past_hands, retelling)
        for node in ast.walk(ast.parse(Path(module.__file__).read_text()))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "InconsistentHistory"
        for keyword in node.keywords
        if keyword.arg == "why"
    }
    assert said == WHY_INCONSISTENT["vi"].keys() == WHY_INCONSISTENT["en"].keys()
