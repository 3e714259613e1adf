"""`Idempotency-Key`: a POST that is sent again is answered again, and not done again.

https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
"""

import asyncio
import hashlib
import re
from typing import Annotated

from fastapi import Depends, Header, Request, Response

from sightline.ports.image_table import RequestClaimed, StoredResponse
from sightline_api.dependencies import authenticate
from sightline_api.problems import InvalidKey, KeyReused, RequestInProgress
from sightline_api.routing.route import Handler, Route

#: Keys as clients make them: any visible ASCII.
KEY = re.compile(r"[\x21-\x7e]{1,200}")

#: Seconds for which an answer is kept, and for which a request may take to be answered.
KEPT = 86_400
CLAIMED = 60

#: A row of the table holds 400 kB; what is larger is not kept.
MAX_KEPT = 350_000

#: Headers that belong to the answer rather than to one delivery of it.
KEPT_HEADERS = ("content-type", "etag", "location")

#: What such an endpoint may answer besides.
IDEMPOTENCY = (InvalidKey, RequestInProgress, KeyReused)


async def _document_key(
    idempotency_key: Annotated[
        str | None,
        Header(
            min_length=1,
            max_length=200,
            description="Chosen by the client; the same request sent again with it within a day "
            "is answered as the first time, and not done again.",
        ),
    ] = None,
) -> None:
    """For the document alone: the route has looked at the header before any endpoint does."""


#: For `dependencies` of every such endpoint.
IDEMPOTENT = [Depends(_document_key)]


class IdempotentRoute(Route):
    """A route whose POSTs may carry an `Idempotency-Key`."""

    documentation = frozenset({_document_key})

    def wrap(self, handle: Handler) -> Handler:
        async def handle_once(request: Request) -> Response:
            key = request.headers.get("idempotency-key")
            if key is None or request.method != "POST":
                return await handle(request)
            if not KEY.fullmatch(key):
                raise InvalidKey
            return await _answer_once(request, key, handle)

        return handle_once


async def _answer_once(request: Request, key: str, handle: Handler) -> Response:
    owner, table = authenticate(request).owner, request.state.table
    # The path is part of it: the same words to another address are another request.
    told = request.url.path.encode() + b"\0" + await request.body()
    try:
        known = await table.claim_request(owner, key, hashlib.sha256(told).hexdigest(), CLAIMED)
    except RequestClaimed as claimed:
        raise (RequestInProgress if claimed.same else KeyReused) from None
    if known is not None:
        return Response(known.body, known.status, {**known.headers, "Idempotent-Replayed": "true"})
    try:
        response = await handle(request)
    except BaseException:
        # Nothing came of it that would have to be told again.
        await asyncio.shield(table.release_request(owner, key))
        raise
    body = bytes(response.body)
    if response.status_code < 500 and len(body) <= MAX_KEPT:
        headers = {name: value for name, value in response.headers.items() if name in KEPT_HEADERS}
        answer = StoredResponse(response.status_code, headers, body.decode())
        await table.keep_answer(owner, key, answer, KEPT)
    else:
        await table.release_request(owner, key)
    return response
