"""SRP sign-in, tested with an independent implementation of the client side."""

import base64
import hashlib
import hmac
import secrets

import pytest

from sightline_local.srp import Account, Challenge, G, N

ACCOUNT = Account(pool="AbCdEf123", user="5f2c", password="Sightline-demo-1")
BLOCK = base64.b64encode(b"anything at all").decode()
TIMESTAMP = "Fri Nov 20 13:27:59 UTC 2026"


def padded(number: int) -> bytes:
    return number.to_bytes(number.bit_length() // 8 + 1, "big")


def hashed(*parts: bytes) -> int:
    return int.from_bytes(hashlib.sha256(b"".join(parts)).digest(), "big")


class Client:
    """The client side of the protocol (RFC 5054, section 2.6)."""

    def __init__(self, password: str) -> None:
        self.password = password
        self.secret = secrets.randbits(1024)
        self.public = pow(G, self.secret, N)

    def sign(self, challenge: Challenge) -> str:
        public = int(challenge.public, 16)
        scrambling = hashed(padded(self.public), padded(public))
        identity = f"{ACCOUNT.pool}{ACCOUNT.user}:{self.password}".encode()
        private = hashed(padded(int(challenge.salt, 16)), hashlib.sha256(identity).digest())
        base = public - hashed(padded(N), padded(G)) * pow(G, private, N)
        shared = pow(base, self.secret + scrambling * private, N)
        extracted = hmac.digest(padded(scrambling), padded(shared), "sha256")
        key = hmac.digest(extracted, b"Caldera Derived Key\x01", "sha256")[:16]
        message = f"{ACCOUNT.pool}{ACCOUNT.user}".encode() + base64.b64decode(BLOCK)
        return base64.b64encode(hmac.digest(key, message + TIMESTAMP.encode(), "sha256")).decode()


@pytest.mark.parametrize(
    ("password", "good"), [(ACCOUNT.password, True), ("Sightline-demo-2", False), ("", False)]
)
def test_only_the_right_password_is_verified(password: str, good: bool) -> None:
    client = Client(password)
    challenge = Challenge(ACCOUNT, f"{client.public:x}")
    assert challenge.verify(client.sign(challenge), BLOCK, TIMESTAMP) is good


def test_a_signature_is_valid_for_its_own_challenge_only() -> None:
    client = Client(ACCOUNT.password)
    signature = client.sign(Challenge(ACCOUNT, f"{client.public:x}"))
    other = Challenge(ACCOUNT, f"{client.public:x}")
    assert not other.verify(signature, BLOCK, TIMESTAMP)


@pytest.mark.parametrize("public", [0, N, 2 * N])
def test_a_public_value_that_makes_the_secret_zero_is_rejected(public: int) -> None:
    """With such a value anyone could compute the shared secret."""
    challenge = Challenge(ACCOUNT, f"{public:x}")
    scrambling = hashed(padded(public), padded(int(challenge.public, 16)))
    key = hmac.digest(
        hmac.digest(padded(scrambling), padded(0), "sha256"), b"Caldera Derived Key\x01", "sha256"
    )[:16]
    message = f"{ACCOUNT.pool}{ACCOUNT.user}".encode() + base64.b64decode(BLOCK)
    forged = base64.b64encode(hmac.digest(key, message + TIMESTAMP.encode(), "sha256")).decode()
    assert not challenge.verify(forged, BLOCK, TIMESTAMP)
