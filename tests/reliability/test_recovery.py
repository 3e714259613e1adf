"""Each dependency away for a while, in turn: the gateway serves what it can and says "later" of the
rest, what waits is worked off when all is back, and nothing needs a restart. Away is who refuses
every connection, and who takes every call and never answers.

Seconds that a dependency is away: `SIGHTLINE_OUTAGE_SECONDS` (`make recovery` takes a minute).
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
from sightline_reliability.fleet import Fleet, Shape
from sightline_reliability.sample_images import draw_picture

OUTAGE = float(os.environ.get("SIGHTLINE_OUTAGE_SECONDS", "4"))

#: Messages that fail come back within the outage's own length or so after it.
PATIENCE = 60 + 3 * OUTAGE

#: A first wait that leaves enough attempts for after the outage.
BACKOFF = max(0.4, OUTAGE / 30)

pytestmark = pytest.mark.asyncio(loop_scope="module")

Json = dict[str, Any]


class Client:
    """One owner at the gateway, without the patience of a good program: what is told counts."""

    def __init__(self, fleet: Fleet, http: aiohttp.ClientSession, owner: str) -> None:
        self.owner = owner
        self._gateway = fleet.gateways()[0]
        self._http = http
        self._headers = {"Authorization": f"Bearer {fleet.sign_in(owner)}"}
        self._chance = random.Random(owner)

    async def call(self, method: str, path: str, body: Json | None = None) -> tuple[int, Any, str]:
        """Status, body and Retry-After."""
        async with self._http.request(
            method, self._gateway + path, json=body, headers=self._headers
        ) as answer:
            told = await answer.json() if answer.status != 204 else None
            return answer.status, told, answer.headers.get("Retry-After", "")

    async def announce(self) -> tuple[Json, bytes]:
        body, media_type = draw_picture(self._chance)
        digest = hashlib.sha256(body).hexdigest()
        asked = {"media_type": media_type, "bytes": len(body), "sha256": digest}
        status, ticket, _ = await self.call("POST", "/v1/images", asked)
        assert status == 201
        return ticket, body

    async def post(self, ticket: Json, body: bytes) -> None:
        data = aiohttp.FormData(ticket["upload"]["fields"])
        data.add_field("file", body, filename="picture")
        async with self._http.post(ticket["upload"]["url"], data=data) as answer:
            assert answer.status < 300

    async def post_in_vain(self, ticket: Json, body: bytes) -> None:
        with pytest.raises(aiohttp.ClientError):
            await self.post(ticket, body)

    async def send(self) -> str:
        ticket, body = await self.announce()
        await self.post(ticket, body)
        image_id: str = ticket["image"]["id"]
        return image_id

    async def status(self, image_id: str) -> str:
        code, image, _ = await self.call("GET", f"/v1/images/{image_id}")
        assert code == 200
        return str(image["status"])

    async def wait(self, image_id: str) -> None:
        """Until it is ready."""
        deadline = time.monotonic() + PATIENCE
        while (status := await self.status(image_id)) != "ready":
            assert status == "processing" or status == "awaiting_upload", status
            assert time.monotonic() < deadline, f"{image_id} is still {status}"
            await asyncio.sleep(0.2)

    async def refused(self, method: str, path: str, body: Json | None = None) -> None:
        """That it is told to come back later."""
        status, told, retry_after = await self.call(method, path, body)
        assert (status, told["code"]) in {(503, "dependency_unavailable"), (503, "request_timeout")}
        assert int(retry_after) > 0


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def fleet(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Fleet]:
    shape = Shape(apis=1, workers=1, resizers=1, backoff=BACKOFF, visibility=10, cloud="moto")
    async with Fleet(shape, tmp_path_factory.mktemp("fleet"), seed=1) as running:
        await running.start()
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def client(fleet: Fleet) -> AsyncIterator[Client]:
    timeout = aiohttp.ClientTimeout(total=60)
    async with aiohttp.ClientSession(timeout=timeout) as http:
        yield Client(fleet, http, f"owner-{random.randrange(10**9)}")


@pytest.fixture(params=["refuse", "hang"])
def how(request: pytest.FixtureRequest) -> str:
    """What a dependency does that is away."""
    return str(request.param)


class Outage:
    """One dependency away, for as long as the context lasts and at least `OUTAGE` seconds."""

    def __init__(self, fleet: Fleet, service: Service, how: str) -> None:
        self._fleet = fleet
        self._service = service
        self._how = how
        self._began = 0.0

    async def __aenter__(self) -> None:
        self._pids = self._find_pids()
        self._began = time.monotonic()
        await self._fleet.tell_proxy("down", {self._service: self._how})

    async def __aexit__(self, *_: object) -> None:
        await asyncio.sleep(max(0, self._began + OUTAGE - time.monotonic()))
        await self._fleet.tell_proxy("down", {})
        assert self._fleet.mishaps == []
        assert self._find_pids() == self._pids

    def _find_pids(self) -> dict[str, int]:
        members = self._fleet.members.values()
        return {each.name: each.process.pid for each in members if each.process is not None}


async def test_without_recognition_all_else_goes_on(fleet: Fleet, client: Client, how: str) -> None:
    async with Outage(fleet, Service.REKOGNITION, how):
        image_id = await client.send()
        deadline = time.monotonic() + PATIENCE
        while True:
            _, image, _ = await client.call("GET", f"/v1/images/{image_id}")
            if image["renditions"]["state"] == "succeeded":
                break
            assert time.monotonic() < deadline
            await asyncio.sleep(0.1)
        assert image["status"] == "processing"
        assert (await client.call("DELETE", f"/v1/images/{await client.send()}"))[0] == 204
    await client.wait(image_id)


async def test_without_the_table_nothing_is_told_and_nothing_lost(
    fleet: Fleet, client: Client, how: str
) -> None:
    ready = await client.send()
    await client.wait(ready)
    ticket, body = await client.announce()
    async with Outage(fleet, Service.DYNAMODB, how):
        # S3 knows nothing of it: what was announced before is taken.
        await client.post(ticket, body)
        await asyncio.gather(
            client.refused("GET", "/v1/images"),
            client.refused("GET", f"/v1/images/{ready}"),
            client.refused("DELETE", f"/v1/images/{ready}"),
            client.refused(
                "POST", "/v1/images", {"media_type": "image/png", "bytes": 1, "sha256": "0" * 64}
            ),
        )
        assert (await client.call("GET", "/health"))[0] == 200
    await client.wait(ticket["image"]["id"])
    assert await client.status(ready) == "ready"


async def test_without_the_bucket_tickets_and_reads_go_on(
    fleet: Fleet, client: Client, how: str
) -> None:
    ready = await client.send()
    await client.wait(ready)
    async with Outage(fleet, Service.S3, how):
        ticket, body = await client.announce()
        assert await client.status(ready) == "ready"
        await asyncio.gather(
            client.refused("DELETE", f"/v1/images/{ready}"), client.post_in_vain(ticket, body)
        )
    await client.post(ticket, body)
    await client.wait(ticket["image"]["id"])
    assert (await client.call("DELETE", f"/v1/images/{ready}"))[0] == 204
    assert (await client.call("GET", f"/v1/images/{ready}"))[0] == 404


async def test_without_the_queues_pictures_wait(fleet: Fleet, client: Client, how: str) -> None:
    async with Outage(fleet, Service.SQS, how):
        sent = [await client.send() for _ in range(3)]
        status, page, _ = await client.call("GET", "/v1/images")
        assert (status, len(page["items"])) == (200, 3)
    for image_id in sent:
        await client.wait(image_id)


async def test_without_the_topic_only_demands_have_to_wait(
    fleet: Fleet, client: Client, how: str
) -> None:
    ready = await client.send()
    await client.wait(ready)
    async with Outage(fleet, Service.SNS, how):
        await client.refused("POST", f"/v1/images/{ready}/reprocess", {})
        # Whether anybody can be told live or not, what is uploaded is worked on.
        await client.wait(await client.send())
    assert (await client.call("POST", f"/v1/images/{ready}/reprocess", {}))[0] == 202
    await client.wait(ready)


async def test_without_the_issuer_known_keys_serve(fleet: Fleet, client: Client, how: str) -> None:
    image_id = await client.send()
    async with Outage(fleet, Service.JWKS, how):
        newcomer = Client(fleet, client._http, "newcomer")
        status, page, _ = await newcomer.call("GET", "/v1/images")
        assert (status, page["items"]) == (200, [])
        await client.wait(image_id)
