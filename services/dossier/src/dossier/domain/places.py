"""The place an agency writes before the date: the unit of administration where it has its seat."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

NAMED_AFTER = frozenset({"Hồ Chí Minh"})
"""Units named after people and events, as far as known; a setting names those of a province."""

_KINDS = {
    "thành phố": "Thành phố",
    "tp": "Thành phố",
    "thị xã": "Thị xã",
    "tx": "Thị xã",
    "thị trấn": "Thị trấn",
    "tt": "Thị trấn",
    "phường": "Phường",
    "p": "Phường",
    "quận": "Quận",
    "q": "Quận",
    "huyện đảo": "Huyện đảo",
    "huyện": "Huyện",
    "h": "Huyện",
    "tỉnh": "Tỉnh",
    "xã": "Xã",
    "đặc khu": "Đặc khu",
}
_WORDS = "|".join(kind for kind in _KINDS if " " in kind or len(kind) > len("tp"))
_SHORT = "|".join(kind for kind in _KINDS if len(kind) <= len("tp"))
COMMITTEE = re.compile(r"(?:UBND|Ủy ban nhân dân|Uỷ ban nhân dân)\s+", re.IGNORECASE)
"""How the name of a people's committee begins, before that of its unit."""
_UNIT = re.compile(
    rf"(?:(?P<kind>{_WORDS})\s+|(?P<short>{_SHORT})(?:\.\s*|\s+|(?=\d)))(?P<name>\S.*)",
    re.IGNORECASE,
)
_UNIT_WITHIN = re.compile(rf"(?<!\w)(?P<kind>{_WORDS})\s+(?P<name>\S.*)", re.IGNORECASE)
_REST = re.compile(rf"\s*[,(].*|\s+(?:-\s+)?(?:{_WORDS}|trực thuộc|thuộc)\s.*")
"""What follows a unit's own name: the units it lies in."""
_SEVERAL = re.compile(r"\b(?:khu vực|liên (?:xã|phường|huyện))\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Unit:
    kind: str | None
    name: str


def place(agency_name: str, in_full: Collection[str] = NAMED_AFTER) -> str | None:
    """Return the unit that an agency's name names, bare; None when it names none.

    A number is no name without its kind ("Phường 5"), nor is that of a person or an event
    ("Thành phố Hồ Chí Minh"): `in_full` has those names.

    Law: NĐ 30/2020/NĐ-CP, phụ lục I
    """
    name = " ".join(agency_name.split())
    for unit in _units(name):
        bare = _REST.sub("", unit.name)
        if bare.isupper():
            bare = bare.title()
        if unit.kind is None or not _needs_kind(bare, in_full):
            return bare
        return f"{unit.kind} {bare}"
    return None


def _units(name: str) -> Iterator[_Unit]:
    """Yield the units a name names: a committee's own, or those within a department's name."""
    committee = COMMITTEE.match(name)
    own = name if committee is None else name[committee.end() :]
    unit = _UNIT.match(own)
    if unit is not None and _is_name(unit["name"]):
        yield _Unit(_KINDS[(unit["kind"] or unit["short"]).lower()], unit["name"])
    elif committee is not None:
        yield _Unit(None, own)
    elif not _SEVERAL.search(name):
        yield from (
            _Unit(_KINDS[found["kind"].lower()], found["name"])
            for found in _UNIT_WITHIN.finditer(name)
            if _is_name(found["name"])
        )


def _is_name(words: str) -> bool:
    """Tell a name from other words: "xã hội" and "huyện ủy" are no units."""
    return (words[0].isupper() or words[0].isdigit()) and not words.lower().startswith("hội ")


def _needs_kind(bare: str, in_full: Collection[str]) -> bool:
    return bare[0].isdigit() or bare.casefold() in {name.casefold() for name in in_full}
