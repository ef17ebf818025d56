"""The papers of corrections and of late work, as they look on the wire."""

from datetime import date, datetime
from typing import Annotated

from kit.wire import Instant, LongText, ShortText, Text, WireModel
from pydantic import Field

from dossier.domain.apologies import OverdueReason
from dossier.domain.corrections import CorrectionState, Corrects
from dossier.domain.facts import Channel
from dossier.schemas.intake import StatusCode

CopyCount = Annotated[int, Field(ge=0, le=100_000)]
EventNumber = Annotated[int, Field(ge=1, le=1_000_000)]


class Evidenced(WireModel):
    """Why something is corrected, and on what evidence. Nothing personal belongs here."""

    reason_code: OverdueReason
    reason: LongText
    evidence: Text = Field(
        description="The document that proves it.", examples=["Sổ theo dõi hồ sơ 2022, trang 14"]
    )
    attachment: ShortText | None = Field(
        default=None, description="Where a copy of the document is kept."
    )


class ProposeCorrection(Evidenced):
    """What an event should have said; without `corrected_at` an end or a step that never was."""

    corrects: Corrects
    event_number: EventNumber
    corrected_at: Instant | None = None


class RejectCorrection(WireModel):
    """Why a correction is not accepted."""

    reason: LongText


class CorrectionOut(WireModel):
    """A correction and how far it is."""

    correction_id: int
    corrects: Corrects
    event_number: int
    recorded_instant: datetime
    corrected_at: datetime | None
    reason_code: OverdueReason
    reason: str
    evidence: str
    attachment: str | None
    state: CorrectionState
    proposed_by: str
    proposed_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    decision_reason: str | None


class ProposeCount(Evidenced):
    """How many copies were really certified on the day."""

    corrected_count: CopyCount


class StatedCopies(WireModel):
    """What an agency says it certified on a day."""

    agency_code: str
    certified_on: date
    copy_count: int
    recorded_at: datetime
    version: int


class CopyCorrectionOut(WireModel):
    """A corrected count and how far it is."""

    correction_id: int
    recorded_count: int
    corrected_count: int
    reason_code: OverdueReason
    reason: str
    evidence: str
    attachment: str | None
    state: CorrectionState
    proposed_by: str
    proposed_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    decision_reason: str | None


class StateOverdueReason(WireModel):
    """Why a dossier is late."""

    reason_code: OverdueReason
    note: LongText | None = None


class AssignOfficer(WireModel):
    """Who handles a dossier: the subject of the officer's token."""

    officer: ShortText = Field(examples=["officer-1"])


class WorkItem(WireModel):
    """A dossier that is late or nearly so; nothing personal is in it."""

    code: str
    agency_code: str
    resolver_agency_code: str
    procedure_code: str
    procedure_name: str
    channel: Channel
    status: StatusCode
    status_label: str
    received_on: date
    due_on: date
    promised_on: date | None
    ended_on: date | None
    officer: str
    reason_code: OverdueReason | None
    working_days_late: int
    working_days_left: int


class BucketOut(WireModel):
    """How many dossiers are overdue by so many working days."""

    bucket: str
    from_working_days: int
    to_working_days: int | None
    dossiers: int


class Ageing(WireModel):
    """Overdue dossiers by how late they are; the buckets sum to the list."""

    on: date
    total: int
    buckets: list[BucketOut]
