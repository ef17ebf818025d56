"""A line of a bulk import, and the answer to it."""

from typing import Literal

from kit.wire import AgencyCodeText, Instant, ProcedureCodeText, ShortText, Text, WireModel

from dossier.domain.facts import Channel, ReturnMethod
from dossier.schemas.intake import Applicant


class ImportedDossier(WireModel):
    """One line of a bulk import: a history that has ended, or one that is still open."""

    external_id: ShortText
    agency_code: AgencyCodeText
    procedure_code: ProcedureCodeText
    channel: Channel
    received_at: Instant
    settled_at: Instant | None = None
    returned_at: Instant | None = None
    return_method: ReturnMethod | None = None
    status: Literal[2, 4, 9, 10] | None = None
    applicant: Applicant
    subject: Text | None = None


class LineProblem(WireModel):
    """Why a line was not stored."""

    code: str
    detail: str
    pointers: tuple[str, ...] = ()


class LineOutcome(WireModel):
    """What became of one line."""

    line: int
    outcome: Literal["stored", "duplicate", "rejected"]
    code: str | None = None
    problem: LineProblem | None = None
