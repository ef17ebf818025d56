"""Building blocks of wire models: every text, number and date that enters is bounded."""

import re
import unicodedata
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from typing import Annotated

from kernel.codes import DossierCode, MalformedCode
from kernel.time_zone import EARLIEST_DAY, LATEST_DAY, end_of_day, start_of_day
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
)


class WireModel(BaseModel):
    """A message on the wire: unknown fields are refused, and nothing changes after parsing."""

    model_config = ConfigDict(extra="forbid", frozen=True, from_attributes=True)


_CONTROL_FREE = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"


_normal_form = partial(unicodedata.normalize, "NFC")
"""Portals send the same Vietnamese name in two encodings."""


def _text(longest: int, *, shortest: int = 1) -> object:
    return StringConstraints(
        strip_whitespace=True, min_length=shortest, max_length=longest, pattern=_CONTROL_FREE
    )


Caption = Annotated[str, _text(200, shortest=0), AfterValidator(_normal_form)]
"""A short text that may be empty; the database takes no NUL, so neither does this."""
ShortText = Annotated[str, _text(200), AfterValidator(_normal_form)]
Text = Annotated[str, _text(2_000), AfterValidator(_normal_form)]
LongText = Annotated[str, _text(20_000), AfterValidator(_normal_form)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*$", max_length=80)]


def _known_day(day: date) -> date:
    if not EARLIEST_DAY <= day <= LATEST_DAY:
        raise ValueError(f"must lie between {EARLIEST_DAY} and {LATEST_DAY}")
    return day


_EARLIEST, _TOO_LATE = start_of_day(EARLIEST_DAY), end_of_day(LATEST_DAY)


def _known_instant(instant: datetime) -> datetime:
    try:
        in_utc = instant.astimezone(UTC)
    except OverflowError:
        in_utc = _TOO_LATE
    if not _EARLIEST <= in_utc < _TOO_LATE:
        raise ValueError(f"must lie between {EARLIEST_DAY} and {LATEST_DAY}")
    return in_utc


Day = Annotated[date, AfterValidator(_known_day)]
"""A local day from 1945-09-02 to 2199-12-31."""

Instant = Annotated[AwareDatetime, AfterValidator(_known_instant)]
"""An instant with its time zone, kept in UTC, within the same bounds as `Day`."""

Count = Annotated[int, Field(ge=0, le=2_000_000_000)]
Vnd = Annotated[int, Field(ge=0, le=1_000_000_000_000)]
Version = Annotated[int, Field(ge=1, le=2_000_000_000)]
Points = Annotated[Decimal, PlainSerializer(float, return_type=float, when_used="json")]
"""An exact decimal inside, a JSON number outside (it is rounded to a place before it leaves)."""


def _dossier_code(text: str) -> str:
    try:
        return str(DossierCode.parse(text))
    except MalformedCode as error:
        raise ValueError(str(error)) from None


_AGENCY_SHAPE = r"[A-Z][0-9]{2}(?:\.[0-9]{1,3}){0,3}|[0-9]{3}(?:\.[0-9]{2,3}){0,2}\.[A-Z][0-9]{2}"

AgencyCodeText = Annotated[
    str,
    StringConstraints(max_length=40, pattern=f"^(?:{_AGENCY_SHAPE})$"),
    Field(examples=["H56.18.26"]),
]
"""The shape is all that `AgencyCode.parse` asks for; a test holds the two together."""
ProcedureCodeText = Annotated[
    str,
    StringConstraints(max_length=8, pattern=r"^[0-9]\.[0-9]{6}$"),
    Field(examples=["1.001193"]),
]
"""The national root; the publishing agency's suffix is dropped before it gets here."""
DossierCodeText = Annotated[
    str,
    StringConstraints(max_length=60, pattern=f"^(?:{_AGENCY_SHAPE})-[0-9]{{6}}-[0-9]{{4,9}}$"),
    AfterValidator(_dossier_code),
    Field(examples=["H56.18.26-220715-0012"]),
]
IDEMPOTENCY_KEY = re.compile(r"[!-~]{1,200}")
