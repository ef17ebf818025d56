"""What reporting is told by its environment."""

from kit.settings import ServiceSettings
from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict


class Settings(ServiceSettings):
    """The service's own settings: where its three neighbours are, and the token it shows them."""

    model_config = SettingsConfigDict(env_prefix="REPORTING_")

    catalog_url: str
    dossier_url: str
    rating_url: str
    service_token: SecretStr
    collection_timeout_seconds: float = Field(default=20, gt=0, le=120)
    agencies_fresh_seconds: float = Field(default=60, ge=0)
