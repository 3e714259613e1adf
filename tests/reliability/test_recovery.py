"""Recovery from an outage of each dependency in turn.

The gateway serves what does not need the dependency and responds 503 with `Retry-After` otherwise;
queued work completes after the outage; and no process restarts. A dependency in an outage either
resets every connection or accepts every call without responding.

`SIGHTLINE_OUTAGE_SECONDS` sets the duration of each outage (`make recovery` uses a minute).
"""

import asyncio
import hashlib
import os
import random
import time
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from sightline_reliability.faults import Service
from sightline_reliability.fleet import Fleet, FleetConfig
from sightline_reliability.sample_images import draw_image

OUTAGE_SECONDS = float(os.environ.get("SIGHTLINE_OUTAGE_SECONDS", "4"))

#: Failed messages are redelivered after a delay of about the outage's duration.
TIMEOUT_SECONDS = 60 + 3 * OUTAGE_SECONDS

#: Environment of the gateway. In a short outage its request timeout is short too, as calls that
#: hang take as long as it allows; `make recovery` has that of production.
GATEWAY = {"SIGHTLINE_REQUEST_SECONDS": "10"} if OUTAGE_SECONDS < 30 else {}

#: First backoff, long enough that attempts are left after the outage.
BACKOFF_SECONDS = max(0.4, OUTAGE_SECONDS / 30)

pytestmark = pytest.mark.asyncio(loop_scope="module")

Json = dict[str, Any]


class Client:
    """One owner's client, without retries: each response counts."""

    def __init__(self, fleet: Fleet, http: aiohttp.ClientSession, owner: str) -> None:
        self.owner = owner
        self._gateway_url = fleet.gateway_urls()[0]
        self._http = http
        self._headers = {"Authorization": f"Bearer {fleet.issue_token(owner)}"}
        self._rng = random.Random(owner)

    async def request(self, method: str, path: str, body: Json | None = None) -> tuple[int, Any]:
        """Return the status and the body."""
        status, document, _ = await self._send(method, path, body)
        return status, document

    async def _send(self, method: str, path: str, body: Json | None) -> tuple[int, Any, str]:
        """Return the status, the body and Retry-After."""
        async with self._http.request(
            method, self._gateway_url + path, json=body, headers=self._headers
        ) as response:
            document = await response.json() if response.status != 204 else None
            return response.status, document, response.headers.get("Retry-After", "")

    async def create_upload(self) -> tuple[Json, bytes]:
        """Return a new upload and the image to send."""
        body, media_type = draw_image(self._rng)
        digest = hashlib.sha256(body).hexdigest()
        request = {"media_type": media_type, "bytes": len(body), "sha256": digest}
        status, upload = await self.request("POST", "/v1/images", request)
        assert status == 201
        return upload, body

    async def post(self, upload: Json, body: bytes) -> None:
        data = aiohttp.FormData(upload["upload"]["fields"])
        data.add_field("file", body, filename="image")
        async with self._http.post(upload["upload"]["url"], data=data) as response:
            assert response.status < 300

    async def assert_post_fails(self, upload: Json, body: bytes) -> None:
        with pytest.raises(aiohttp.ClientError):
            await self.post(upload, body)

    async def upload_image(self) -> str:
        """Upload a new image and return its id."""
        upload, body = await self.create_upload()
        await self.post(upload, body)
        image_id: str = upload["image"]["id"]
        return image_id

    async def get_status(self, image_id: str) -> str:
        code, image = await self.request("GET", f"/v1/images/{image_id}")
        assert code == 200
        return str(image["status"])

    async def wait_until_ready(self, image_id: str) -> None:
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while (status := await self.get_status(image_id)) != "ready":
            assert status == "processing" or status == "awaiting_upload", status
            assert time.monotonic() < deadline, f"{image_id} is still {status}"
            await asyncio.sleep(0.2)

    async def assert_unavailable(self, method: str, path: str, body: Json | None = None) -> None:
        """Check that the gateway responds 503 with `Retry-After`."""
        status, problem, retry_after = await self._send(method, path, body)
        assert (status, problem["code"]) in {
            (503, "dependency_unavailable"),
            (503, "request_timeout"),
        }
        assert int(retry_after) > 0


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def fleet(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Fleet]:
    config = FleetConfig(
        apis=1,
        workers=1,
        resizers=1,
        backoff=BACKOFF_SECONDS,
        visibility=10,
        cloud="moto",
        settings={"api": GATEWAY},
    )
    async with Fleet(config, tmp_path_factory.mktemp("fleet"), seed=1) as running:
        await running.start()
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def client(fleet: Fleet) -> AsyncIterator[Client]:
    timeout = aiohttp.ClientTimeout(total=60)
    async with aiohttp.ClientSession(timeout=timeout) as http:
        yield Client(fleet, http, f"owner-{random.randrange(10**9)}")


@pytest.fixture(params=["reset", "hang"])
def mode(request: pytest.FixtureRequest) -> str:
    """What a dependency does with connections during its outage."""
    return str(request.param)


