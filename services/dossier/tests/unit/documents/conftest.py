import io
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from dossier.documents.content import (
    Apology,
    Applicant,
    BookEntry,
    ControlSheet,
    FollowUpBook,
    HandOver,
    Matter,
    Receipt,
    Refusal,
    SupplementRequest,
)
from dossier.domain.due_date import TimeUnit
from dossier.domain.facts import Channel
from dossier.domain.procedures import Component
from pypdf import PdfReader

CODE = "H56.18.26-220831-0012"
WARD = "Ủy ban nhân dân phường Phú Sơn"


def local(day: int, hour: int, minute: int = 0, *, month: int = 9) -> datetime:
    """Return the UTC instant of a wall-clock time in September 2022."""
    return datetime(2022, month, day, hour - 7, minute, tzinfo=UTC)


APPLICANT = Applicant(
    full_name="Người nộp mẫu 001",
    address="Số 12, đường Mẫu, phường Phú Sơn",
    phone="0900000456",
    email="mau.001@example.vn",
)
MATTER = Matter(
    code=CODE,
    number="220831-0012",
    agency_name=WARD,
    place="Phú Sơn",
    applicant=APPLICANT,
    procedure_code="1.001193",
    procedure_name="Đăng ký khai sinh",
    subject=None,
)


@pytest.fixture
def a_receipt() -> Callable[..., Receipt]:
    def receipt(**changes) -> Receipt:
        usual = {
            "matter": MATTER,
            "channel": Channel.DIRECT,
            "received_at": local(31, 10, 5, month=8),
            "due_on": date(2022, 9, 7),
            "time_limit_value": 3,
            "time_limit_unit": TimeUnit.WORKING_DAY,
            "components": (Component("Tờ khai", 1, 0), Component("Giấy chứng sinh", 0, 2)),
            "components_count": 2,
            "sets_count": 1,
        }
        return Receipt(**{**usual, **changes})

    return receipt


@pytest.fixture
def a_request() -> SupplementRequest:
    return SupplementRequest(
        matter=MATTER,
        ordinal=1,
        items=("Bản sao giấy kết hôn", "Ghi đủ nơi sinh"),
        reason="Hồ sơ chưa đủ thành phần",
        asked_at=local(1, 9),
    )


@pytest.fixture
def a_refusal() -> Refusal:
    return Refusal(matter=MATTER, reason="Không thuộc thẩm quyền", refused_at=local(1, 9))


@pytest.fixture
def an_apology() -> Apology:
    return Apology(
        matter=MATTER,
        received_at=local(31, 10, 5, month=8),
        due_on=date(2022, 9, 7),
        promised_on=date(2022, 9, 12),
        reason="Chờ kết quả xác minh",
        sent_at=local(6, 15, 30),
    )


@pytest.fixture
def a_sheet() -> Callable[..., ControlSheet]:
    def sheet(*steps: HandOver, resolver: str = WARD) -> ControlSheet:
        return ControlSheet(
            matter=MATTER,
            resolver=resolver,
            received_at=local(31, 10, 5, month=8),
            due_on=date(2022, 9, 7),
            hand_overs=steps,
        )

    return sheet


@pytest.fixture
def a_step() -> Callable[..., HandOver]:
    def step(**changes) -> HandOver:
        usual = {
            "step_name": "Thẩm định",
            "giver": "Bộ phận một cửa",
            "given_at": local(31, 10, 40, month=8),
            "given_by": "can-bo-01",
            "taker": "Công chức Tư pháp",
            "taken_at": local(31, 11, month=8),
            "taken_by": "can-bo-02",
            "due_on": date(2022, 9, 5),
            "completed_at": local(5, 9),
        }
        return HandOver(**{**usual, **changes})

    return step


@pytest.fixture
def a_book() -> Callable[..., FollowUpBook]:
    def entry(number: int, **changes) -> BookEntry:
        usual = {
            "code": f"H56.18.26-220831-{number:04}",
            "procedure_name": "Đăng ký khai sinh",
            "applicant_name": f"Người nộp mẫu {number:03}",
            "address": "Phường Phú Sơn",
            "phone": "0900000456",
            "resolver": WARD,
            "received_on": date(2022, 8, 31),
            "due_on": date(2022, 9, 7),
            "returned_on": date(2022, 9, 6),
            "return_method": "Trực tiếp",
        }
        return BookEntry(**{**usual, **changes})

    def book(count: int, *, month: int | None = None, **changes) -> FollowUpBook:
        entries = tuple(entry(number, **changes) for number in range(1, count + 1))
        return FollowUpBook(
            agency_name=WARD,
            place="Phú Sơn",
            year=2022,
            month=month,
            printed_on=date(2022, 10, 15),
            entries=entries,
        )

    return book


@pytest.fixture(scope="session")
def words() -> Callable[[bytes], str]:
    """Return a function: PDF -> its words, one space between them."""

    def read(pdf: bytes) -> str:
        pages = PdfReader(io.BytesIO(pdf)).pages
        return " ".join(" ".join(page.extract_text() for page in pages).split())

    return read
