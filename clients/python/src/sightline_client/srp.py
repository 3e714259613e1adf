"""The Secure Remote Password protocol as Cognito implements it: the password is never sent.

SRP-6a (RFC 5054) with SHA-256, Cognito's padding, and Cognito's proof: an HMAC with a key that both
sides derive. The constants are those of `amazon-cognito-identity-js`.
"""

import base64
import hashlib
import hmac
import secrets
from datetime import UTC, datetime

#: https://datatracker.ietf.org/doc/html/rfc3526#section-4
N = int(
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22"
    "514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6"
    "F44C42E9A637ED6B0BFF5CB6F406B7EDEE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3D"
    "C2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F83655D23DCA3AD961C62F356208552BB"
    "9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3BE39E772C180E8603"
    "9B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF6955817183995497CEA956AE515D2261898FA0510"
    "15728E5A8AAAC42DAD33170D04507A33A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7D"
    "B3970F85A6E1E4C7ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864"
    "D87602733EC86A64521F2B18177B200CBBE117577A615D6C770988C0BAD946E208E24FA074E5AB31"
    "43DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF",
    16,
)
G = 2


class SrpError(Exception):
    """The server violates the protocol."""


def pad(number: int) -> bytes:
    """Encode a number as Cognito hashes it: big-endian, the first bit never set."""
    return number.to_bytes(number.bit_length() // 8 + 1, "big")


def digest(*parts: bytes) -> int:
    return int.from_bytes(hashlib.sha256(b"".join(parts)).digest(), "big")


#: The multiplier of SRP-6a.
K = digest(pad(N), bytes([G]))


def derive_private(pool: str, user: str, password: str, salt: int) -> int:
    """Return `x`, the private key derived from the password.

    `pool` is the part of the pool's id after the region.
    """
    inner = hashlib.sha256(f"{pool}{user}:{password}".encode()).digest()
    return digest(pad(salt), inner)


def derive_key(shared: int, u: int) -> bytes:
    """Return the key of the proof (HKDF of RFC 5869, one block)."""
    pseudo_random = hmac.digest(pad(u), pad(shared), "sha256")
    return hmac.digest(pseudo_random, b"Caldera Derived Key\x01", "sha256")[:16]


def format_timestamp(at: datetime) -> str:
    """Format a time as `Thu Jan 1 00:00:00 UTC 1970`, independent of the locale."""
    day = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[at.weekday()]
    names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    return f"{day} {names[at.month - 1]} {at.day} {at:%H:%M:%S} UTC {at.year}"


class SrpExchange:
    """The client's side of one sign-in: its secret value and the proof of the password."""

    def __init__(self, pool_id: str) -> None:
        self._pool = pool_id.partition("_")[2]
        self._secret = secrets.randbelow(N)
        self._public = pow(G, self._secret, N)

    @property
    def public_value(self) -> str:
        """`SRP_A`, in hexadecimal."""
        return f"{self._public:x}"

    def prove(self, challenge: dict[str, str], password: str, at: datetime) -> dict[str, str]:
        """Return the responses to a `PASSWORD_VERIFIER` challenge. Raises `SrpError`."""
        user, block = challenge["USER_ID_FOR_SRP"], challenge["SECRET_BLOCK"]
        theirs, salt = int(challenge["SRP_B"], 16), int(challenge["SALT"], 16)
        u = digest(pad(self._public), pad(theirs))
        if theirs % N == 0 or u == 0:
            raise SrpError("the challenge is not safe to respond to")
        x = derive_private(self._pool, user, password, salt)
        shared = pow(theirs - K * pow(G, x, N), self._secret + u * x, N)
        timestamp = format_timestamp(at.astimezone(UTC))
        # Both Base64 alphabets are accepted, as in Amazon's own clients.
        opaque = base64.b64decode(block, altchars=b"-_" if {*block} & {*"-_"} else None)
        message = f"{self._pool}{user}".encode() + opaque + timestamp.encode()
        proof = hmac.digest(derive_key(shared, u), message, "sha256")
        return {
            "USERNAME": challenge.get("USERNAME", user),
            "PASSWORD_CLAIM_SECRET_BLOCK": block,
            "PASSWORD_CLAIM_SIGNATURE": base64.b64encode(proof).decode(),
            "TIMESTAMP": timestamp,
        }
