"""What the checks know of the figures: what each counts, which are parts of which."""

from collections.abc import Mapping
from dataclasses import dataclass

INDICATORS = tuple(f"rating.indicator.{number}" for number in range(1, 10))
LEVELS = tuple(f"procedures.online.level_{number}" for number in range(1, 5))
SATISFACTION = (
    "satisfaction.not_satisfied",
    "satisfaction.satisfied",
    "satisfaction.very_satisfied",
)

_FAMILIES: Mapping[str, str] = {
    "procedures.": "procedure",
    "reviews.": "procedure",
    "dossiers.": "dossier",
    "feedback.": "feedback",
    "rating.": "point",
    "satisfaction.": "ballot",
}
_OF_THEIR_OWN: Mapping[str, str] = {
    "certified_copies": "copy",
    "dossiers.online.procedures": "procedure",
    "dossiers.apologies": "apology",
    "rating.indicators_counted": "indicator",
    "rating.indicators_counted.all": "indicator",
}

_UNIT_WORDS: Mapping[str, tuple[str, ...]] = {
    "procedure": ("procedure",),
    "thủ tục": ("procedure",),
    "thủ tục hành chính": ("procedure",),
    "tthc": ("procedure",),
    "dossier": ("dossier",),
    "hồ sơ": ("dossier",),
    "hs": ("dossier",),
    "copy": ("copy",),
    "bản": ("copy",),
    "bản sao": ("copy",),
    "ballot": ("ballot",),
    "phiếu": ("ballot", "apology"),
    "phiếu đánh giá": ("ballot",),
    "phiếu xin lỗi": ("apology",),
    "lượt": ("ballot", "copy"),
    "point": ("point",),
    "điểm": ("point",),
    "feedback": ("feedback",),
    "ý kiến": ("feedback",),
    "phản ánh, kiến nghị": ("feedback",),
    "apology": ("apology",),
    "văn bản": ("apology",),
    "văn bản xin lỗi": ("apology",),
    "indicator": ("indicator",),
    "chỉ số": ("indicator",),
    "percent": ("percent",),
    "%": ("percent",),
}
"""What a printed word may count: a letter of apology is a `phiếu` as much as a ballot is."""

UNIT_LABELS: Mapping[str, str] = {
    "procedure": "thủ tục",
    "dossier": "hồ sơ",
    "copy": "bản sao",
    "ballot": "phiếu",
    "point": "điểm",
    "feedback": "phản ánh, kiến nghị",
    "apology": "văn bản xin lỗi",
    "indicator": "chỉ số",
    "percent": "%",
}


def unit_of(key: str) -> str | None:
    """Return what the figure counts, or None when the key is not one we know."""
    if key in _OF_THEIR_OWN:
        return _OF_THEIR_OWN[key]
    return next((unit for family, unit in _FAMILIES.items() if key.startswith(family)), None)


def units_meant(words: str) -> tuple[str, ...]:
    """Return the units that printed words (`HS`, `hồ sơ`) may mean; none when we cannot tell."""
    return _UNIT_WORDS.get(" ".join(words.casefold().split()), ())


@dataclass(frozen=True, slots=True)
class SumOf:
    """An identity between counts: `whole` = the sum of `parts` (and of `optional`, if stated)."""

    check_id: str
    whole: tuple[str, ...]
    parts: tuple[str, ...]
    optional: tuple[str, ...] = ()


IDENTITIES: tuple[SumOf, ...] = (
    SumOf(
        "balance_received",
        ("dossiers.received",),
        ("dossiers.received.online", "dossiers.received.direct"),
        ("dossiers.received.postal",),
    ),
    SumOf("balance_total", ("dossiers.total",), ("dossiers.received", "dossiers.carried_over")),
    SumOf(
        "balance_settled",
        ("dossiers.settled",),
        ("dossiers.settled.early", "dossiers.settled.on_time", "dossiers.settled.late"),
    ),
    SumOf(
        "balance_pending",
        ("dossiers.pending",),
        ("dossiers.pending.in_time", "dossiers.pending.overdue"),
    ),
    SumOf(
        "balance_flow",
        ("dossiers.received", "dossiers.carried_over"),
        ("dossiers.settled", "dossiers.pending"),
    ),
    SumOf("balance_flow", ("dossiers.total",), ("dossiers.settled", "dossiers.pending")),
    SumOf(
        "balance_online_levels",
        ("procedures.online",),
        ("procedures.online.level_3", "procedures.online.level_4"),
        ("procedures.online.partly_online", "procedures.online.fully_online"),
    ),
    SumOf(
        "balance_online_levels",
        ("procedures.online",),
        ("procedures.online.partly_online", "procedures.online.fully_online"),
        ("procedures.online.level_3", "procedures.online.level_4"),
    ),
)
"""The identities of form II.06a in the words of figures, and the levels of online services.

Law: TT 01/2020/TT-VPCP, biểu II.06a
"""


@dataclass(frozen=True, slots=True)
class ShareOf:
    """A percentage of known counts; an empty part is not stated elsewhere in a report."""

    numerator: tuple[str, ...]
    denominator: tuple[str, ...]


SHARES: Mapping[str, ShareOf] = {
    "dossiers.received.online.share": ShareOf(
        ("dossiers.received.online",), ("dossiers.received",)
    ),
    "dossiers.settled.in_time_rate": ShareOf(
        ("dossiers.settled.early", "dossiers.settled.on_time"), ("dossiers.settled",)
    ),
    "dossiers.progress_public": ShareOf((), ("dossiers.received",)),
    "procedures.online.share": ShareOf(("procedures.online",), ("procedures.in_force",)),
    "procedures.published": ShareOf((), ("procedures.in_force",)),
    "procedures.posted": ShareOf((), ("procedures.in_force",)),
    "procedures.posted.desk": ShareOf((), ("procedures.in_force",)),
    "procedures.posted.agency_portal": ShareOf((), ("procedures.in_force",)),
    "procedures.settled_at_desk": ShareOf((), ("procedures.in_force",)),
    "procedures.received_and_returned_at_desk": ShareOf((), ("procedures.in_force",)),
    "reviews.time_limit_cut": ShareOf((), ()),
    "feedback.answered_on_time": ShareOf((), ()),
    **{key: ShareOf((), ("satisfaction.ballots",)) for key in SATISFACTION},
}
