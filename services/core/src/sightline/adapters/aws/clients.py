"""AWS clients: one per service for the lifetime of the process, with timeouts and retries.

Credentials and endpoints come from the environment variables of the AWS SDK (`AWS_ENDPOINT_URL`,
`AWS_ENDPOINT_URL_S3`, ...).
"""

import os
import random
import ssl
from contextlib import AsyncExitStack
from functools import partial
from typing import Any
from urllib.request import getproxies

import aioboto3
import aiohttp
from aiobotocore.config import AioConfig
from botocore.httpsession import get_cert_path

from sightline import tracing
from sightline.adapters.aws.call_spans import record_calls
from sightline.adapters.aws.dynamo_http import DynamoHttpClient
from sightline.adapters.aws.sigv4 import Credentials

#: Timeout for connecting.
CONNECT_TIMEOUT_SECONDS = 3

#: Timeout between two bytes of a response. A long poll of SQS alone may take 20 seconds.
READ_TIMEOUT_SECONDS = 30

#: Shorter read timeouts by service, where responses take milliseconds: a lost one is retried soon.
#: Four of them, on the fast path and in three attempts of botocore, fit into the API's request
#: timeout.
READ_TIMEOUT_SECONDS_BY_SERVICE = {"dynamodb": 7.0, "sns": 7.0}

#: Concurrent connections to one service; further calls wait for a free one.
MAX_CONNECTIONS = 64

#: Calls in total, including the first, with botocore's own backoff between them.
MAX_ATTEMPTS = 3


#: Codes of transient errors that botocore does not retry, by service: a transaction on the item of
#: a single write, and the code of SNS for throttling.
#: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html#transaction-conflict-handling
#: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html#API_Publish_Errors
TRANSIENT_CODES = {
    "dynamodb": frozenset({"TransactionConflictException"}),
    "sns": frozenset({"Throttled"}),
}

#: Calls in total after transient errors, and the longest wait between two of them.
MAX_TRANSIENT_ATTEMPTS = 10
MAX_TRANSIENT_WAIT_SECONDS = 0.5


class Clients:
    """Opens clients, which are closed together with the stack."""

    def __init__(self, stack: AsyncExitStack, region: str) -> None:
        self._stack = stack
        # The overloads of its methods need literal service names; callers annotate the clients.
        self._session: Any = aioboto3.Session(region_name=region)
        self._credentials: Any = None

    async def open(
        self, service: str, endpoint_url: str | None = None, attempts: int = MAX_ATTEMPTS
    ) -> Any:
        """Open a client of the AWS service; `endpoint_url` overrides that of the environment."""
        client = await self._stack.enter_async_context(
            self._session.client(
                service, endpoint_url=endpoint_url, config=_config(service, attempts)
            )
        )
        if tracing.is_enabled():
            record_calls(client)
        if service in TRANSIENT_CODES:
            retry = partial(_retry_transient, TRANSIENT_CODES[service])
            client.meta.events.register_first(f"needs-retry.{service}", retry)
        return client

    async def open_dynamodb(self, *, fast_path: bool) -> Any:
        """Open a client of DynamoDB, with the HTTP fast path for frequent calls if requested."""
        client = await self.open("dynamodb")
        if not fast_path or getproxies():
            # Only the SDK can use a proxy.
            return client
        trusted = ssl.create_default_context(
            cafile=os.environ.get("AWS_CA_BUNDLE", get_cert_path(verify=True))
        )
        http = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=MAX_CONNECTIONS, ssl=trusted),
            timeout=aiohttp.ClientTimeout(
                sock_connect=CONNECT_TIMEOUT_SECONDS,
                sock_read=READ_TIMEOUT_SECONDS_BY_SERVICE["dynamodb"],
            ),
            skip_auto_headers=("Accept", "User-Agent"),
        )
        await self._stack.enter_async_context(http)
        return DynamoHttpClient(client, http, self.credentials)

    async def credentials(self) -> Credentials:
        """Return the current credentials; temporary ones are renewed in time."""
        # Looked up once, which may read files and call services. The found object renews itself.
        if self._credentials is None:
            self._credentials = await self._session.get_credentials()
        frozen = await self._credentials.get_frozen_credentials()
        # botocore has no public attribute for it; credentials that do not expire lack it.
        expires_at = getattr(self._credentials, "_expiry_time", None)
        return Credentials(frozen.access_key, frozen.secret_key, frozen.token, expires_at)


def _config(service: str, attempts: int) -> AioConfig:
    return AioConfig(
        connect_timeout=CONNECT_TIMEOUT_SECONDS,
        read_timeout=READ_TIMEOUT_SECONDS_BY_SERVICE.get(service, READ_TIMEOUT_SECONDS),
        retries={"mode": "standard", "total_max_attempts": attempts},
        max_pool_connections=MAX_CONNECTIONS,
        # Set, because botocore would otherwise build it for every call.
        user_agent="sightline",
        # Requests are typed and tested, and AWS validates them as well.
        parameter_validation=False,
        signature_version="s3v4" if service == "s3" else None,
    )


def _retry_transient(
    codes: frozenset[str], response: Any, attempts: int, **_: object
) -> float | None:
    """Return the seconds until the next attempt; None leaves the decision to botocore."""
    code = response and response[1].get("Error", {}).get("Code")
    if code not in codes or attempts >= MAX_TRANSIENT_ATTEMPTS:
        return None
    return random.random() * min(MAX_TRANSIENT_WAIT_SECONDS, 0.02 * 2.0**attempts)  # noqa: S311
