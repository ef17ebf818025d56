"""Settings of the catalogue, read from the environment: CATALOG_DATABASE_URL and so on."""

from kit.settings import ServiceSettings
from pydantic import Field
from pydantic_settings import SettingsConfigDict


class Settings(ServiceSettings):
    """The common settings; an import of 500 whole procedures needs a larger body."""

    model_config = SettingsConfigDict(env_prefix="CATALOG_")

    body_limit_bytes: int = Field(default=8_388_608, ge=1)
