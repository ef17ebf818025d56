"""The quarter of ward Phú Sơn as content to print, and the words of what was printed."""

import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import docx
import pytest
from docx.table import Table as WordTable
from pypdf import PdfReader
from reporting.documents.content import (
    FigureValue,
    FormColumn,
    FormContent,
    FormRow,
    ReportContent,
    Signer,
)

RELEASE = Path(__file__).parents[3] / "releases" / "form-ii06a.json"
COUNTS = {
    "procedures.in_force": 220,
    "procedures.online": 42,
    "procedures.online.level_3": 8,
    "procedures.online.level_4": 34,
    "procedures.online.partly_online": 0,
    "procedures.online.fully_online": 0,
    "dossiers.received": 389,
    "dossiers.received.online": 131,
    "dossiers.received.direct": 258,
    "dossiers.received.postal": 0,
    "dossiers.carried_over": 0,
    "dossiers.total": 389,
    "dossiers.settled": 389,
    "dossiers.settled.early": 316,
    "dossiers.settled.on_time": 70,
    "dossiers.settled.late": 3,
    "dossiers.settled.late.without_apology": 3,
    "dossiers.pending": 0,
    "dossiers.pending.in_time": 0,
    "dossiers.pending.overdue": 0,
    "dossiers.apologies": 0,
    "dossiers.online.procedures": 7,
    "dossiers.online.settled.late": 0,
    "dossiers.returned.postal": 0,
    "certified_copies": 288,
    "feedback.received": 0,
    "satisfaction.ballots": 125,
    "rating.maximum": 14,
    "rating.indicators_counted": 7,
}
RATES = {
    "procedures.published": ("100", 220, 220),
    "procedures.posted": ("100", 220, 220),
    "procedures.posted.desk": ("100", 220, 220),
    "procedures.posted.agency_portal": ("100", 220, 220),
    "procedures.online.share": ("19.1", 42, 220),
    "procedures.settled_at_desk": ("100", 220, 220),
    "procedures.received_and_returned_at_desk": ("100", 220, 220),
    "reviews.time_limit_cut": ("100", 7, 7),
    "dossiers.received.online.share": ("33.7", 131, 389),
    "dossiers.settled.in_time_rate": ("99.2", 386, 389),
    "dossiers.progress_public": ("100", 389, 389),
    "satisfaction.not_satisfied": ("0", 0, 125),
    "satisfaction.satisfied": ("18.4", 23, 125),
    "satisfaction.very_satisfied": ("81.6", 102, 125),
    "rating.indicator.1": ("1.8", 702, 389),
    "rating.indicator.2": ("1.8", 702, 389),
    "rating.indicator.3": ("2.0", 250, 125),
    "rating.indicator.7": ("1.8", 702, 389),
}
WORDS = {"rating.class": "Tốt"}
ROWS = (
    FormRow("Chứng thực", (250, 70, 180, 0, 250, 200, 47, 3, 0, 0, 0)),
    FormRow("Hộ tịch", (139, 61, 78, 0, 139, 116, 23, 0, 0, 0, 0)),
)
TOTAL = FormRow("Tổng cộng", (389, 131, 258, 0, 389, 316, 70, 3, 0, 0, 0))
NARRATIVES = {
    "direction": "Kế hoạch số 31/KH-UBND ngày 28/4/2022 tiếp tục được thực hiện.",
    "facilities": "- Có phòng làm việc riêng.\n- Có máy tính, máy in.",
    "staffing": "Bố trí 02 công chức.",
    "communication": "Tuyên truyền trên hệ thống truyền thanh.",
    "strengths": "Được lãnh đạo quan tâm.",
    "limitations": "Trang thiết bị chưa đồng bộ.",
    "next_tasks": "Thực hiện thường xuyên việc công khai.",
}


@pytest.fixture(scope="session")
def columns() -> tuple[FormColumn, ...]:
    release = json.loads(RELEASE.read_text(encoding="utf-8"))
    return tuple(
        FormColumn(column["number"], column["label"], column.get("group", ""))
        for column in release["columns"]
    )


@pytest.fixture(scope="session")
def a_report(columns) -> Callable[..., ReportContent]:
    """Return a function that gives the quarter's report, with the named fields changed."""
    figures = {key: FigureValue(count) for key, count in COUNTS.items()}
    figures |= {key: FigureValue(Decimal(rate), n, d) for key, (rate, n, d) in RATES.items()}
    figures |= {key: FigureValue(word) for key, word in WORDS.items()}
    figures["rating.score"] = FigureValue(Decimal("13.4"))
    quarter = ReportContent(
        agency_name="UBND phường Phú Sơn",
        parent_name="UBND thị xã Bỉm Sơn",
        first_day=date(2022, 6, 15),
        last_day=date(2022, 9, 14),
        period_label="quý III năm 2022",
        next_period_label="quý IV năm 2022",
        figures=figures,
        form=FormContent("II.06a", "TÌNH HÌNH, KẾT QUẢ GIẢI QUYẾT TTHC", columns, ROWS, TOTAL),
        narratives=NARRATIVES,
        signer=Signer(name="Người Ký Mẫu"),
    )

    def changed(**fields) -> ReportContent:
        return replace(quarter, **fields)

    return changed


@pytest.fixture(scope="session")
def pdf_words() -> Callable[[bytes], str]:
    """Return a function: PDF -> its words, one space between them."""

    def words(pdf: bytes) -> str:
        pages = PdfReader(io.BytesIO(pdf)).pages
        return " ".join(" ".join(page.extract_text() for page in pages).split())

    return words


@pytest.fixture(scope="session")
def docx_words() -> Callable[[bytes], str]:
    """Return a function: DOCX -> its words in reading order, one space between them."""

    def words(packed: bytes) -> str:
        found = []
        for block in docx.Document(io.BytesIO(packed)).iter_inner_content():
            if isinstance(block, WordTable):
                cells = [cell for row in block.rows for cell in row.cells]
                found += [cell.text for cell in cells]
            else:
                found.append(block.text)
        return re.sub(r"\s+", " ", " ".join(found))

    return words
