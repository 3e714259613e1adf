"""`Idempotency-Key`: a repeated POST gets the first response, and is not executed again.

https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
"""

import asyncio
import hashlib
import re
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

from sightline.ports.idempotency_store import IdempotencyStore, RequestClaimed, StoredResponse
from sightline_api.problems import InvalidKey, KeyReused, RequestInProgress

Handler = Callable[[Request], Coroutine[Any, Any, Response]]

#: A key as clients choose it: any visible ASCII.
KEY = re.compile(r"[\x21-\x7e]{1,200}")

#: Seconds for which a response is replayed, and for which a request may be in progress.
REPLAY_SECONDS = 86_400
CLAIM_SECONDS = 60

#: Largest body that is stored, in bytes; an item of the table holds 400 kB.
MAX_STORED_BYTES = 350_000

#: Headers that belong to the response rather than to one delivery of it.
STORED_HEADERS = ("content-type", "etag", "location")

#: The problems that an idempotent endpoint may answer with in addition.
IDEMPOTENCY = (InvalidKey, RequestInProgress, KeyReused)


#: For `openapi_extra` of every idempotent endpoint: the route itself reads the header.
IDEMPOTENT: dict[str, Any] = {
    "parameters": [
        {
            "name": "idempotency-key",
            "in": "header",
            "required": False,
            "description": "Chosen by the client. A repeated request with the same key gets the "
            "same response within a day, and is not executed again.",
            "schema": {
                "anyOf": [{"type": "string", "minLength": 1, "maxLength": 200}, {"type": "null"}],
                "title": "Idempotency-Key",
            },
        }
    ]
}


class IdempotentRoute(APIRoute):
    """A route whose POSTs may have an `Idempotency-Key`.

    A subclass whose responses are large, or expire, stores what it restores them from.
    """

    @classmethod
    def condense(cls, body: str) -> str:
        """Return what the body of a response is stored as."""
        return body

    @classmethod
    async def restore(cls, request: Request, stored: str) -> str:  # noqa: ARG003
        """Return the body for a repeated request from what is stored."""
        return stored

    def get_route_handler(self) -> Handler:
        handle = super().get_route_handler()

        async def handle_once(request: Request) -> Response:
            key = request.headers.get("idempotency-key")
            if key is None or request.method != "POST":
                return await handle(request)
            if not KEY.fullmatch(key):
                raise InvalidKey
            return await self._answer_once(request, key, handle)

        return handle_once

    async def _answer_once(self, request: Request, key: str, handle: Handler) -> Response:
        owner: str = request.state.user.owner
        store: IdempotencyStore = request.state.idempotency
        # The path is part of the fingerprint: the same body sent elsewhere is another request.
        content = request.url.path.encode() + b"\0" + await request.body()
        fingerprint = hashlib.sha256(content).hexdigest()
        try:
            known = await store.claim(owner, key, fingerprint, CLAIM_SECONDS)
        except RequestClaimed as claimed:
            raise (RequestInProgress if claimed.same else KeyReused) from None
        if known is not None:
            headers = {**known.headers, "Idempotent-Replayed": "true"}
            return Response(await self.restore(request, known.body), known.status, headers)
        try:
            response = await handle(request)
        except BaseException:
            # The request had no effect that must be replayed.
            await asyncio.shield(store.release(owner, key))
            raise
        body = self.condense(bytes(response.body).decode())
        if response.status_code < 500 and len(body.encode()) <= MAX_STORED_BYTES:
            headers = {
                name: value for name, value in response.headers.items() if name in STORED_HEADERS
            }
            stored = StoredResponse(response.status_code, headers, body)
            await store.store(owner, key, stored, REPLAY_SECONDS)
        else:
            await store.release(owner, key)
        return response
