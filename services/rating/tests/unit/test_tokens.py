"""Ballot tokens: only what we issued reads as one, and only a digest is kept."""

import pytest
from rating.domain.errors import UnknownToken
from rating.domain.tokens import BallotToken, dossier_digest

SECRET = "A" * 32


def test_a_token_reads_as_it_is_written():
    token = BallotToken(7, SECRET)
    assert BallotToken.parse(str(token)) == token
    assert len(token.digest) == 32


def test_tokens_of_two_agencies_differ_in_digest():
    assert BallotToken(7, SECRET).digest != BallotToken(8, SECRET).digest


@pytest.mark.parametrize(
    "text",
    ["", "7", f"0-{SECRET}", f"-7-{SECRET}", f"7-{SECRET}A", f"7-{SECRET[:-1]}/", f"٧-{SECRET}"],
)
def test_anything_else_is_unknown(text):
    with pytest.raises(UnknownToken):
        BallotToken.parse(text)


def test_a_dossier_is_kept_as_its_digest():
    digest = dossier_digest("H56.18.26-220715-0012")
    assert len(digest) == 32
    assert b"H56" not in digest
