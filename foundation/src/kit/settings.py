"""Settings every service has; each service derives its own class with its own prefix."""

from datetime import date
from pathlib import Path

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class ServiceSettings(BaseSettings):
    """Read from the environment once, in `create_app`, and kept on `app.state.settings`.

    Secrets have no default. Tokens are verified against exactly one of `jwks_file` (a file that is
    read again when an unknown key id appears) and `jwks_url` (an OIDC provider's key set).
    """

    # A variable left empty, as compose passes those it has no value for, counts as not set.
    model_config = SettingsConfigDict(env_ignore_empty=True)

    database_url: SecretStr
    jwks_file: Path | None = None
    jwks_url: str | None = None
    token_issuer: str = "tthc"  # noqa: S105 - the name of the issuer, not a secret
    token_audience: str = "tthc"  # noqa: S105 - the same
    pool_size: int = Field(default=8, ge=1, le=100)
    hot_pool_size: int = Field(default=16, ge=1, le=100)
    """Connections for calls of a statement or two. A list, or one agency's figures, take one for
    themselves; intakes, moves and look-ups that meet share one."""
    body_limit_bytes: int = Field(default=1_048_576, ge=1)
    log_level: str = "INFO"
    metrics_agencies: list[str] = []
    metrics_from: date | None = None
    metrics_to: date | None = None
    metrics_refresh_seconds: float = Field(default=60, gt=0)

    @model_validator(mode="after")
    def _one_key_set(self) -> "ServiceSettings":
        if (self.jwks_file is None) == (self.jwks_url is None):
            raise ValueError("set exactly one of JWKS_FILE and JWKS_URL")
        return self
