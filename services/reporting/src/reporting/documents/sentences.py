"""The sentences of the report that are composed from figures."""

from reporting.documents import numbers_vi
from reporting.documents.content import ReportContent
from reporting.documents.document import Paragraph, ParagraphKind
from reporting.documents.wording import Wording

DESK = "Bộ phận Tiếp nhận và Trả kết quả"
_LEVELS = (
    ("procedures.online.level_3", "mức độ 3"),
    ("procedures.online.level_4", "mức độ 4"),
    ("procedures.online.partly_online", "dịch vụ công trực tuyến một phần"),
    ("procedures.online.fully_online", "dịch vụ công trực tuyến toàn trình"),
)


def item(text: str) -> Paragraph:
    """Set a sentence as an item with a dash."""
    return Paragraph(text, ParagraphKind.ITEM)


def publication(content: ReportContent, words: Wording) -> tuple[Paragraph, ...]:
    """Say how many procedures are in force, published and posted."""
    ending = numbers_vi.day(content.last_day)
    if words.has("procedures.in_force"):
        total = words.counted("procedures.in_force", "thủ tục hành chính (TTHC)")
        first = (
            f"Tính đến hết kỳ báo cáo (ngày {ending}) có {total} thuộc thẩm quyền giải quyết của "
            f"{content.agency_name}; trong đó {online_procedures(words)}."
        )
    else:
        first = (
            f"Số thủ tục hành chính (TTHC) thuộc thẩm quyền giải quyết của {content.agency_name} "
            f"tính đến hết kỳ báo cáo (ngày {ending}): {words.plain('procedures.in_force')}."
        )
    published = words.rate("procedures.published", "thủ tục")
    posted = words.rate("procedures.posted", "thủ tục")
    return (
        Paragraph(first),
        item(f"TTHC còn hiệu lực đã có quyết định công bố: {published}."),
        item(f"TTHC được niêm yết, công khai đầy đủ: {posted}."),
    )


def online_procedures(words: Wording) -> str:
    """Write the procedures offered online with their levels, as a part of a sentence."""
    if not words.has("procedures.online"):
        return f"số thủ tục cung cấp trực tuyến: {words.plain('procedures.online')}"
    levels = words.breakdown(_LEVELS, "thủ tục")
    return words.counted("procedures.online", "thủ tục trực tuyến") + (
        f" ({levels})" if levels else ""
    )


def review(_: ReportContent, words: Wording) -> tuple[Paragraph, ...]:
    """Say how many of the reviewed procedures had their time limit cut."""
    cut = words.rate("reviews.time_limit_cut", "thủ tục được rà soát")
    return (Paragraph(f"Tỷ lệ thủ tục được cắt giảm thời gian giải quyết sau rà soát: {cut}."),)


def feedback(content: ReportContent, words: Wording) -> tuple[Paragraph, ...]:
    """Say how much feedback came in and how much was answered in time."""
    received = words.whole("feedback.received")
    unit = "phản ánh, kiến nghị"
    if received == 0:
        text = (
            f"Trong {content.period_label}, không có {unit} của cá nhân, tổ chức về quy định hành "
            f"chính và hành vi hành chính (0 {unit})."
        )
        return (Paragraph(text),)
    total = words.counted("feedback.received", unit)
    regulation = words.plain("feedback.received.regulation")
    conduct = words.plain("feedback.received.conduct")
    return (
        Paragraph(
            f"Số {unit} tiếp nhận trong {content.period_label}: {total}; trong đó về quy định "
            f"hành chính: {regulation}; về hành vi hành chính: {conduct}."
        ),
        Paragraph(
            f"Đã trả lời: {words.counted('feedback.answered', unit)}; trả lời đúng thời hạn: "
            f"{words.rate('feedback.answered_on_time', unit)}."
        ),
    )


def settling(content: ReportContent, words: Wording) -> tuple[Paragraph, ...]:
    """Say what came in, what was settled and how, and what is pending."""
    return (
        Paragraph(_received(content, words)),
        Paragraph(_settled(words)),
        Paragraph(
            f"Số hồ sơ đang giải quyết: {_dossiers(words, 'pending')}; trong hạn: "
            f"{_dossiers(words, 'pending.in_time')}; quá hạn: "
            f"{_dossiers(words, 'pending.overdue')}."
        ),
        item(
            "Số văn bản xin lỗi đối với hồ sơ giải quyết quá hạn: "
            f"{words.counted('dossiers.apologies', 'văn bản')}; hồ sơ giải quyết quá hạn chưa có "
            f"văn bản xin lỗi: {_dossiers(words, 'settled.late.without_apology')}."
        ),
        item(
            "Hồ sơ được công khai tiến độ, kết quả giải quyết để tra cứu theo mã hồ sơ: "
            f"{words.rate('dossiers.progress_public', 'hồ sơ')}."
        ),
    )


