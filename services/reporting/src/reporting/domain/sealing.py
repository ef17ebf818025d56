"""When a report may be sealed, and the digest that proves it never changed."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from kernel.periods import ReportingPeriod

from reporting.domain.calendar import PeriodName
from reporting.domain.errors import (
    NotCollected,
    PartialReport,
    PeriodNotOver,
    UnbalancedReport,
)
from reporting.domain.figures import ReportFigure, plain
from reporting.domain.findings import Finding, Origin, Severity

_PARTIAL = "source_unavailable"


def require_sealable(
    findings: Iterable[Finding], *, known_at: datetime | None, window: ReportingPeriod
) -> None:
    """Refuse to seal a report that is unfinished, partial or contradicts itself.

    `known_at` is the instant as of which the figures were collected, None before that. Findings
    on stated figures do not stand in the way: they are about another paper.

    Raises:
        NotCollected: no figures yet.
        PeriodNotOver: they were collected before the last day was over.
        PartialReport: a source did not answer.
        UnbalancedReport: an error among the computed figures.
    """
    if known_at is None:
        raise NotCollected
    if known_at < window.ends_at:
        raise PeriodNotOver(last_day=window.last_day.isoformat())
    errors = [f for f in findings if f.origin is Origin.RECORDS and f.severity is Severity.ERROR]
    away = [str(f.computed) for f in errors if f.check_id == _PARTIAL]
    if away:
        raise PartialReport(sources=", ".join(away))
    if errors:
        raise UnbalancedReport(checks=", ".join(dict.fromkeys(f.check_id for f in errors)))


@dataclass(frozen=True, slots=True)
class Contents:
    """All that a seal covers; nothing that differs between two drafts over the same records.

    Findings on stated figures are left out: they are about another paper.
    """

    agency_code: str
    name: PeriodName
    window: ReportingPeriod
    form: tuple[str, int]
    figures: Sequence[ReportFigure]
    counted_indicators: tuple[int, ...] | None
    narratives: Mapping[str, str]
    findings: Sequence[Finding]


def canonical(contents: Contents) -> bytes:
    """Return the one JSON text of the contents: sorted keys, no spaces, UTF-8, values as text."""
    name, window = contents.name, contents.window
    figures = sorted(contents.figures, key=lambda figure: figure.identity)
    own = [finding for finding in contents.findings if finding.origin is Origin.RECORDS]
    findings = sorted({(f.check_id, f.keys, f.computed or "") for f in own})
    body = {
        "agency": contents.agency_code,
        "period": {
            "scheme": name.scheme,
            "kind": name.kind.value,
            "year": name.year,
            "number": name.number,
            "from": window.start.isoformat(),
            "to": window.last_day.isoformat(),
        },
        "form": {"code": contents.form[0], "version": contents.form[1]},
        "figures": [
            {
                "key": figure.key,
                "value": plain(figure.value),
                "numerator": figure.numerator,
                "denominator": figure.denominator,
                "dimensions": dict(figure.dimensions),
            }
            for figure in figures
        ],
        "counted_indicators": (
            None if contents.counted_indicators is None else sorted(contents.counted_indicators)
        ),
        "narratives": dict(contents.narratives),
        "findings": [
            {"check_id": check_id, "keys": list(keys), "computed": computed}
            for check_id, keys, computed in findings
        ],
    }
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest(text: bytes) -> str:
    """Return `sha256:` and the hex digest of a canonical text."""
    return f"sha256:{hashlib.sha256(text).hexdigest()}"
