"""Personal data at rest: sealed with AES-256-GCM, bound to the applicant it belongs to."""

import base64
import hmac
import os
from collections.abc import Mapping
from uuid import UUID

import orjson
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from dossier.domain.errors import KeyMissing

_NONCE_BYTES = 12


class Sealer:
    """Seals with the present key; opens with the key whose id is stored beside the data."""

    def __init__(self, keys: Mapping[str, str], *, key_id: str) -> None:
        """Take keys in base64 by id; `key_id` names the one that seals."""
        self.key_id = key_id
        self._ciphers = {name: AESGCM(base64.b64decode(key)) for name, key in keys.items()}
        self._secret = base64.b64decode(keys[key_id])

    def seal(self, applicant_id: UUID, details: Mapping[str, str]) -> bytes | None:
        """Encrypt `details`; nothing to hide gives None."""
        if not details:
            return None
        nonce = os.urandom(_NONCE_BYTES)
        plain = orjson.dumps(dict(details))
        return nonce + self._ciphers[self.key_id].encrypt(nonce, plain, applicant_id.bytes)

    def open(self, applicant_id: UUID, sealed: bytes | None, *, key_id: str) -> dict[str, str]:
        """Decrypt what `seal` made; data moved to another applicant does not open.

        Raises:
            KeyMissing: it was sealed with a key that is not here.
        """
        if sealed is None:
            return {}
        if key_id not in self._ciphers:
            raise KeyMissing(key_id=key_id)
        nonce, cipher = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        opened: dict[str, str] = orjson.loads(
            self._ciphers[key_id].decrypt(nonce, cipher, applicant_id.bytes)
        )
        return opened

    def digest(self, text: str) -> bytes:
        """Return what only the holder of the present key can compare with `text`."""
        return hmac.digest(self._secret, b"search:" + text.encode(), "sha256")
