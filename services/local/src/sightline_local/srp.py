"""Server side of SRP-6a password verification (RFC 5054), with Cognito's constants.

moto accepts every response to the challenge, so a local sign-in would succeed with any password.
This module verifies the response as AWS does. Numbers are hashed as big-endian bytes, with a
leading zero byte if the first bit is set, as in Cognito's own clients.
"""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass

#: The 3,072-bit group (RFC 3526, section 5) and its generator.
N = int(
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD"
    "EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED"
    "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F"
    "83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B"
    "E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF6955817183995497CEA956AE515D2261898FA0510"
    "15728E5A8AAAC42DAD33170D04507A33A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7DB3970F85A6E1E4C7"
    "ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864D87602733EC86A64521F2B18177B200C"
    "BBE117577A615D6C770988C0BAD946E208E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF",
    16,
)
G = 2

#: HKDF info of the signature key.
_INFO = b"Caldera Derived Key\x01"


@dataclass(frozen=True, slots=True)
class Account:
    """The account to verify; `pool` is the part of the pool id after the region."""

    pool: str
    user: str
    password: str


class Challenge:
    """One sign-in attempt, created from the client's public value `A` (hex)."""

    def __init__(self, account: Account, client_public: str) -> None:
        self._account = account
        self._client_public = int(client_public, 16)
        self.salt = secrets.token_hex(16)
        self._secret = secrets.randbits(256)
        self._verifier = pow(G, self._private_key(), N)
        self._public = (_K * self._verifier + pow(G, self._secret, N)) % N

    @property
    def public(self) -> str:
        """The server's public value `B`, in hex."""
        return f"{self._public:x}"

    def verify(self, signature: str, secret_block: str, timestamp: str) -> bool:
        """Return whether the signature proves knowledge of the password."""
        if self._client_public % N == 0:
            return False
        account = self._account
        block = base64.urlsafe_b64decode(secret_block)
        message = f"{account.pool}{account.user}".encode() + block + timestamp.encode()
        expected = hmac.digest(self._session_key(), message, "sha256")
        return hmac.compare_digest(base64.b64encode(expected).decode(), signature)

    def _private_key(self) -> int:
        account = self._account
        identity = f"{account.pool}{account.user}:{account.password}".encode()
        return _hash(_pad(int(self.salt, 16)) + hashlib.sha256(identity).digest())

    def _session_key(self) -> bytes:
        scrambling = _hash(_pad(self._client_public) + _pad(self._public))
        shared = pow(self._client_public * pow(self._verifier, scrambling, N), self._secret, N)
        extracted = hmac.digest(_pad(scrambling), _pad(shared), "sha256")
        return hmac.digest(extracted, _INFO, "sha256")[:16]


def _hash(value: bytes) -> int:
    return int.from_bytes(hashlib.sha256(value).digest(), "big")


def _pad(number: int) -> bytes:
    return number.to_bytes(number.bit_length() // 8 + 1, "big")


_K = _hash(_pad(N) + _pad(G))
