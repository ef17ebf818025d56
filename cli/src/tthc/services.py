"""The four services as the command line knows them: names, usual ports, addresses, files."""

from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True, slots=True)
class Service:
    """One service: its name is also its package, its folder and the prefix of its settings."""

    name: str
    usual_port: int
    asks: tuple[str, ...] = ()
    keeps_personal_data: bool = False
    beside: Path = PROJECT / "services"

    @property
    def database(self) -> str:
        """Return the name of its database, which is also the name of its role."""
        return f"tthc_{self.name}"

    @property
    def folder(self) -> Path:
        """Return the folder that holds its migrations."""
        return self.beside / self.name

    @property
    def application(self) -> str:
        """Return the factory that uvicorn calls."""
        return f"{self.name}.main:create_app"

    def setting(self, name: str) -> str:
        """Return the environment variable of one of its settings."""
        return f"{self.name}_{name}".upper()


SERVICES = (
    Service("catalog", 8001),
    Service("dossier", 8002, ("catalog",), keeps_personal_data=True),
    Service("rating", 8003, ("catalog", "dossier")),
    Service("reporting", 8004, ("catalog", "dossier", "rating")),
)
