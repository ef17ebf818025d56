"""Settings of rating, from environment variables that start with RATING_."""

from kit.settings import ServiceSettings
from pydantic import SecretStr
from pydantic_settings import SettingsConfigDict


class Settings(ServiceSettings):
    """Where the neighbours are, and the token that rating shows them."""

    model_config = SettingsConfigDict(env_prefix="RATING_")

    catalog_url: str
    dossier_url: str
    service_token: SecretStr
