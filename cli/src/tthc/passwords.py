"""Passwords of the local database roles: random, made once, kept 0600."""

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from tthc.problems import writing_under


@dataclass(frozen=True, slots=True)
class Passwords:
    """A file of role -> password; a role asked for the first time gets a new one."""

    file: Path

    def of(self, role: str) -> str:
        """Return the role's password, writing it down before anybody uses it."""
        known = self._read()
        if role not in known:
            known[role] = secrets.token_urlsafe(32)
            self._write(known)
        return known[role]

    def _read(self) -> dict[str, str]:
        if not self.file.exists():
            return {}
        known: dict[str, str] = json.loads(self.file.read_text())
        return known

    def _write(self, known: dict[str, str]) -> None:
        new = self.file.with_name(f"{self.file.name}.new")
        with writing_under(self.file.parent):
            new.unlink(missing_ok=True)
            descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as file:
                json.dump(known, file, indent=2)
                file.flush()
                os.fsync(file.fileno())
            new.replace(self.file)
