"""Every figure the service offers: its key, label, unit, definition and law, defined once."""

from kernel.figures import FigureDefinition, FigureKind

from dossier.domain.overdue import LATE_REASONS
from dossier.domain.readings import READINGS

_FORM = "TT 01/2020/TT-VPCP form II.06a"
_OURS = "our reading"


def _count(key: str, label: str, definition: str, law: str = _FORM) -> FigureDefinition:
    return FigureDefinition(key, label, "dossier", FigureKind.COUNT, definition, law)


def _rate(key: str, label: str, definition: str, law: str = _FORM) -> FigureDefinition:
    return FigureDefinition(key, label, "percent", FigureKind.RATIO, definition, law)


COUNTED: tuple[FigureDefinition, ...] = (
    _count(
        "dossiers.received",
        "Số hồ sơ mới tiếp nhận trong kỳ",
        "Ngày tiếp nhận (ngày địa phương) nằm trong kỳ; hồ sơ trực tuyến tính khi được tiếp nhận, không tính hồ sơ bị từ chối tiếp nhận.",
    ),
    _count(
        "dossiers.received.online",
        "Tiếp nhận mới trực tuyến",
        "Như «Số hồ sơ mới tiếp nhận trong kỳ», nộp trực tuyến (cột 4).",
    ),
    _count(
        "dossiers.received.direct",
        "Tiếp nhận mới trực tiếp",
        "Như «Số hồ sơ mới tiếp nhận trong kỳ», nộp trực tiếp (một phần cột 5).",
    ),
    _count(
        "dossiers.received.postal",
        "Tiếp nhận mới qua bưu chính công ích",
        "Như «Số hồ sơ mới tiếp nhận trong kỳ», nộp qua bưu chính công ích (một phần cột 5).",
    ),
    _count(
        "dossiers.carried_over",
        "Hồ sơ từ kỳ trước chuyển qua",
        "Tiếp nhận trước kỳ và chưa kết thúc trước ngày đầu kỳ (cột 6).",
    ),
    _count(
        "dossiers.total",
        "Tổng số hồ sơ nhận giải quyết",
        "Mới tiếp nhận trong kỳ cộng kỳ trước chuyển qua (cột 3).",
    ),
    _count(
        "dossiers.settled",
        "Số hồ sơ đã giải quyết",
        "Kết thúc trong kỳ: đã xử lý xong hoặc dừng xử lý (cột 7).",
    ),
    _count(
        "dossiers.settled.early",
        "Giải quyết trước hạn",
        "Kết thúc trong kỳ, ngày kết thúc trước ngày đến hạn hợp pháp (cột 8).",
    ),
    _count(
        "dossiers.settled.on_time",
        "Giải quyết đúng hạn",
        "Kết thúc trong kỳ, đúng ngày đến hạn hợp pháp hoặc không có thời hạn (cột 9).",
    ),
    _count(
        "dossiers.settled.late",
        "Giải quyết quá hạn",
        "Kết thúc trong kỳ, sau ngày đến hạn hợp pháp; thư xin lỗi không dời ngày đến hạn (cột 10).",
    ),
    *(
        _count(
            f"dossiers.settled.with_result.{how}",
            f"Giải quyết có kết quả, {label}",
            f"Như «Giải quyết {label}», đã xử lý xong; không kể hồ sơ dừng xử lý, trả lại hoặc rút.",
            _OURS,
        )
        for how, label in (
            ("early", "trước hạn"),
            ("on_time", "đúng hạn"),
            ("late", "quá hạn"),
        )
    ),
    _count(
        "dossiers.settled.without_result",
        "Kết thúc không có kết quả",
        "Kết thúc trong kỳ do dừng xử lý, trả lại hoặc người nộp rút hồ sơ.",
        _OURS,
    ),
    _count(
        "dossiers.pending",
        "Số hồ sơ đang giải quyết",
        "Tiếp nhận đến hết kỳ và chưa kết thúc tại ngày cuối kỳ (cột 11).",
    ),
    _count(
        "dossiers.pending.in_time",
        "Đang giải quyết, trong hạn",
        "Đang giải quyết, ngày đến hạn không trước ngày cuối kỳ, hoặc đang chờ bổ sung, chờ nghĩa vụ tài chính (cột 12).",
    ),
    _count(
        "dossiers.pending.overdue",
        "Đang giải quyết, quá hạn",
        "Đang giải quyết, ngày đến hạn trước ngày cuối kỳ và không ở trạng thái chờ (cột 13).",
    ),
    _count(
        "dossiers.online.settled.late",
        "Hồ sơ trực tuyến giải quyết quá hạn",
        "Nộp trực tuyến, kết thúc trong kỳ sau ngày đến hạn hợp pháp.",
        "TT 01/2018/TT-VPCP art. 15",
    ),
    _count(
        "dossiers.apologies",
        "Số văn bản xin lỗi đã gửi",
        "Phiếu xin lỗi và hẹn lại ngày trả kết quả gửi trong kỳ; mỗi hồ sơ tối đa một lần.",
        "NĐ 61/2018/NĐ-CP art. 19.9",
    ),
    _count(
        "dossiers.settled.late.without_apology",
        "Giải quyết quá hạn không có xin lỗi",
        "Giải quyết quá hạn trong kỳ mà đến ngày kết thúc chưa gửi phiếu xin lỗi.",
        "NĐ 61/2018/NĐ-CP art. 19.9",
    ),
    _count(
        "dossiers.returned.postal",
        "Trả kết quả qua bưu chính công ích",
        "Kết quả trả trong kỳ qua dịch vụ bưu chính công ích.",
        _OURS,
    ),
)
"""Figures that count dossiers one by one: `classification.contribution` says which."""

