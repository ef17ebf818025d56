"""The four services as the command line knows them: names, usual ports, addresses, files."""

from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True, slots=True)
class ServiceUrls:
    """Where each service listens, without a slash at the end."""

    catalog: str
    dossier: str
    rating: str
    reporting: str


@dataclass(frozen=True, slots=True)
class Service:
    """One service: its name is also its package, its folder and the prefix of its settings."""

    name: str
    usual_port: int
    asks: tuple[str, ...] = ()

    @property
    def database(self) -> str:
        """Return the name of its database, which is also the name of its role."""
        return f"tthc_{self.name}"

    @property
    def folder(self) -> Path:
        """Return its folder in the repository."""
        return PROJECT / "services" / self.name

    @property
    def application(self) -> str:
        """Return the factory that uvicorn calls."""
        return f"{self.name}.main:create_app"

    def setting(self, name: str) -> str:
        """Return the environment variable of one of its settings."""
        return f"{self.name}_{name}".upper()


SERVICES = (
    Service("catalog", 8001),
    Service("dossier", 8002, ("catalog",)),
    Service("rating", 8003, ("catalog", "dossier")),
    Service("reporting", 8004, ("catalog", "dossier", "rating")),
)
