"""Forms 01 to 04 put into words."""

from datetime import date, datetime

from kernel.time_zone import local_day

from dossier.documents import wording
from dossier.documents.content import (
    Apology,
    Matter,
    Receipt,
    Refusal,
    SupplementRequest,
)
from dossier.documents.paper import (
    ONE_STOP_DESK,
    Block,
    Head,
    Items,
    Line,
    Pair,
    Paragraph,
    Signature,
    Slip,
)
from dossier.domain.printed_forms import FormKind, FormSet
from dossier.domain.procedures import Component

_ROOM = "." * 24
_SIGN = "(Ký và ghi rõ họ tên)"
_APPLICANT_SIGNS = Signature("NGƯỜI NỘP HỒ SƠ", _SIGN)
_OFFICER_SIGNS = Signature("NGƯỜI TIẾP NHẬN HỒ SƠ", _SIGN)
_GUIDE_SIGNS = Signature("NGƯỜI HƯỚNG DẪN", _SIGN)
_HEAD_SIGNS = Signature("THỦ TRƯỞNG CƠ QUAN, ĐƠN VỊ", "(Ký, ghi rõ họ tên và đóng dấu)")


def receipt(content: Receipt, forms: FormSet) -> Slip:
    """Put form 01 into words: what was received, from whom, and when the result is due."""
    matter, received_on = content.matter, local_day(content.received_at)
    blocks: tuple[Block, ...] = (
        Line("Bộ phận Tiếp nhận và Trả kết quả", matter.agency_name),
        Line("Tiếp nhận hồ sơ của", matter.applicant.full_name, weighty=True),
        *_reachable(matter),
        *_asked(matter),
        *_handed_in(content),
        Pair(
            Line("Số lượng hồ sơ (bộ)", _counted(content.sets_count)),
            Line("Hình thức nộp", wording.CHANNELS[content.channel]),
        ),
        Line(
            "Thời gian giải quyết hồ sơ theo quy định",
            wording.time_limit(content.time_limit_value, content.time_limit_unit),
        ),
        Line("Thời gian nhận hồ sơ", wording.moment(content.received_at)),
        Line(
            "Thời gian trả kết quả giải quyết hồ sơ",
            _day_or_blank(content.due_on),
            weighty=True,
        ),
        Line("Đăng ký nhận kết quả tại", None),
        Line(
            f"Vào Sổ theo dõi hồ sơ năm {received_on.year}, số thứ tự",
            matter.number,
        ),
    )
    return _slip(
        matter,
        forms,
        FormKind.RECEIPT,
        on=received_on,
        blocks=blocks,
        signatures=(_APPLICANT_SIGNS, _OFFICER_SIGNS),
        notes=(
            "Giấy này được lập thành hai liên: người nộp hồ sơ giữ một, bộ phận tiếp nhận lưu một.",
            "Quét mã QR để lấy mã hồ sơ và tra cứu mức độ hoàn thành.",
        ),
    )


def supplement_request(content: SupplementRequest, forms: FormSet) -> Slip:
    """Put form 02 into words: what is missing, item by item, and why."""
    matter = content.matter
    blocks: tuple[Block, ...] = (
        Line("Hồ sơ của", matter.applicant.full_name, weighty=True),
        *_asked(matter),
        *_reachable(matter),
        Items("Yêu cầu bổ sung, hoàn thiện hồ sơ gồm những nội dung sau:", content.items),
        Line("Lý do", content.reason),
        Paragraph(
            "Trong quá trình bổ sung, hoàn thiện hồ sơ, nếu có vướng mắc, Ông (Bà) liên hệ với "
            f"Bộ phận Tiếp nhận và Trả kết quả, {matter.agency_name} để được hướng dẫn./."
        ),
    )
    return _slip(
        matter,
        forms,
        FormKind.SUPPLEMENT_REQUEST,
        on=local_day(content.asked_at),
        ordinal=content.ordinal,
        blocks=blocks,
        signatures=(_APPLICANT_SIGNS, _GUIDE_SIGNS),
    )


def refusal(content: Refusal, forms: FormSet) -> Slip:
    """Put form 03 into words: that the dossier is refused, and why."""
    matter = content.matter
    desk = f"Bộ phận Tiếp nhận và Trả kết quả, {matter.agency_name}"
    blocks: tuple[Block, ...] = (
        Line(f"{desk} đã tiếp nhận hồ sơ của", matter.applicant.full_name, weighty=True),
        *_reachable(matter),
        *_asked(matter),
        Paragraph(
            f"Qua xem xét, {desk} thông báo không tiếp nhận, giải quyết hồ sơ này với lý do cụ "
            "thể như sau:"
        ),
        Paragraph(content.reason),
        Paragraph("Xin thông báo cho Ông (Bà) được biết và thực hiện./."),
    )
    return _slip(
        matter,
        forms,
        FormKind.REFUSAL,
        on=local_day(content.refused_at),
        blocks=blocks,
        signatures=(_APPLICANT_SIGNS, _OFFICER_SIGNS),
    )