class Outage:
    """An outage of one service while the context lasts, and for at least `OUTAGE_SECONDS`."""

    def __init__(self, fleet: Fleet, service: Service, mode: str) -> None:
        self._fleet = fleet
        self._service = service
        self._mode = mode
        self._started_at = 0.0

    async def __aenter__(self) -> None:
        self._pids = self._read_pids()
        self._started_at = time.monotonic()
        await self._fleet.configure_proxy("outages", {self._service: self._mode})

    async def __aexit__(self, *_: object) -> None:
        await asyncio.sleep(max(0, self._started_at + OUTAGE_SECONDS - time.monotonic()))
        await self._fleet.configure_proxy("outages", {})
        assert self._fleet.incidents == []
        assert self._read_pids() == self._pids

    def _read_pids(self) -> dict[str, int]:
        processes = self._fleet.processes.values()
        return {each.name: each.process.pid for each in processes if each.process is not None}


async def test_renditions_and_deletions_continue_without_rekognition(
    fleet: Fleet, client: Client, mode: str
) -> None:
    async with Outage(fleet, Service.REKOGNITION, mode):
        image_id = await client.upload_image()
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while True:
            _, image = await client.request("GET", f"/v1/images/{image_id}")
            if image["renditions"]["state"] == "succeeded":
                break
            assert time.monotonic() < deadline
            await asyncio.sleep(0.1)
        assert image["status"] == "processing"
        deletion = await client.request("DELETE", f"/v1/images/{await client.upload_image()}")
        assert deletion[0] == 204
    await client.wait_until_ready(image_id)


async def test_requests_are_unavailable_without_dynamodb_and_no_upload_is_lost(
    fleet: Fleet, client: Client, mode: str
) -> None:
    ready = await client.upload_image()
    await client.wait_until_ready(ready)
    upload, body = await client.create_upload()
    async with Outage(fleet, Service.DYNAMODB, mode):
        # S3 is not affected: it accepts the presigned POST created before the outage.
        await client.post(upload, body)
        await asyncio.gather(
            client.assert_unavailable("GET", "/v1/images"),
            client.assert_unavailable("GET", f"/v1/images/{ready}"),
            client.assert_unavailable("DELETE", f"/v1/images/{ready}?permanent=true"),
            client.assert_unavailable(
                "POST", "/v1/images", {"media_type": "image/png", "bytes": 1, "sha256": "0" * 64}
            ),
        )
        assert (await client.request("GET", "/health"))[0] == 200
    await client.wait_until_ready(upload["image"]["id"])
    assert await client.get_status(ready) == "ready"


async def test_uploads_can_be_created_and_images_read_without_s3(
    fleet: Fleet, client: Client, mode: str
) -> None:
    ready = await client.upload_image()
    await client.wait_until_ready(ready)
    async with Outage(fleet, Service.S3, mode):
        upload, body = await client.create_upload()
        assert await client.get_status(ready) == "ready"
        await asyncio.gather(
            client.assert_unavailable("DELETE", f"/v1/images/{ready}?permanent=true"),
            client.assert_post_fails(upload, body),
        )
    await client.post(upload, body)
    await client.wait_until_ready(upload["image"]["id"])
    assert (await client.request("DELETE", f"/v1/images/{ready}?permanent=true"))[0] == 204
    assert (await client.request("GET", f"/v1/images/{ready}"))[0] == 404


async def test_uploads_are_processed_after_an_outage_of_sqs(
    fleet: Fleet, client: Client, mode: str
) -> None:
    async with Outage(fleet, Service.SQS, mode):
        image_ids = [await client.upload_image() for _ in range(3)]
        listed: set[str] = set()
        # Those that no consumer has seen, and then those that one received before the outage.
        for query in ("?status=awaiting_upload", ""):
            status, page = await client.request("GET", f"/v1/images{query}")
            assert status == 200
            listed |= {item["id"] for item in page["items"]}
        assert listed == set(image_ids)
    for image_id in image_ids:
        await client.wait_until_ready(image_id)


async def test_only_reprocessing_is_unavailable_without_sns(
    fleet: Fleet, client: Client, mode: str
) -> None:
    ready = await client.upload_image()
    await client.wait_until_ready(ready)
    async with Outage(fleet, Service.SNS, mode):
        await client.assert_unavailable("POST", f"/v1/images/{ready}/reprocess", {})
        # Processing does not depend on the change notifications for live clients.
        await client.wait_until_ready(await client.upload_image())
    assert (await client.request("POST", f"/v1/images/{ready}/reprocess", {}))[0] == 202
    await client.wait_until_ready(ready)


async def test_cached_jwks_verify_tokens_without_the_issuer(
    fleet: Fleet, client: Client, mode: str
) -> None:
    image_id = await client.upload_image()
    async with Outage(fleet, Service.JWKS, mode):
        new_client = Client(fleet, client._http, "new-owner")
        status, page = await new_client.request("GET", "/v1/images")
        assert (status, page["items"]) == (200, [])
        await client.wait_until_ready(image_id)
