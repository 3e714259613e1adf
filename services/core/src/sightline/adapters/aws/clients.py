"""AWS clients: one per service for the life of the process, each call with a time-out.

Credentials and endpoints come from the environment by AWS's own names (`AWS_ENDPOINT_URL`,
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

from sightline.adapters.aws.dynamo_http import DynamoHttpClient
from sightline.adapters.aws.sigv4 import Credentials

#: Seconds until a connection stands.
CONNECT_TIMEOUT = 3

#: Seconds without a byte of an answer. A long poll of SQS alone may take 20.
READ_TIMEOUT = 30

#: Where an answer takes milliseconds, one that does not come is soon asked for again. Four times
#: this, the most that a call in vain is made, fit into what a request of the gateway may take.
READ_TIMEOUTS = {"dynamodb": 7.0, "sns": 7.0}

#: To one service at the same time; further calls wait for one.
CONNECTIONS = 64

#: Calls in all, the first included, with botocore's own back-off between them.
ATTEMPTS = 3


#: What may pass and botocore does not know of: a transaction on the item of a single write, and
#: SNS's word for a throttled call.
#: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html#transaction-conflict-handling
#: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html#API_Publish_Errors
PASSING = {
    "dynamodb": frozenset({"TransactionConflictException"}),
    "sns": frozenset({"Throttled"}),
}

#: How often such a call is made in all, and the longest wait in between, in seconds.
PASSING_ATTEMPTS = 10
PASSING_WAIT = 0.5


class Clients:
    """Opens clients that are closed together with the stack."""

    def __init__(self, stack: AsyncExitStack, region: str) -> None:
        self._stack = stack
        # Its overloads know each service by a literal; callers annotate what they asked for.
        self._session: Any = aioboto3.Session(region_name=region)
        self._credentials: Any = None

    async def open(
        self, service: str, endpoint_url: str | None = None, attempts: int = ATTEMPTS
    ) -> Any:
        """A client of the AWS service, at another address than the environment's where given."""
        client = await self._stack.enter_async_context(
            self._session.client(
                service, endpoint_url=endpoint_url, config=_config(service, attempts)
            )
        )
        if service in PASSING:
            outwait = partial(_outwait, PASSING[service])
            client.meta.events.register_first(f"needs-retry.{service}", outwait)
        return client

    async def open_dynamodb(self, *, fast_path: bool) -> Any:
        """Open a client of DynamoDB, with the HTTP fast path for frequent calls if requested."""
        client = await self.open("dynamodb")
        if not fast_path or getproxies():
            # Only the SDK knows how to use a proxy.
            return client
        trusted = ssl.create_default_context(
            cafile=os.environ.get("AWS_CA_BUNDLE", get_cert_path(verify=True))
        )
        http = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=CONNECTIONS, ssl=trusted),
            timeout=aiohttp.ClientTimeout(
                sock_connect=CONNECT_TIMEOUT, sock_read=READ_TIMEOUTS["dynamodb"]
            ),
            skip_auto_headers=("Accept", "User-Agent"),
        )
        await self._stack.enter_async_context(http)
        return DynamoHttpClient(client, http, self.credentials)

    async def credentials(self) -> Credentials:
        """Access key, secret key and token as they are now; temporary ones are renewed in time."""
        # Found once: the lookup itself may ask files and services. What it finds renews itself.
        if self._credentials is None:
            self._credentials = await self._session.get_credentials()
        found = await self._credentials.get_frozen_credentials()
        return Credentials(found.access_key, found.secret_key, found.token)


def _config(service: str, attempts: int) -> AioConfig:
    return AioConfig(
        connect_timeout=CONNECT_TIMEOUT,
        read_timeout=READ_TIMEOUTS.get(service, READ_TIMEOUT),
        retries={"mode": "standard", "total_max_attempts": attempts},
        max_pool_connections=CONNECTIONS,
        # Set, because botocore otherwise composes it anew for every call.
        user_agent="sightline",
        # What we send is typed and tested; S3 refuses the rest.
        parameter_validation=False,
        signature_version="s3v4" if service == "s3" else None,
    )


def _outwait(codes: frozenset[str], response: Any, attempts: int, **_: object) -> float | None:
    """Seconds until the call is made again; None where botocore is to decide."""
    code = response and response[1].get("Error", {}).get("Code")
    if code not in codes or attempts >= PASSING_ATTEMPTS:
        return None
    return random.random() * min(PASSING_WAIT, 0.02 * 2.0**attempts)  # noqa: S311
