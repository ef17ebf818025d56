"""The head of the paper: agency, number, place and date, recipient, signature, recipients."""

import re

from reporting.documents import numbers_vi
from reporting.documents.content import ReportContent

MOTTO = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc")
DRAFT = "DỰ THẢO"
_COMMITTEE = re.compile(r"^(?:UBND|Ủy ban nhân dân)\s+", re.IGNORECASE)
_KIND_OF_PLACE = re.compile(
    r"^(?:thành phố|thị xã|thị trấn|phường|quận|huyện|tỉnh|xã)\s+", re.IGNORECASE
)
_MISSING_NUMBER = "      "


def is_committee(name: str) -> bool:
    """Tell whether the agency is a people's committee, which prints no parent above its name."""
    return _COMMITTEE.match(name) is not None


def agency_lines(name: str) -> tuple[str, ...]:
    """Break the agency's name as in the head block: ỦY BAN NHÂN DÂN / PHƯỜNG PHÚ SƠN."""
    if not is_committee(name):
        return (name.upper(),)
    return ("ỦY BAN NHÂN DÂN", _COMMITTEE.sub("", name).upper())


def parent_line(content: ReportContent) -> str:
    """Return the parent's name in capitals; empty above a people's committee."""
    return "" if is_committee(content.agency_name) else content.parent_name.upper()


def number_line(content: ReportContent) -> str:
    """Write the number and sign of the paper, with room for the number until it has one."""
    number = content.number if "/" in content.number else f"{content.number}/BC-UBND"
    if not content.number:
        number = f"{_MISSING_NUMBER}/BC-UBND"
    return f"Số: {number}"


def place_and_date(content: ReportContent) -> str:
    """Write where and when the paper was issued; the place is the agency's own name."""
    place = content.place
    if place is None:
        place = _KIND_OF_PLACE.sub("", _COMMITTEE.sub("", content.agency_name))
    return f"{place}, {numbers_vi.long_day(content.issued_on)}"


def recipients(content: ReportContent) -> tuple[str, ...]:
    """Return the lines under `Nơi nhận`, the parent agency first, the archive last."""
    if content.recipients is not None:
        return content.recipients
    parent = (f"{content.parent_name} (b/c)",) if content.parent_name else ()
    return (*parent, "Lưu: VT")


def seal_lines(content: ReportContent) -> tuple[str, ...]:
    """Write the digest that the sealed figures can be checked against; empty for a draft."""
    if content.digest is None:
        return ()
    on = f" ngày {numbers_vi.day(content.sealed_on)}" if content.sealed_on else ""
    return (f"Số liệu đã niêm phong{on}. Mã kiểm tra:", content.digest)
