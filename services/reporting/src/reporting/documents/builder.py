"""Compose the printed report from figures, narratives and marks."""

import re
import unicodedata
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar, cast

from reporting.documents import head_block, numbers_vi
from reporting.documents.content import FormContent, ReportContent
from reporting.documents.document import Align, Annex, HeaderCell, Paragraph, ReportDocument, Table
from reporting.documents.form_table import form_table
from reporting.documents.outline import Outline, paragraphs

_WORK = (
    "kiểm soát thủ tục hành chính, thực hiện cơ chế một cửa, một cửa liên thông và thực hiện thủ "
    "tục hành chính trên môi trường điện tử"
)
_LEGAL_BASIS = (
    "Thực hiện Nghị định số 63/2010/NĐ-CP ngày 08 tháng 6 năm 2010 của Chính phủ về kiểm soát thủ "
    "tục hành chính và Thông tư số 01/2020/TT-VPCP ngày 21 tháng 10 năm 2020 của Bộ trưởng, Chủ "
    "nhiệm Văn phòng Chính phủ quy định chế độ báo cáo định kỳ và quản lý, sử dụng, khai thác Hệ "
    "thống thông tin báo cáo của Văn phòng Chính phủ."
)
_SEVERITIES = {"error": "Lỗi", "warning": "Cảnh báo", "notice": "Lưu ý"}
_FINDING_HEADS = ("TT", "Mức độ", "Nội dung", "Mã kiểm tra")
_UNPRINTABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029"  # control characters and line ends
    "\u200e\u200f\u202a-\u202e\u2066-\u2069"  # marks that print a number backwards
    "\ud800-\udfff\ufeff\ufffe\uffff]"  # halves of characters and none at all
)
_T = TypeVar("_T")


def build_document(content: ReportContent) -> ReportDocument:
    """Write the report of NĐ 63/2010 article 35 in full; nothing in it depends on the clock."""
    return _printable(
        ReportDocument(
            parent_name=head_block.parent_line(content),
            agency_lines=head_block.agency_lines(content.agency_name),
            number_line=head_block.number_line(content),
            place_and_date=head_block.place_and_date(content),
            mark="" if content.digest else head_block.DRAFT,
            title="BÁO CÁO",
            subject=(
                f"Tình hình, kết quả thực hiện {_WORK} {content.period_label} "
                f"tại {content.agency_name}"
            ),
            recipient=content.parent_name,
            introduction=_introduction(content),
            sections=Outline(content).sections(),
            closing=(
                f"Trên đây là báo cáo tình hình, kết quả thực hiện {_WORK} {content.period_label} "
                f"của {content.agency_name}./."
            ),
            authority=content.signer.authority,
            signer_name=content.signer.name,
            recipients=head_block.recipients(content),
            annexes=_annexes(content),
            seal=head_block.seal_lines(content),
            dated_on=content.sealed_on or content.issued_on or content.last_day,
        )
    )


def _introduction(content: ReportContent) -> tuple[Paragraph, ...]:
    """Name the grounds and announce the report; a written text that announces it is enough."""
    grounds = paragraphs(content.narratives.get("introduction", "")) or (Paragraph(_LEGAL_BASIS),)
    if grounds[-1].text.endswith(":"):
        return grounds
    announced = Paragraph(
        f"{content.agency_name} báo cáo tình hình, kết quả thực hiện {_WORK} "
        f"{content.period_label} (số liệu {_window(content)}) với những nội dung sau:"
    )
    return (*grounds, announced)


def _window(content: ReportContent) -> str:
    first, last = numbers_vi.day(content.first_day), numbers_vi.day(content.last_day)
    return f"từ ngày {first} đến hết ngày {last}"


def _annexes(content: ReportContent) -> tuple[Annex, ...]:
    form = (_form_annex(content, content.form),) if content.form else ()
    return (*form, _findings_annex(content)) if content.findings else form


def _form_annex(content: ReportContent, form: FormContent) -> Annex:
    return Annex(
        code=f"Biểu số {form.code}/VPCP/KSTT",
        title=form.title,
        notes=(
            f"Kỳ báo cáo: {content.period_label} ({_window(content)})",
            f"Đơn vị báo cáo: {content.agency_name}",
            "Đơn vị tính: hồ sơ",
        ),
        table=form_table(form),
        landscape=True,
    )


def _findings_annex(content: ReportContent) -> Annex:
    rows = tuple(
        (
            numbers_vi.count(at),
            _SEVERITIES.get(finding.severity, finding.severity),
            finding.message,
            finding.check_id,
        )
        for at, finding in enumerate(content.findings, start=1)
    )
    table = Table(
        widths=(10, 20, 86, 44),
        aligns=(Align.CENTER, Align.CENTER, Align.LEFT, Align.LEFT),
        header=tuple(HeaderCell(0, at, 1, 1, head) for at, head in enumerate(_FINDING_HEADS)),
        rows=rows,
    )
    return Annex(
        code="Phụ lục",
        title="KẾT QUẢ KIỂM TRA CHÉO SỐ LIỆU",
        notes=(f"Kỳ báo cáo: {content.period_label} ({_window(content)})",),
        table=table,
    )


def _printable(value: _T) -> _T:
    """Return the value with every text in it composed (NFC) and free of unprintable characters.

    XML refuses most of them, and a line end or a mark of direction would garble the layout.
    """
    cleaned: Any = value
    if isinstance(value, str) and type(value) is str:
        cleaned = unicodedata.normalize("NFC", _UNPRINTABLE.sub(" ", value))
    elif isinstance(value, tuple):
        cleaned = tuple(_printable(part) for part in value)
    elif is_dataclass(value) and not isinstance(value, type):
        parts = {part.name: _printable(getattr(value, part.name)) for part in fields(value)}
        cleaned = replace(value, **parts)
    return cast("_T", cleaned)
