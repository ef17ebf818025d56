"""A dossier's sheet written straight from its row: `DossierOut` without the way through models."""

from collections.abc import Mapping
from typing import Any

import orjson
from kernel.time_zone import local_day

from dossier.domain.lifecycle import LABELS_VI, Status

_AS_STORED = (
    *("procedure_code", "procedure_name", "channel", "received_at", "due_on"),
    *("time_limit_value", "time_limit_unit", "status", "version"),
    *("resolver_agency_code", "field_code", "version_number", "promised_on", "ended_at"),
    *("end_kind", "returned_at", "return_method", "subject", "components_count"),
    *("external_id", "filing_id"),
)


def sheet(
    code: str, agency_code: str, row: Mapping[str, Any], applicant: Mapping[str, str | None]
) -> bytes:
    """Return the JSON of `DossierOut`; a test holds the two equal."""
    ended_at = row["ended_at"]
    return orjson.dumps(
        {
            "code": code,
            "agency_code": agency_code,
            **{name: row[name] for name in _AS_STORED},
            "received_on": local_day(row["received_at"]),
            "ended_on": None if ended_at is None else local_day(ended_at),
            "status_label": LABELS_VI[Status(row["status"])],
            "applicant_name": row["full_name"],
            "applicant": applicant,
        },
        default=str,
        option=orjson.OPT_UTC_Z,
    )
