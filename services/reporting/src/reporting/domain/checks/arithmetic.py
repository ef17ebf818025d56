"""Stated figures against each other: sums, shares, and the same figure in two places."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import product

from kernel.ratios import round_half_up

from reporting.domain.findings import Finding, Severity, distinct, shown
from reporting.domain.known_figures import IDENTITIES, SATISFACTION, SHARES, SumOf
from reporting.domain.statement import StatedFigure, Statement, places

_READINGS = 4
"""A figure printed in several places has several readings; more than four differ anyway."""


def broken_sums(statement: Statement) -> Iterator[Finding]:
    """Find identities that no reading of the stated figures satisfies.

    A figure printed twice with different values is a finding of its own, so one reading that
    balances is enough here. An identity with an unstated figure is not judged.
    """
    for identity in IDENTITIES:
        if not _balances(statement, identity):
            yield _broken_sum(statement, identity)


def _balances(statement: Statement, identity: SumOf) -> bool:
    required = [statement.numbers(key) for key in identity.whole + identity.parts]
    if not all(required):
        return True
    optional = [statement.numbers(key) or (Decimal(0),) for key in identity.optional]
    wholes = _sums([statement.numbers(key) for key in identity.whole])
    return bool(wholes & _sums([*required[len(identity.whole) :], *optional]))


def _sums(readings: Sequence[Sequence[Decimal]]) -> set[Decimal]:
    return {sum(chosen, Decimal(0)) for chosen in product(*(r[:_READINGS] for r in readings))}


def _broken_sum(statement: Statement, identity: SumOf) -> Finding:
    keys = identity.whole + identity.parts
    keys += tuple(key for key in identity.optional if statement.numbers(key))
    whole = sum((statement.numbers(key)[0] for key in identity.whole), Decimal(0))
    parts = [statement.numbers(key)[0] for key in keys[len(identity.whole) :]]
    total = sum(parts, Decimal(0))
    terms = " + ".join(shown(part) for part in parts)
    return Finding(
        identity.check_id,
        Severity.ERROR,
        f"Số liệu không cân đối: {terms} = {shown(total)}, báo cáo ghi {shown(whole)}.",
        keys=keys,
        stated=shown(whole),
        computed=shown(total),
        sections=statement.sections(*keys),
    )


def disagreements(statement: Statement) -> Iterator[Finding]:
    """Find figures that are printed with different values in different places."""
    for key, stated in statement.by_key():
        values = [figure.number if figure.number is not None else figure.value for figure in stated]
        if any(not _same(values[0], other) for other in values[1:]):
            said = "; ".join(
                f"{figure.section or 'không rõ mục'}: {shown(figure.value)}" for figure in stated
            )
            yield Finding(
                "sections_disagree",
                Severity.ERROR,
                f"Cùng một số liệu nhưng các mục ghi khác nhau ({said}).",
                keys=(key,),
                stated=" / ".join(distinct(shown(figure.value) for figure in stated)),
                sections=distinct(figure.section for figure in stated),
            )


def _same(one: Decimal | int | str, other: Decimal | int | str) -> bool:
    """Compare at the coarser of two precisions: 18,4 and 18,36 are the same statement."""
    if not isinstance(one, Decimal) or not isinstance(other, Decimal):
        return str(one).casefold() == str(other).casefold()
    coarser = min(places(one), places(other))
    return round_half_up(one, coarser) == round_half_up(other, coarser)


def wrong_shares(statement: Statement) -> Iterator[Finding]:
    """Find percentages that are not the share of the counts stated beside or before them."""
    for figure in statement.figures:
        percent = figure.number
        fractions = _fractions(statement, figure)
        if percent is None or not fractions:
            continue
        if not any(_is_share(percent, *fraction, figure.key) for fraction in fractions):
            part, whole = fractions[0]
            share = round_half_up(Decimal(100) * part / whole, max(1, places(percent)))
            yield Finding(
                "share_mismatch",
                Severity.ERROR,
                f"Tỷ lệ ghi {shown(percent)} % nhưng {shown(part)}/{shown(whole)} là "
                f"{shown(share)} %.",
                keys=(figure.key,),
                stated=f"{shown(percent)} %",
                computed=f"{shown(share)} %",
                sections=distinct([figure.section]),
            )


def _fractions(statement: Statement, figure: StatedFigure) -> list[tuple[Decimal, Decimal]]:
    """Return the fractions that a percentage may stand for; its own counts come before others."""
    share = SHARES.get(figure.key)
    if share is None:
        return []
    parts = _own_or_stated(statement, figure.numerator, share.numerator)
    wholes = _own_or_stated(statement, figure.denominator, share.denominator)
    return [(part, whole) for part in parts for whole in wholes if whole != 0]


def _own_or_stated(
    statement: Statement, own: int | None, keys: tuple[str, ...]
) -> Sequence[Decimal]:
    if own is not None:
        return [Decimal(own)]
    readings = [statement.numbers(key) for key in keys]
    return sorted(_sums(readings), reverse=True) if keys and all(readings) else []


def _is_share(percent: Decimal, part: Decimal, whole: Decimal, key: str) -> bool:
    """Compare at the printed precision; shares that must sum to 100 may be one unit off."""
    step = places(percent)
    off = abs(round_half_up(Decimal(100) * part / whole, step) - percent)
    return off <= (Decimal(1).scaleb(-step) if key in SATISFACTION else 0)


def shares_of_a_whole(statement: Statement) -> Iterator[Finding]:
    """Find satisfaction percentages that do not sum to 100."""
    readings = [statement.numbers(key) for key in SATISFACTION]
    if not all(readings) or Decimal(100) in _sums(readings):
        return
    total = sum((reading[0] for reading in readings), Decimal(0))
    yield Finding(
        "shares_do_not_sum",
        Severity.ERROR,
        f"Các tỷ lệ mức độ hài lòng cộng lại là {shown(total)} %, không phải 100 %.",
        keys=SATISFACTION,
        stated=f"{shown(total)} %",
        computed="100 %",
        sections=statement.sections(*SATISFACTION),
    )


def copies_without_unit(statement: Statement) -> Iterator[Finding]:
    """Find certified copies given as dossiers that exceed the dossiers of every channel."""
    channels = statement.numbers("dossiers.received.online") + statement.numbers(
        "dossiers.received.direct"
    )
    limit = max(channels or statement.numbers("dossiers.received"), default=None)
    for figure in statement.of("certified_copies"):
        if figure.number is None or limit is None or figure.number <= limit:
            continue
        if figure.unit is None or _counts_dossiers(figure.unit):
            against = ", ".join(shown(number) for number in channels) or shown(limit)
            yield Finding(
                "copies_exceed_dossiers",
                Severity.WARNING,
                f"{shown(figure.number)} chứng thực bản sao điện tử nhiều hơn số hồ sơ đã nêu "
                f"({against}); cần ghi rõ đơn vị tính là bản sao hay hồ sơ.",
                keys=("certified_copies", "dossiers.received"),
                stated=shown(figure.number),
                computed=shown(limit),
                sections=distinct([figure.section]),
            )


def _counts_dossiers(unit: str) -> bool:
    return " ".join(unit.casefold().split()) not in ("copy", "bản", "bản sao")
