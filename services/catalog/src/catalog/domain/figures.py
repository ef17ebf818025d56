"""The figures of the catalogue: what each one is, and which procedures count."""

from collections.abc import Mapping
from dataclasses import dataclass

from kernel.figures import Figure, FigureDefinition, FigureKind
from kernel.ratios import Ratio

from catalog.domain.desks import AT_THE_DESK, Desk
from catalog.domain.facts import Condition, Facts
from catalog.domain.online_levels import ONLINE, OnlineLevel
from catalog.domain.reviews import Outcome

_PUBLICATION = "NĐ 63/2010/NĐ-CP (công bố thủ tục hành chính)"
_POSTING = "NĐ 63/2010/NĐ-CP (công khai thủ tục hành chính)"
_ONLINE_OLD = "NĐ 43/2011/NĐ-CP"
_ONLINE_NEW = "NĐ 42/2022/NĐ-CP"
_REVIEW = "NĐ 63/2010/NĐ-CP (rà soát, đánh giá thủ tục hành chính)"
_ON_THE_SPOT = "TT 01/2018/TT-VPCP Điều 13"

_EVERY: Condition = {}


@dataclass(frozen=True, slots=True)
class FigureRule:
    """A definition with its decision: among which procedures in force, and which of them count."""

    definition: FigureDefinition
    counts: Condition
    among: Condition

    @property
    def key(self) -> str:
        """Return the key of the definition."""
        return self.definition.key

    def figure(
        self, counted: int, whole: int, *, dimensions: Mapping[str, str] | None = None
    ) -> Figure:
        """Return the figure from how many procedures count, of how many."""
        if self.definition.kind is FigureKind.COUNT:
            return Figure(self.key, counted, dimensions=dimensions or {})
        percent = Ratio(counted, whole).percent()
        return Figure(self.key, percent, counted, whole, dimensions or {})

    @property
    def lists_all_among(self) -> bool:
        """Tell whether the evidence lists the whole population, not only those that count."""
        return self.definition.kind is FigureKind.RATIO

    def lists(self, facts: Facts) -> bool:
        """Tell whether the procedure is in the figure's evidence."""
        return holds(self.among, facts) if self.lists_all_among else self.contributes(facts)

    def contributes(self, facts: Facts) -> bool:
        """Tell whether the procedure adds 1 to the figure (to the numerator of a ratio)."""
        return holds(self.among, facts) and holds(self.counts, facts)


def holds(condition: Condition, facts: Facts) -> bool:
    """Tell whether every named attribute is among the values allowed."""
    return all(getattr(facts, name) in allowed for name, allowed in condition.items())


def _count(key: str, label: str, counts: Condition, *, definition: str, law: str) -> FigureRule:
    defined = FigureDefinition(key, label, "procedure", FigureKind.COUNT, definition, law)
    return FigureRule(defined, counts, _EVERY)


def _ratio(
    key: str, label: str, counts: Condition, *, definition: str, law: str, among: Condition = _EVERY
) -> FigureRule:
    defined = FigureDefinition(key, label, "percent", FigureKind.RATIO, definition, law)
    return FigureRule(defined, counts, among)


_YES = frozenset({True})

