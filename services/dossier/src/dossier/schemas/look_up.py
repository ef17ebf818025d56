"""What the look-up desk answers."""

from datetime import date, datetime
from uuid import UUID

from kit.wire import WireModel

from dossier.domain.facts import EndKind, ReturnMethod
from dossier.schemas.intake import Receipt, StatusCode


class MaskedApplicantOut(WireModel):
    """The applicant with numbers masked."""

    full_name: str
    id_number: str | None
    phone: str | None


class ApplicantOut(WireModel):
    """The applicant in clear; reading this is recorded."""

    full_name: str
    id_number: str | None = None
    phone: str | None = None
    address: str | None = None
    email: str | None = None


class DossierLine(Receipt):
    """A dossier as lists show it: of the applicant nothing but the name."""

    resolver_agency_code: str
    field_code: str
    version_number: int
    status_label: str
    promised_on: date | None
    ended_at: datetime | None
    ended_on: date | None
    end_kind: EndKind | None
    returned_at: datetime | None
    return_method: ReturnMethod | None
    subject: str | None
    components_count: int | None
    external_id: str | None
    previous_code: str | None
    filing_id: UUID | None


class DossierOut(DossierLine):
    """A dossier as it stands."""

    applicant: MaskedApplicantOut


class EventOut(WireModel):
    """One event: when it was so, and when it was recorded."""

    event_number: int
    kind: str
    from_status: int | None
    to_status: int
    occurred_at: datetime
    recorded_at: datetime
    recorded_by: str
    details: dict[str, str | bool | int | None]


class Progress(WireModel):
    """What anybody may know of a dossier whose code they hold."""

    code: str
    status: StatusCode
    status_label: str
    completion_percent: int