def _received(content: ReportContent, words: Wording) -> str:
    if words.has("dossiers.received"):
        opening = (
            f"Trong {content.period_label}, {DESK} {content.agency_name} đã tiếp nhận mới "
            f"{_dossiers(words, 'received')}"
        )
    else:
        opening = f"Số hồ sơ tiếp nhận mới trong {content.period_label}: {words.plain('')}"
    online = _dossiers(words, "received.online")
    rate = words.rate("dossiers.received.online.share", "hồ sơ")
    return (
        f"{opening}; trong đó tiếp nhận trực tuyến: {online}, tỷ lệ {rate}; tiếp nhận trực "
        f"tiếp: {_dossiers(words, 'received.direct')}; qua dịch vụ bưu chính công ích: "
        f"{_dossiers(words, 'received.postal')}. Số hồ sơ từ kỳ trước chuyển qua: "
        f"{_dossiers(words, 'carried_over')}. Tổng số hồ sơ nhận giải quyết: "
        f"{_dossiers(words, 'total')}."
    )


def _settled(words: Wording) -> str:
    return (
        f"Số hồ sơ đã giải quyết: {_dossiers(words, 'settled')}; trong đó giải quyết trước hạn: "
        f"{_dossiers(words, 'settled.early')}; đúng hạn: {_dossiers(words, 'settled.on_time')}; "
        f"quá hạn: {_dossiers(words, 'settled.late')}. Tỷ lệ giải quyết trước hạn và đúng hạn: "
        f"{words.rate('dossiers.settled.in_time_rate', 'hồ sơ')}."
    )


def _dossiers(words: Wording, key: str) -> str:
    return words.counted(f"dossiers.{key}", "hồ sơ")


def posting(_: ReportContent, words: Wording) -> tuple[Paragraph, ...]:
    """Say where the procedures are posted and settled, and what was returned by post."""
    places = (
        (f"TTHC niêm yết tại {DESK}", "procedures.posted.desk"),
        ("TTHC công khai trên Trang thông tin điện tử", "procedures.posted.agency_portal"),
        (f"TTHC tiếp nhận và trả kết quả tại {DESK}", "procedures.received_and_returned_at_desk"),
        (f"TTHC giải quyết ngay tại {DESK} (“4 tại chỗ”)", "procedures.settled_at_desk"),
    )
    postal = words.counted("dossiers.returned.postal", "hồ sơ")
    return (
        *(item(f"{label}: {words.rate(key, 'thủ tục')}.") for label, key in places),
        item(f"Trả kết quả qua dịch vụ bưu chính công ích: {postal}."),
    )


def online_services(content: ReportContent, words: Wording) -> tuple[Paragraph, ...]:
    """Say what is offered online and how much of it was used."""
    used = words.counted("dossiers.online.procedures", "thủ tục")
    return (
        Paragraph(
            f"Tính đến ngày {numbers_vi.day(content.last_day)}, {content.agency_name} cung cấp "
            f"{online_procedures(words)}, tỷ lệ "
            f"{words.rate('procedures.online.share', 'thủ tục')}."
        ),
        item(f"Thủ tục trực tuyến có phát sinh hồ sơ trực tuyến trong kỳ: {used}."),
        item(
            f"Hồ sơ tiếp nhận trực tuyến trong kỳ: {_dossiers(words, 'received.online')}, tỷ lệ "
            f"{words.rate('dossiers.received.online.share', 'hồ sơ')}; hồ sơ trực tuyến giải "
            f"quyết quá hạn: {_dossiers(words, 'online.settled.late')}."
        ),
    )


def certified_copies(content: ReportContent, words: Wording) -> tuple[Paragraph, ...]:
    """Say how many copies were certified electronically."""
    copies = words.counted("certified_copies", "bản sao")
    text = f"Số bản sao điện tử được chứng thực từ bản chính trong {content.period_label}: {copies}"
    return (Paragraph(f"{text}."),)
