"""How an action of a simulated user sends a request."""

from typing import Any, NamedTuple, Protocol

Json = dict[str, Any]


class Response(NamedTuple):
    status: int
    body: Any


class RequestFailed(Exception):
    """A request failed permanently, or did not succeed within the time for which it is retried."""


class SendWithKey(Protocol):
    """Sends a request without a body with an API key, as `SendRequest` does."""

    async def __call__(
        self, method: str, path: str, expected: set[int], secret: str
    ) -> Response: ...


class SendRequest(Protocol):
    """Sends a request, retries it as a good client does, and returns an expected response.

    Raises `RequestFailed`.
    """

    async def __call__(
        self, method: str, path: str, body: Json | None, expected: set[int]
    ) -> Response: ...