RULES: tuple[FigureRule, ...] = (
    _count(
        "procedures.in_force",
        "Số thủ tục hành chính thuộc thẩm quyền giải quyết",
        _EVERY,
        definition="Số mã thủ tục khác nhau có phiên bản đang có hiệu lực và được giao cho cơ quan giải quyết vào ngày cuối kỳ.",
        law=_PUBLICATION,
    ),
    _ratio(
        "procedures.published",
        "Tỷ lệ thủ tục hành chính đã được công bố",
        {"published": _YES},
        definition="Số thủ tục có hiệu lực mà phiên bản đang có hiệu lực đã có quyết định công bố đến ngày cuối kỳ, trên tổng số thủ tục có hiệu lực.",
        law=_PUBLICATION,
    ),
    _ratio(
        "procedures.posted",
        "Tỷ lệ thủ tục hành chính được niêm yết, công khai",
        {"posted_at_desk": _YES, "posted_on_portal": _YES},
        definition="Số thủ tục vừa niêm yết tại bộ phận một cửa vừa đăng trên cổng/trang thông tin của cơ quan đến ngày cuối kỳ, trên tổng số thủ tục có hiệu lực.",
        law=_POSTING,
    ),
    _ratio(
        "procedures.posted.desk",
        "Tỷ lệ thủ tục niêm yết tại bộ phận một cửa",
        {"posted_at_desk": _YES},
        definition="Số thủ tục đã niêm yết tại bộ phận một cửa đến ngày cuối kỳ, trên tổng số thủ tục có hiệu lực.",
        law=_POSTING,
    ),
    _ratio(
        "procedures.posted.agency_portal",
        "Tỷ lệ thủ tục công khai trên cổng/trang thông tin của cơ quan",
        {"posted_on_portal": _YES},
        definition="Số thủ tục đã đăng trên cổng/trang thông tin của cơ quan đến ngày cuối kỳ, trên tổng số thủ tục có hiệu lực.",
        law=_POSTING,
    ),
    _ratio(
        "procedures.posted.national_database",
        "Tỷ lệ thủ tục công khai trên Cơ sở dữ liệu quốc gia về TTHC",
        {"posted_nationally": _YES},
        definition="Số thủ tục đã công khai trên Cơ sở dữ liệu quốc gia về thủ tục hành chính đến ngày cuối kỳ, trên tổng số thủ tục có hiệu lực.",
        law=_POSTING,
    ),
    _count(
        "procedures.online",
        "Số thủ tục cung cấp dịch vụ công trực tuyến",
        {"online_level": ONLINE},
        definition="Số thủ tục có hiệu lực ở mức độ 3, mức độ 4, một phần hoặc toàn trình vào ngày cuối kỳ; mức độ ghi theo cách gọi nào thì tính theo cách gọi đó, không tự quy đổi.",
        law=_ONLINE_NEW,
    ),
    _count(
        "procedures.online.level_3",
        "Số thủ tục trực tuyến mức độ 3",
        {"online_level": frozenset({OnlineLevel.LEVEL_3})},
        definition="Số thủ tục có hiệu lực mà mức độ trực tuyến ghi nhận gần nhất đến ngày cuối kỳ là mức độ 3.",
        law=_ONLINE_OLD,
    ),
    _count(
        "procedures.online.level_4",
        "Số thủ tục trực tuyến mức độ 4",
        {"online_level": frozenset({OnlineLevel.LEVEL_4})},
        definition="Số thủ tục có hiệu lực mà mức độ trực tuyến ghi nhận gần nhất đến ngày cuối kỳ là mức độ 4.",
        law=_ONLINE_OLD,
    ),
    _count(
        "procedures.online.partly_online",
        "Số thủ tục trực tuyến một phần",
        {"online_level": frozenset({OnlineLevel.PARTLY_ONLINE})},
        definition="Số thủ tục có hiệu lực mà mức độ trực tuyến ghi nhận gần nhất đến ngày cuối kỳ là một phần.",
        law=_ONLINE_NEW,
    ),
    _count(
        "procedures.online.fully_online",
        "Số thủ tục trực tuyến toàn trình",
        {"online_level": frozenset({OnlineLevel.FULLY_ONLINE})},
        definition="Số thủ tục có hiệu lực mà mức độ trực tuyến ghi nhận gần nhất đến ngày cuối kỳ là toàn trình.",
        law=_ONLINE_NEW,
    ),
    _ratio(
        "procedures.online.share",
        "Tỷ lệ thủ tục cung cấp dịch vụ công trực tuyến",
        {"online_level": ONLINE},
        definition="Số thủ tục trực tuyến (mức độ 3, 4, một phần, toàn trình) trên tổng số thủ tục có hiệu lực vào ngày cuối kỳ.",
        law=_ON_THE_SPOT,
    ),
    _ratio(
        "procedures.settled_at_desk",
        "Tỷ lệ thủ tục giải quyết ngay tại bộ phận một cửa (4 tại chỗ)",
        {"desk": frozenset({Desk.SETTLED_AT_DESK})},
        definition="Số thủ tục được tiếp nhận, thẩm định, phê duyệt và trả kết quả tại bộ phận một cửa, trên tổng số thủ tục có hiệu lực vào ngày cuối kỳ.",
        law=_ON_THE_SPOT,
    ),
    _ratio(
        "procedures.received_and_returned_at_desk",
        "Tỷ lệ thủ tục tiếp nhận và trả kết quả tại bộ phận một cửa",
        {"desk": AT_THE_DESK},
        definition="Số thủ tục được tiếp nhận và trả kết quả tại bộ phận một cửa (gồm cả thủ tục giải quyết tại chỗ), trên tổng số thủ tục có hiệu lực vào ngày cuối kỳ.",
        law=_ON_THE_SPOT,
    ),
    _ratio(
        "reviews.time_limit_cut",
        "Tỷ lệ thủ tục được cắt giảm thời hạn qua rà soát",
        {"review": frozenset({Outcome.CUT})},
        definition="Trong các thủ tục có hiệu lực vào ngày cuối kỳ đã được rà soát trong 12 tháng đến ngày đó: số thủ tục mà lần rà soát gần nhất cắt giảm thời hạn, trên tổng số đã rà soát.",
        law=_REVIEW,
        among={"review": frozenset(Outcome)},
    ),
)

DEFINITIONS: tuple[FigureDefinition, ...] = tuple(rule.definition for rule in RULES)

BY_KEY: dict[str, FigureRule] = {rule.key: rule for rule in RULES}
