"""A report as the rules see it: its head and its parts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from reporting.domain.cross_checks import Source
from reporting.domain.figures import ReportFigure
from reporting.domain.findings import Finding
from reporting.domain.forms import Form


@dataclass(frozen=True, slots=True)
class Narrative:
    """One section as its officer last wrote it."""

    section: str
    text: str
    version: int


@dataclass(frozen=True, slots=True)
class Seal:
    """The seal of a report."""

    digest: str
    sealed_at: datetime


@dataclass(frozen=True, slots=True)
class Parts:
    """What a report is made of; `seal` None while it is a draft.

    `counted_indicators` are those of the assessment, None when nobody assessed.
    """

    form: Form
    counted_indicators: tuple[int, ...] | None
    field_names: Mapping[str, str]
    figures: tuple[ReportFigure, ...]
    sources: tuple[Source, ...]
    findings: tuple[Finding, ...]
    narratives: tuple[Narrative, ...]
    seal: Seal | None
