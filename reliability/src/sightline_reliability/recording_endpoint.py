"""A webhook endpoint of each owner, which records the messages that it accepts.

It verifies them with the published library of Standard Webhooks, and rejects some at random, as an
endpoint that is restarted does.
"""

import random
from types import TracebackType
from typing import Any, Self

from aiohttp import web
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from sightline_reliability.ledger import Ledger, MessageRecord

#: Share of the messages that are answered with 503 while faults are injected.
REJECTED_SHARE = 0.05


class RecordingEndpoint:
    """A server on loopback; use it as a context. The path of a request names the owner."""

    def __init__(self, ledger: Ledger, seed: int) -> None:
        self._ledger = ledger
        self._rng = random.Random(seed)
        self._verifiers: dict[str, Webhook] = {}
        self._port = 0
        self.rejected_share = REJECTED_SHARE

    def url(self, owner: str) -> str:
        return f"http://127.0.0.1:{self._port}/{owner}"

    def add_secret(self, owner: str, secret: str) -> None:
        """Verify the messages of this owner from now on, and expect them."""
        self._verifiers[owner] = Webhook(secret)
        self._ledger.webhook_owners.append(owner)

    async def __aenter__(self) -> Self:
        application = web.Application()
        application.router.add_post("/{owner}", self._receive)
        self._runner = web.AppRunner(application, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._runner.cleanup()

    async def _receive(self, request: web.Request) -> web.Response:
        owner, body = request.match_info["owner"], await request.read()
        headers = {name.lower(): value for name, value in request.headers.items()}
        try:
            message: Any = self._verifiers[owner].verify(body, headers)
        except (KeyError, WebhookVerificationError) as error:
            self._ledger.count_unexpected(f"message with an invalid signature: {error!r}")
            return web.Response(status=401)
        if self._rng.random() < self.rejected_share:
            return web.Response(status=503)
        record = MessageRecord(owner, headers["webhook-id"], message["type"], message["data"]["id"])
        self._ledger.messages.append(record)
        return web.Response(status=204)
