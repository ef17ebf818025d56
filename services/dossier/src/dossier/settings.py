"""Settings of the dossier service, read from DOSSIER_* variables."""

import base64

from kit.settings import ServiceSettings
from pydantic import Field, SecretStr, field_validator
from pydantic_settings import SettingsConfigDict

from dossier.domain.desk import Hours, weekday_hours
from dossier.domain.errors import DeskHoursImpossible

_KEY_BYTES = 32


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
    """How often all counts kept ahead are compared with the facts; 0 = not here."""
    desk_hours: str = "07:30-11:30,13:30-17:00"
    """Sessions of Monday to Friday; an agency's own hours are set through the API."""

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

    def usual_hours(self) -> Hours:
        """Return the hours of desks that set none of their own."""
        return weekday_hours(self.desk_hours)

    def personal_data_keys(self) -> dict[str, str]:
        """Return the keys in base64 by id: the present one and the old ones."""
        keys = {**self.personal_data_old_keys, self.personal_data_key_id: self.personal_data_key}
        return {key_id: key.get_secret_value() for key_id, key in keys.items()}
