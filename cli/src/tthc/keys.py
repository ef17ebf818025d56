"""Keys of local runs, kept in a folder: one signs tokens, one seals personal data."""

import base64
import json
import os
import secrets
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from joserfc import jwt
from joserfc.jwk import OKPKey

from tthc.problems import writing_under

# The name of RFC 9864; the older `EdDSA` leaves the curve open.
ALGORITHM = "Ed25519"
ISSUER = "tthc"
AUDIENCE = "tthc"


class LocalIssuer:
    """Signs bearer tokens with a key that is made on first use and stays in `directory`."""

    def __init__(self, directory: Path) -> None:
        """Read the key of `directory`, or make one there (0600)."""
        self.jwks_file = directory / "jwks.json"
        private_file = directory / "issuer-key.json"
        with writing_under(directory):
            directory.mkdir(parents=True, exist_ok=True)
            _write_once(private_file, _new_key)
            self._key = OKPKey.import_key(json.loads(private_file.read_text()))
            # Public: services that run as other users read it.
            _write_once(self.jwks_file, self._public_keys, mode=0o644)

    def token(self, subject: str, agency: str, scopes: Iterable[str], lifetime: timedelta) -> str:
        """Return a signed token; `agency` is a code, or `*` for the whole tree."""
        issued_at = datetime.now(UTC)
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": subject,
            "agency": agency,
            "scope": " ".join(scopes),
            "iat": int(issued_at.timestamp()),
            "exp": int((issued_at + lifetime).timestamp()),
            "jti": secrets.token_urlsafe(12),
        }
        header = {"alg": ALGORITHM, "kid": self._key.kid}
        return jwt.encode(header, claims, self._key, algorithms=[ALGORITHM])

    def _public_keys(self) -> str:
        public = self._key.as_dict(private=False)
        return json.dumps({"keys": [{**public, "use": "sig", "alg": ALGORITHM}]}, indent=2)


def personal_data_key(directory: Path) -> str:
    """Return the key that seals personal data, in base64; made on first use and kept there."""
    file = directory / "personal-data-key"
    with writing_under(directory):
        directory.mkdir(parents=True, exist_ok=True)
        _write_once(file, lambda: base64.b64encode(secrets.token_bytes(32)).decode())
    return file.read_text()


def _new_key() -> str:
    key = OKPKey.generate_key("Ed25519", {"use": "sig", "alg": ALGORITHM}, auto_kid=True)
    return json.dumps(key.as_dict(private=True))


def _write_once(file: Path, content: Callable[[], str], *, mode: int = 0o600) -> None:
    """Write `file` unless it is there; two who come together agree on one content."""
    if file.exists():
        return
    mine = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(mine, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w") as out:
        out.write(content())
    try:
        os.link(mine, file)
    except FileExistsError:
        pass
    finally:
        mine.unlink()
