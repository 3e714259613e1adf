"""Responses by idempotency key: the port."""

from typing import NamedTuple, Protocol


class StoredResponse(NamedTuple):
    """A response that is replayed for a repeated request."""

    status: int
    headers: dict[str, str]
    body: str


class RequestClaimed(Exception):
    """The key belongs to a request in progress, or to a different request."""

    def __init__(self, same: bool) -> None:
        super().__init__(same)
        #: Whether the key belongs to the same request, which is still in progress.
        self.same = same


class IdempotencyStore(Protocol):
    """Idempotency keys of each owner, with the responses to replay."""

    async def claim(
        self, owner: str, key: str, fingerprint: str, seconds: float
    ) -> StoredResponse | None:
        """Return the response to replay, or claim the key and return None.

        A claim ends after `seconds`, or with `store`. Raises `RequestClaimed`.
        """

    async def store(self, owner: str, key: str, response: StoredResponse, seconds: float) -> None:
        """Store the response to replay for `seconds`."""

    async def release(self, owner: str, key: str) -> None:
        """Release a claim without a response."""