RATES: dict[str, tuple[str, str]] = {
    "dossiers.received.online.share": ("dossiers.received.online", "dossiers.received"),
    "dossiers.settled.in_time_rate": ("dossiers.settled.in_time", "dossiers.settled"),
    "dossiers.progress_public": ("dossiers.received", "dossiers.received"),
}
"""Rates as (numerator, denominator): keys of `COUNTED`, or `dossiers.settled.in_time`."""

_OTHERS: tuple[FigureDefinition, ...] = (
    _rate(
        "dossiers.received.online.share",
        "Tỷ lệ hồ sơ tiếp nhận trực tuyến",
        "Hồ sơ mới tiếp nhận trực tuyến trên tổng số hồ sơ mới tiếp nhận trong kỳ.",
    ),
    _rate(
        "dossiers.settled.in_time_rate",
        "Tỷ lệ giải quyết trước và đúng hạn",
        "Hồ sơ giải quyết trước hạn và đúng hạn trên tổng số hồ sơ đã giải quyết trong kỳ.",
    ),
    _rate(
        "dossiers.progress_public",
        "Tỷ lệ hồ sơ công khai tiến độ",
        "Hồ sơ mới tiếp nhận trong kỳ tra cứu được mức độ hoàn thành bằng mã hồ sơ, không cần đăng nhập.",
        "TT 01/2018/TT-VPCP art. 16",
    ),
    FigureDefinition(
        "dossiers.online.procedures",
        "Số thủ tục phát sinh hồ sơ trực tuyến",
        "procedure",
        FigureKind.COUNT,
        "Số thủ tục khác nhau có hồ sơ trực tuyến được tiếp nhận trong kỳ.",
        _OURS,
    ),
    FigureDefinition(
        "certified_copies",
        "Chứng thực bản sao điện tử từ bản chính",
        "copy",
        FigureKind.COUNT,
        "Số bản sao điện tử được chứng thực trong các ngày thuộc kỳ (đơn vị: bản sao, không phải hồ sơ).",
        _OURS,
    ),
)

DEFINITIONS: dict[str, FigureDefinition] = {
    d.key: d for d in (*COUNTED, *_OTHERS, *READINGS, *LATE_REASONS)
}

ONLINE_PROCEDURES = "dossiers.online.procedures"

NOT_BROKEN_DOWN = "certified_copies"
"""A day's number of an agency: copies belong to no dossier."""

BROKEN_DOWN: tuple[str, ...] = tuple(key for key in DEFINITIONS if key != NOT_BROKEN_DOWN)
"""The figures that are also kept by procedure field, procedure, channel and officer."""

FIELD = "procedure_field"
DIMENSIONS: dict[str, str] = {
    FIELD: "field_code",
    "procedure": "procedure_code",
    "channel": "channel",
    "officer": "officer",
}
"""What they are broken down by, and the fact that says it. The officer is the one in charge: as
assigned, until then whoever took the dossier in."""

NO_FIELD = "khac"
"""A dossier whose procedure names no field is counted under "Khác", never dropped."""

NO_OFFICER = "-"
"""Whose dossier nobody recorded."""
