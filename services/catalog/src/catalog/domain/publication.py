"""Publication: what a decision does to procedures, and what may be published at all."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from catalog.domain.errors import ProcedureIncomplete, UnknownDecision


class EffectKind(StrEnum):
    """What a publication decision does to a procedure."""

    NEW = "new"
    AMENDED = "amended"
    REPLACED = "replaced"
    ABOLISHED = "abolished"


PUBLISHING = frozenset({EffectKind.NEW, EffectKind.AMENDED, EffectKind.REPLACED})


@dataclass(frozen=True, slots=True)
class Effect:
    """One line of a decision: what the procedure becomes on `effective_on`."""

    kind: EffectKind
    decided_on: date
    effective_on: date


@dataclass(frozen=True, slots=True)
class Decision:
    """A publication decision; numbers start again each year."""

    decision_id: int
    number: str
    decided_on: date


@dataclass(frozen=True, slots=True)
class Version:
    """What publication needs to know of a version: its first day and the decision it names."""

    valid_from: date
    decided_on: date | None


@dataclass(frozen=True, slots=True)
class Parts:
    """How many entries each part of a procedure has."""

    steps: int
    filing_methods: int
    components: int
    sets_count: int
    applicants: int


def missing_parts(parts: Parts) -> tuple[str, ...]:
    """Name the parts without which a procedure is not complete.

    The name, the time limit (one per filing method, said even when there is none) and the
    settling level are always there: the wire model asks for them.

    Law: NĐ 63/2010/NĐ-CP art. 8.2
    """
    counts = {
        "steps": parts.steps,
        "filing_methods": parts.filing_methods,
        "components": parts.components,
        "sets_count": parts.sets_count,
        "applicants": parts.applicants,
    }
    return tuple(part for part, count in counts.items() if count < 1)


def require_complete(procedure_code: str, missing: tuple[str, ...]) -> None:
    """Refuse to publish a procedure that lacks parts.

    Law: NĐ 63/2010/NĐ-CP art. 8.2
    """
    if missing:
        raise ProcedureIncomplete(procedure_code=procedure_code, missing=", ".join(missing))


def find_decision(decisions: Iterable[Decision], number: str, decided_on: date | None) -> Decision:
    """Return the one decision meant; several years may share a number, then the day is needed."""
    meant = [
        each
        for each in decisions
        if each.number == number and decided_on in (None, each.decided_on)
    ]
    if len(meant) != 1:
        raise UnknownDecision(number=number)
    return meant[0]


def is_published(version: Version, effects: Iterable[Effect], *, on: date) -> bool:
    """Tell whether the version in force has been published by the day `on`.

    Either the version names a decision, or a decision published the procedure while this version
    was in force. An earlier version's publication does not cover a later content.

    Law: NĐ 63/2010/NĐ-CP (publication of procedures)
    """
    if version.decided_on is not None and version.decided_on <= on:
        return True
    return any(
        effect.kind in PUBLISHING
        and effect.decided_on <= on
        and version.valid_from <= effect.effective_on <= on
        for effect in effects
    )