def apology(content: Apology, forms: FormSet) -> Slip:
    """Put form 04 into words: the agency apologises, says why, and makes a new appointment."""
    matter, agency = content.matter, content.matter.agency_name
    asked = matter.subject or matter.procedure_name or f"thủ tục {matter.procedure_code}"
    blocks: tuple[Block, ...] = (
        Line("Kính gửi", matter.applicant.full_name, weighty=True),
        Paragraph(
            f"Ngày {wording.day(local_day(content.received_at))}, {agency} đã tiếp nhận hồ sơ của "
            f"Ông (Bà), mã số {matter.code}, đề nghị giải quyết: {asked}."
        ),
        Line("Thời gian hẹn trả kết quả", _day_or_blank(content.due_on), weighty=True),
        Paragraph(
            f"Tuy nhiên, {agency} chưa thể trả kết quả giải quyết hồ sơ của Ông (Bà) đúng thời hạn "
            "ghi trên Giấy tiếp nhận hồ sơ và hẹn trả kết quả."
        ),
        Line("Lý do", content.reason),
        Paragraph(
            "Sự chậm trễ này gây phiền hà, tốn kém chi phí và công sức của Ông (Bà). Chúng tôi xin "
            f"lỗi Ông (Bà) và hẹn trả kết quả vào {wording.long_day(content.promised_on)}."
        ),
        Paragraph("Mong nhận được sự thông cảm của Ông (Bà)./."),
    )
    return _slip(
        matter,
        forms,
        FormKind.APOLOGY,
        on=local_day(content.sent_at),
        blocks=blocks,
        signatures=(_HEAD_SIGNS,),
        desk=(),
    )


def head(
    agency_name: str,
    *,
    place: str | None,
    on: date,
    number: str | None = None,
    desk: tuple[str, ...] = ONE_STOP_DESK,
) -> Head:
    """Return the head of a paper issued by an agency on a day, with room for a place not known.

    Law: NĐ 30/2020/NĐ-CP, phụ lục I
    """
    return Head(
        agency=wording.agency_lines(agency_name),
        desk=desk,
        number=number,
        place_and_date=f"{place or _ROOM}, {wording.long_day(on)}",
    )


def form_name(forms: FormSet, kind: FormKind) -> str:
    """Name the form and its circular, as the foot of the paper does."""
    return f"Mẫu số {forms.of_kind(kind).number} - {forms.instrument}"


def _slip(
    matter: Matter,
    forms: FormSet,
    kind: FormKind,
    *,
    on: date,
    blocks: tuple[Block, ...],
    signatures: tuple[Signature, ...],
    notes: tuple[str, ...] = (),
    ordinal: int = 1,
    desk: tuple[str, ...] = ONE_STOP_DESK,
) -> Slip:
    template = forms.of_kind(kind)
    number = _numbered(matter.number, ordinal, template.sign)
    return Slip(
        head=head(matter.agency_name, place=matter.place, on=on, number=number, desk=desk),
        form=form_name(forms, kind),
        title=template.title,
        code=matter.code,
        code_label=matter.code_label,
        blocks=blocks,
        signatures=signatures,
        notes=notes,
        dated_on=on,
    )


def _numbered(number: str | None, ordinal: int, sign: str | None) -> str:
    """Write a paper's number and sign; the second of its kind for one dossier adds an ordinal."""
    written = "          " if number is None else number
    return f"Số: {written}{f'.{ordinal}' if ordinal > 1 else ''}/{sign}"


def _reachable(matter: Matter) -> tuple[Block, ...]:
    who = matter.applicant
    return (
        Line("Địa chỉ", who.address),
        Pair(Line("Số điện thoại", who.phone), Line("Email", who.email)),
    )


def _asked(matter: Matter) -> tuple[Block, ...]:
    procedure = f"{matter.procedure_name or 'Thủ tục'} (mã thủ tục {matter.procedure_code})"
    if matter.subject is None:
        return (Line("Nội dung yêu cầu giải quyết", procedure),)
    return (
        Line("Nội dung yêu cầu giải quyết", matter.subject),
        Line("Thủ tục hành chính", procedure),
    )


def _handed_in(content: Receipt) -> tuple[Block, ...]:
    counted = Line("Số loại giấy tờ đã nộp", _counted(content.components_count))
    if not content.components:
        return (Line("Thành phần hồ sơ nộp gồm", None), counted)
    listed = tuple(_component(component) for component in content.components)
    return (Items("Thành phần hồ sơ theo quy định của thủ tục:", listed), counted)


def _component(component: Component) -> str:
    kinds = (("bản chính", component.original_count), ("bản sao", component.copy_count))
    counts = "; ".join(f"{name}: {wording.count(n)}" for name, n in kinds if n)
    return f"{component.name} ({counts})" if counts else component.name


def _counted(number: int | None) -> str | None:
    return None if number is None else wording.count(number)


def _day_or_blank(day: date | None) -> str | None:
    return None if day is None else wording.long_day(day)


def instant_or_blank(instant: datetime | None) -> str:
    """Write an instant, nothing for one that has not come."""
    return "" if instant is None else wording.short_moment(instant)
