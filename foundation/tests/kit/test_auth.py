import json
from datetime import UTC, datetime, timedelta

import pytest
from joserfc import jwt
from joserfc.jwk import OKPKey
from kit.auth import Verifier
from kit.clock import system_clock
from kit.errors import Unauthenticated
from kit.settings import ServiceSettings
from pydantic import ValidationError
from tthc.keys import LocalIssuer

NOW = datetime(2026, 11, 23, tzinfo=UTC).timestamp()
CLAIMS = {
    "iss": "tthc",
    "aud": "tthc",
    "sub": "officer-1",
    "agency": "H56.18.26",
    "scope": "a b",
    "exp": NOW + 60,
}


@pytest.fixture
def key():
    return OKPKey.generate_key("Ed25519", {"alg": "Ed25519", "use": "sig"}, auto_kid=True)


@pytest.fixture
def verifier(key, tmp_path):
    file = tmp_path / "jwks.json"
    file.write_text(json.dumps({"keys": [key.as_dict(private=False)]}))
    return Verifier(ServiceSettings(database_url="postgresql://x", jwks_file=file))


def signed(key, **changes):
    claims = {name: value for name, value in {**CLAIMS, **changes}.items() if value is not None}
    header = {"alg": "Ed25519", "kid": key.kid}
    return jwt.encode(header, claims, key, algorithms=["Ed25519"])


async def test_a_token_tells_who_acts_for_which_agency(verifier, key):
    actor = await verifier.actor(signed(key), now=NOW)
    assert (actor.subject, actor.agency_code) == ("officer-1", "H56.18.26")
    assert actor.scopes == {"a", "b"}


async def test_a_star_stands_for_the_whole_tree(verifier, key):
    assert (await verifier.actor(signed(key, agency="*"), now=NOW)).agency_code is None


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "somebody"},
        {"aud": "something"},
        {"aud": ["other"]},
        {"sub": None},
        {"sub": 7},
        {"agency": None},
        {"scope": ["a"]},
        {"exp": None},
        {"exp": "soon"},
        {"exp": NOW},
    ],
)
async def test_a_token_with_other_claims_proves_nothing(verifier, key, changes):
    with pytest.raises(Unauthenticated):
        await verifier.actor(signed(key, **changes), now=NOW)


async def test_a_token_of_another_key_proves_nothing(verifier, key):
    stranger = OKPKey.generate_key("Ed25519", {"kid": key.kid})
    with pytest.raises(Unauthenticated):
        await verifier.actor(signed(stranger), now=NOW)


async def test_a_new_key_is_learnt_and_a_withdrawn_one_forgotten(key, tmp_path):
    first, second = LocalIssuer(tmp_path / "1"), LocalIssuer(tmp_path / "2")
    file = tmp_path / "jwks.json"
    file.write_text(first.jwks_file.read_text())
    verifier = Verifier(ServiceSettings(database_url="postgresql://x", jwks_file=file))
    verifier.REREAD_SECONDS = 0.0
    old = first.token("a", "*", [], timedelta(hours=1))
    new = second.token("b", "*", [], timedelta(hours=1))
    now = system_clock().timestamp()
    assert (await verifier.actor(old, now=now)).subject == "a"
    file.write_text(second.jwks_file.read_text())
    assert (await verifier.actor(new, now=now)).subject == "b"
    with pytest.raises(Unauthenticated):
        await verifier.actor(old, now=now)


async def test_an_unreadable_key_set_lets_nobody_in(key, tmp_path):
    file = tmp_path / "jwks.json"
    file.write_text("[]")
    verifier = Verifier(ServiceSettings(database_url="postgresql://x", jwks_file=file))
    with pytest.raises(Unauthenticated):
        await verifier.actor(signed(key), now=NOW)


@pytest.mark.parametrize("keys", [{}, {"jwks_file": "a", "jwks_url": "http://b"}])
def test_exactly_one_key_set_is_configured(keys):
    with pytest.raises(ValidationError, match="exactly one"):
        ServiceSettings(database_url="postgresql://x", **keys)
