"""Online filings as they are looked up."""

from datetime import datetime
from typing import Any

from kit.wire import DossierCodeText, WireModel
from pydantic import Field

from dossier.schemas.intake import FilingOut


class FilingSheet(FilingOut):
    """An online filing as it stands."""

    status_label: str
    status_since: datetime
    subject: str | None
    components_count: int | None
    external_id: str | None
    applicant_name: str
    code: DossierCodeText | None = Field(description="Of the dossier that it became.")


class FilingEvent(WireModel):
    """What happened to a filing: when it was so, when and by whom it was told."""

    event_number: int
    kind: str
    occurred_at: datetime
    recorded_at: datetime
    recorded_by: str
    details: dict[str, Any]


class FilingEvents(WireModel):
    """The events of one filing, in order."""

    items: list[FilingEvent]
