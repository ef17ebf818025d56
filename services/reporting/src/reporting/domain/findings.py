"""Findings: what a check has to say, with a stable code and a Vietnamese sentence."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Severity(StrEnum):
    """`error`: figures contradict; `warning`: the law or the reader is let down; `notice`: know."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"


class Origin(StrEnum):
    """Whether a finding is about computed figures or about what somebody typed."""

    RECORDS = "records"
    STATED = "stated"


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding; `stated` and `computed` are texts as a Vietnamese reader writes numbers."""

    check_id: str
    severity: Severity
    message: str
    keys: tuple[str, ...] = ()
    stated: str | None = None
    computed: str | None = None
    sections: tuple[str, ...] = ()
    origin: Origin = Origin.STATED


def shown(value: int | Decimal | str | None) -> str:
    """Write a value as Vietnamese reports do: comma before decimals, dot between thousands."""
    if value is None:
        return "không có số liệu"
    if isinstance(value, str):
        return value
    return f"{value:,f}".translate(_SWAP) if isinstance(value, Decimal) else _whole(value)


_SWAP = str.maketrans(",.", ".,")


def _whole(value: int) -> str:
    return f"{value:,d}".translate(_SWAP)


def distinct(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the non-empty texts once each, in order of first appearance."""
    return tuple(dict.fromkeys(text for text in texts if text))
