"""A PostgreSQL server that is already there, named by DATABASE_URL."""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, quote, unquote, urlsplit

from tthc.passwords import Passwords
from tthc.problems import LocalProblem

_SCHEMES = ("postgresql", "postgres", "postgresql+asyncpg")


@dataclass(frozen=True, slots=True)
class ExternalServer:
    """Somebody else's server, on which the user of its address makes our roles and databases."""

    address: SplitResult
    passwords: Passwords

    @property
    def admin_url(self) -> str:
        """Return the address as it was given."""
        return self.address.geturl()

    def url(self, database: str, role: str) -> str:
        """Return the address of `database` for `role`, with the password of the role."""
        place = self.address.netloc.rpartition("@")[2]
        user = f"{role}:{quote(self.password_of(role), safe='')}"
        return self.address._replace(netloc=f"{user}@{place}", path=f"/{database}").geturl()

    def password_of(self, role: str) -> str:
        """Return the role's password, the same in every run that has the same address.

        Two runs from two homes share the roles of one server: a password drawn by each would lock
        the other out. Only who knows the admin's password can derive it.
        """
        if not self.address.password:
            return self.passwords.of(role)
        key = unquote(self.address.password).encode()
        digest = hmac.digest(key, f"tthc role {role}".encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def external_server(database_url: str, home: Path) -> ExternalServer:
    """Return the server that `database_url` names.

    Raises:
        LocalProblem: it is no address of a PostgreSQL server.
    """
    address = urlsplit(database_url)
    if address.scheme not in _SCHEMES or not address.hostname:
        raise LocalProblem(
            "DATABASE_URL is no PostgreSQL address",
            "Write it as postgresql://user:password@host:5432/postgres, or unset it",
        )
    return ExternalServer(address._replace(scheme="postgresql"), Passwords(home / "secrets.json"))
