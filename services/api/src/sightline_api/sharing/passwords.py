"""Passwords of share links: slow hashes, computed off the event loop.

A hash takes 16 MiB and about 0.2 s of CPU on one core. A process computes one at a time, and few
for each caller, so that attempts take neither its memory nor its other cores.
"""

import asyncio
import hashlib
import hmac
import secrets

from sightline.domain.share_links import ShareLink
from sightline_api.auth.rate_limit import RateLimiter, take

#: The parameters of scrypt (RFC 7914): one of the equivalent minimums of OWASP, that with the least
#: memory. https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html#scrypt
COST, BLOCK_SIZE, PARALLELIZATION = 2**14, 8, 5

#: Sizes in bytes.
SALT_SIZE, HASH_SIZE = 16, 32

#: Passwords that may be hashed for a link, from a network and for an owner, at once and per second:
#: 10, and one more every 20 seconds, which is 4,320 a day and task.
PASSWORD_BURST, PASSWORDS_PER_SECOND = 10, 0.05

#: Start of every stored hash: the algorithm and its parameters, so that they can change later.
_PREFIX = "scrypt"


class PasswordHasher:
    """Computes and checks the stored hashes of passwords, within a rate limit of each caller."""

    def __init__(self) -> None:
        self._slot = asyncio.Semaphore(1)
        self._limiter = RateLimiter("share-password", PASSWORDS_PER_SECOND, PASSWORD_BURST)

    async def hash(self, password: str, owner: str) -> str:
        """Return what to store for a password of this owner. Raises `RateLimited`."""
        take(self._limiter, f"owner:{owner}")
        salt = secrets.token_bytes(SALT_SIZE)
        parameters = (COST, BLOCK_SIZE, PARALLELIZATION)
        digest = await self._derive(password, salt, parameters)
        return "$".join((_PREFIX, *map(str, parameters), salt.hex(), digest.hex()))

    async def verify(self, password: str, link: ShareLink, network: str) -> bool:
        """Return whether this is the password of the link, which has one. Raises `RateLimited`.

        `network` is where the visitor comes from. Attempts are limited for each network, and for
        each link.
        """
        take(self._limiter, f"network:{network}")
        take(self._limiter, f"link:{link.digest}")
        stored = link.password or ""
        _, cost, block_size, parallelization, salt, expected = stored.split("$")
        parameters = (int(cost), int(block_size), int(parallelization))
        digest = await self._derive(password, bytes.fromhex(salt), parameters)
        return hmac.compare_digest(digest, bytes.fromhex(expected))

    async def _derive(self, password: str, salt: bytes, parameters: tuple[int, int, int]) -> bytes:
        cost, block_size, parallelization = parameters

        def derive() -> bytes:
            return hashlib.scrypt(
                password.encode(),
                salt=salt,
                n=cost,
                r=block_size,
                p=parallelization,
                dklen=HASH_SIZE,
            )

        async with self._slot:
            return await asyncio.to_thread(derive)
