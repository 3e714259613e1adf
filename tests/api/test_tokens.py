"""Verification of access tokens, valid and forged."""

import base64
import hashlib
import hmac
import json
import os
import string
import subprocess
import sys
import time
from collections.abc import Callable, Mapping

import pytest

from api.conftest import serve_jwks
from sightline_api.auth.jwks import JwksCache
from sightline_api.auth.tokens import TokenVerifier
from sightline_api.auth.user import InvalidToken
from sightline_testing.builders import new_owner
from sightline_testing.tokens import CLIENT_ID, ISSUER, TokenIssuer

OWNER = new_owner()

#: The alphabet of base64url, in the order of its values (RFC 4648, section 5).
ALPHABET = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"


def make_verifier(pool: TokenIssuer, clock: Callable[[], float] = time.time) -> TokenVerifier:
    jwks = JwksCache(serve_jwks(pool), "http://pool/jwks.json")
    return TokenVerifier(jwks, ISSUER, frozenset({CLIENT_ID}), clock=clock)


def encode(part: Mapping[str, object]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")


def sign_hmac(pool: TokenIssuer, secret: str, algorithm: str = "HS256") -> str:
    """Return a token signed with a public value as if it were a shared secret."""
    signed = f"{encode({'alg': algorithm, 'kid': pool.key_id})}.{encode(pool.claims(OWNER))}"
    digest = hmac.new(secret.encode(), signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{base64.urlsafe_b64encode(digest).decode().rstrip('=')}"


def unsigned(pool: TokenIssuer, algorithm: str) -> str:
    header = {"alg": algorithm, "typ": "JWT", "kid": pool.key_id}
    return f"{encode(header)}.{encode(pool.claims(OWNER))}."


def with_other_claims(pool: TokenIssuer) -> str:
    """Return a valid token with another subject."""
    header, _, signature = pool.sign(OWNER).split(".")
    return f"{header}.{encode(pool.claims(new_owner()))}.{signature}"


FORGERIES: dict[str, Callable[[TokenIssuer], str]] = {
    "no algorithm": lambda pool: unsigned(pool, "none"),
    "no algorithm, capitalized": lambda pool: unsigned(pool, "None"),
    "the public key as a secret": lambda pool: sign_hmac(pool, pool.public_pem),
    "the public key as a secret, declared as RS256": lambda pool: sign_hmac(
        pool, pool.public_pem, "RS256"
    ),
    "the modulus as a secret": lambda pool: sign_hmac(pool, pool.jwks()["keys"][0]["n"]),
    "other claims with a valid signature": with_other_claims,
    "another pool's key": lambda _: TokenIssuer().sign(OWNER),
    "another pool's key and issuer": lambda _: TokenIssuer("other", f"{ISSUER}x").sign(OWNER),
    "an unknown key id": lambda _: TokenIssuer("unknown").sign(OWNER),
    "another issuer": lambda pool: pool.sign(OWNER, iss="https://example.com"),
    "no issuer": lambda pool: pool.sign(OWNER, iss=None),
    "another client": lambda pool: pool.sign(OWNER, client_id="another"),
    "no client": lambda pool: pool.sign(OWNER, client_id=None),
    "an id token": lambda pool: pool.sign(OWNER, token_use="id", aud=CLIENT_ID, client_id=None),
    "an id token with a client": lambda pool: pool.sign(OWNER, token_use="id"),
    "no token use": lambda pool: pool.sign(OWNER, token_use=None),
    "expired": lambda pool: pool.sign(OWNER, exp=int(time.time()) - 1),
    "no expiry": lambda pool: pool.sign(OWNER, exp=None),
    "not yet valid": lambda pool: pool.sign(OWNER, nbf=int(time.time()) + 3600),
    "no subject": lambda pool: pool.sign(OWNER, sub=None),
    "a subject with key separators": lambda pool: pool.sign("a#b/c"),
    "an empty subject": lambda pool: pool.sign(""),
    "no token": lambda _: "",
    "no structure": lambda _: "hello",
    "no content": lambda _: "..",
    "too long": lambda pool: pool.sign(OWNER, padding="x" * 10_000),
}


#: Other encodings of the same signature, which a lenient decoder accepts.
VARIANTS: dict[str, Callable[[str], str]] = {
    "padding": lambda token: token + "==",
    "a line break": lambda token: token + "\n",
    "a character outside of the alphabet": lambda token: token[:-9] + "!" + token[-9:],
    "unused bits": lambda token: token[:-1] + ALPHABET[ALPHABET.index(token[-1]) + 1],
    "a character outside of ASCII": lambda token: token + "\xe9",
}


@pytest.mark.parametrize("variant", VARIANTS)
async def test_a_token_has_one_encoding(pool: TokenIssuer, variant: str) -> None:
    """With others, the owner of one token could fill the cache of verified tokens."""
    with pytest.raises(InvalidToken, match="canonical"):
        await make_verifier(pool).verify(VARIANTS[variant](pool.sign(OWNER)))


@pytest.mark.parametrize("forgery", FORGERIES)
async def test_a_forged_token_is_rejected(pool: TokenIssuer, forgery: str) -> None:
    with pytest.raises(InvalidToken):
        await make_verifier(pool).verify(FORGERIES[forgery](pool))


async def test_a_valid_token_identifies_its_owner(pool: TokenIssuer) -> None:
    user = await make_verifier(pool).verify(pool.sign(OWNER))
    assert user.owner == OWNER


async def test_a_cached_token_expires(pool: TokenIssuer) -> None:
    at = time.time()
    verifier = make_verifier(pool, clock=lambda: at)
    token = pool.sign(OWNER, exp=int(at) + 60)
    await verifier.verify(token)
    await verifier.verify(token)
    at += 61
    with pytest.raises(InvalidToken):
        await verifier.verify(token)


#: Verifies a token of a new pool, without what python-jose depends on besides `cryptography`.
WITHOUT_OTHER_BACKENDS = """
import asyncio, sys
for name in ("ecdsa", "rsa", "pyasn1", "Crypto", "Cryptodome"):
    sys.modules[name] = None
from api.test_tokens import OWNER, make_verifier
from sightline_testing.tokens import TokenIssuer
pool = TokenIssuer()
user = asyncio.run(make_verifier(pool).verify(pool.sign(OWNER)))
assert user.owner == OWNER
import jose.backends
print(jose.backends.RSAKey.__module__)
"""


def test_only_the_cryptography_backend_of_python_jose_is_used() -> None:
    # A process of its own: nothing that another test imported counts.
    result = subprocess.run(
        [sys.executable, "-c", WITHOUT_OTHER_BACKENDS],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.strip() == "jose.backends.cryptography_backend"
