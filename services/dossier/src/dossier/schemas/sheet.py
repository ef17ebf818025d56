"""Answers written straight from what was read: their models without the way through them."""

from collections.abc import Mapping
from typing import Any

import orjson
from kernel.time_zone import local_day

from dossier.domain.dossier import Dossier
from dossier.domain.lifecycle import LABELS_VI, Status
from dossier.domain.permissions import Holders
from dossier.schemas.intake import Receipt
from dossier.schemas.look_up import DossierOut, Progress

_AS_STORED = (
    *("procedure_code", "procedure_name", "channel", "received_at", "due_on"),
    *("time_limit_value", "time_limit_unit", "status", "version"),
    *("field_code", "version_number", "promised_on", "ended_at"),
    *("end_kind", "returned_at", "return_method", "components_count"),
    *("external_id", "previous_code", "filing_id"),
)


def sheet(
    code: str,
    holders: Holders,
    row: Mapping[str, Any],
    applicant: Mapping[str, str | None],
    *,
    subject: str | None,
) -> bytes:
    """Return the JSON of `DossierOut`, people as they are shown; a test holds the two equal."""
    ended_at = row["ended_at"]
    return _json(
        {
            "code": code,
            "agency_code": holders.receiver,
            "resolver_agency_code": holders.resolver,
            **{name: row[name] for name in _AS_STORED},
            "received_on": local_day(row["received_at"]),
            "ended_on": None if ended_at is None else local_day(ended_at),
            "status_label": LABELS_VI[Status(row["status"])],
            "subject": subject,
            "applicant_name": applicant["full_name"],
            "applicant": applicant,
        }
    )


def sheet_of(dossier: Dossier) -> bytes:
    """Return the JSON of `DossierOut` of a dossier in hand."""
    return _json({name: getattr(dossier, name) for name in DossierOut.model_fields})


def receipt_sheet(received: object) -> bytes:
    """Return the JSON of `Receipt` of a dossier just received."""
    return _json({name: getattr(received, name) for name in Receipt.model_fields})


def progress_sheet(progress: object) -> bytes:
    """Return the JSON of `Progress`."""
    return _json({name: getattr(progress, name) for name in Progress.model_fields})


def _json(of: Mapping[str, object]) -> bytes:
    return orjson.dumps(of, default=str, option=orjson.OPT_UTC_Z)
