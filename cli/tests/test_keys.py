import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from joserfc import jwt
from joserfc.errors import ExpiredTokenError
from joserfc.jwk import KeySet
from tthc.keys import LocalIssuer


def claims_of(token, issuer):
    keys = KeySet.import_key_set(json.loads(issuer.jwks_file.read_text()))
    claims = jwt.decode(token, keys, algorithms=["Ed25519"]).claims
    jwt.JWTClaimsRegistry(iss={"value": "tthc"}, aud={"value": "tthc"}).validate(claims)
    return claims


def test_a_token_is_verified_with_the_public_keys(tmp_path):
    issuer = LocalIssuer(tmp_path / "keys")
    claims = claims_of(issuer.token("an", "H56", ["a:b", "c:d"], timedelta(hours=1)), issuer)
    assert (claims["sub"], claims["agency"], claims["scope"]) == ("an", "H56", "a:b c:d")
    assert claims["exp"] - claims["iat"] == 3600


def test_an_old_token_is_refused(tmp_path):
    issuer = LocalIssuer(tmp_path)
    with pytest.raises(ExpiredTokenError):
        claims_of(issuer.token("an", "*", [], timedelta(hours=-1)), issuer)


def test_the_key_is_made_once_and_kept_to_ourselves(tmp_path):
    with ThreadPoolExecutor() as pool:
        issuers = list(pool.map(LocalIssuer, [tmp_path] * 8))
    for issuer in issuers:
        claims_of(issuer.token("an", "*", [], timedelta(hours=1)), LocalIssuer(tmp_path))
    assert sorted(file.name for file in tmp_path.iterdir()) == ["issuer-key.json", "jwks.json"]
    assert (tmp_path / "issuer-key.json").stat().st_mode & 0o077 == 0


def test_the_public_keys_hold_no_secret(tmp_path):
    (key,) = json.loads(LocalIssuer(tmp_path).jwks_file.read_text())["keys"]
    assert "d" not in key
