"""Settings of the dossier service, read from DOSSIER_* variables."""

import base64
from datetime import date
from itertools import pairwise

from kit.settings import ServiceSettings
from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator
from pydantic_settings import SettingsConfigDict

from dossier.domain.desk import Hours, weekday_hours
from dossier.domain.errors import DeskHoursImpossible
from dossier.domain.limits import CountLimit
from dossier.domain.places import NAMED_AFTER

_KEY_BYTES = 32


class SupplementCount(BaseModel):
    """How often a supplement may be asked for, of dossiers received while the row is in force."""

    model_config = ConfigDict(extra="forbid")

    most: int = Field(ge=1, le=100)
    law: str = Field(min_length=1, max_length=200)
    valid_from: date
    valid_to: date | None = None


class Settings(ServiceSettings):
    """`personal_data_key` seals what is written; old keys, by id, still open what was sealed."""

    model_config = SettingsConfigDict(env_prefix="DOSSIER_")

    catalog_url: str
    service_token: SecretStr
    personal_data_key: SecretStr
    personal_data_key_id: str = Field(default="1", min_length=1, max_length=40)
    personal_data_old_keys: dict[str, SecretStr] = Field(default_factory=dict)
    catalog_fresh_seconds: float = Field(default=30, ge=0)
    fold_seconds: float = Field(default=0.5, ge=0)
    """How often the log is folded into the counts kept ahead; 0 = not here."""
    verify_seconds: float = Field(default=86_400, ge=0)
    """How often one of all replicas compares the counts kept ahead with the facts; 0 = not here."""
    supplement_counts: tuple[SupplementCount, ...] = ()
    """Dated rows; without one a supplement is asked for as often as its working days allow."""
    desk_hours: str = "07:30-11:30,13:30-17:00"
    """Sessions of Monday to Friday; an agency's own hours are set through the API."""

    places_in_full: frozenset[str] = NAMED_AFTER
    """Units named after people and events, which papers write with their kind."""

    @field_validator("personal_data_key")
    @classmethod
    def _is_a_key(cls, key: SecretStr) -> SecretStr:
        if len(base64.b64decode(key.get_secret_value(), validate=True)) != _KEY_BYTES:
            raise ValueError("must be 32 bytes in base64")
        return key

    @field_validator("desk_hours")
    @classmethod
    def _are_hours(cls, text: str) -> str:
        try:
            weekday_hours(text)
        except DeskHoursImpossible as error:
            raise ValueError("must look like 07:30-11:30,13:30-17:00") from error
        return text

    @field_validator("supplement_counts")
    @classmethod
    def _tile(cls, rows: tuple[SupplementCount, ...]) -> tuple[SupplementCount, ...]:
        spans = sorted((row.valid_from, row.valid_to or date.max) for row in rows)
        if any(start >= end for start, end in spans) or any(
            earlier[1] > later[0] for earlier, later in pairwise(spans)
        ):
            raise ValueError("rows must not overlap, and must end after they begin")
        return rows

    def count_limits(self) -> tuple[CountLimit, ...]:
        """Return how often a supplement may be asked for, and from when until when."""
        return tuple(CountLimit(**row.model_dump()) for row in self.supplement_counts)

    def usual_hours(self) -> Hours:
        """Return the hours of desks that set none of their own."""
        return weekday_hours(self.desk_hours)

    def personal_data_keys(self) -> dict[str, str]:
        """Return the keys in base64 by id: the present one and the old ones."""
        keys = {**self.personal_data_old_keys, self.personal_data_key_id: self.personal_data_key}
        return {key_id: key.get_secret_value() for key_id, key in keys.items()}
