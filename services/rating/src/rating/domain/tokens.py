"""One-time ballot tokens: what the citizen holds, and the digest that is all we keep."""

import re
from dataclasses import dataclass
from hashlib import sha256

from rating.domain.errors import UnknownToken

_TOKEN = re.compile(r"([1-9]\d{0,8})-([A-Za-z0-9_-]{32})", re.ASCII)
SECRET_BYTES = 24


@dataclass(frozen=True, slots=True)
class BallotToken:
    """`<agency id>-<32 characters>`; the agency leads so that the look-up carries it."""

    agency_id: int
    secret: str

    @classmethod
    def parse(cls, text: str) -> "BallotToken":
        """Parse a token; raise `UnknownToken` when it cannot be one of ours."""
        match = _TOKEN.fullmatch(text)
        if match is None:
            raise UnknownToken
        return cls(int(match[1]), match[2])

    def __str__(self) -> str:
        return f"{self.agency_id}-{self.secret}"

    @property
    def digest(self) -> bytes:
        """Return the SHA-256 of the whole token; 192 random bits need no salt."""
        return sha256(str(self).encode()).digest()


def dossier_digest(dossier_code: str) -> bytes:
    """Return the SHA-256 under which a dossier's one token is kept.

    Codes can be guessed, so this hides nothing from somebody who tries them all; what keeps
    respondents confidential is that a ballot refers neither to a token nor to a dossier.
    """
    return sha256(dossier_code.encode()).digest()
