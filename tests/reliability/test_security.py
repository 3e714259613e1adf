"""Forged queue messages and objects have no effect, and the logs contain no secrets."""

import asyncio
import json
import random
import time
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
import pytest_asyncio

from reliability.test_recovery import Client
from sightline_reliability.fleet import Fleet, FleetConfig
from sightline_reliability.timeline import count_unsettled

pytestmark = pytest.mark.asyncio(loop_scope="module")

SECRET_KEY = "kYx7-must-not-be-logged-Q2m9"

#: Maximum wait of a test; one that passes never takes as long.
TIMEOUT_SECONDS = 90.0


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def fleet(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Fleet]:
    variables = {"SIGHTLINE_LOG_LEVEL": "DEBUG", "AWS_SECRET_ACCESS_KEY": SECRET_KEY}
    settings = dict.fromkeys(("api", "worker", "resizer"), variables)
    config = FleetConfig(
        apis=1, workers=1, resizers=1, backoff=0.01, visibility=10, settings=settings, cloud="moto"
    )
    async with Fleet(config, tmp_path_factory.mktemp("fleet"), seed=2) as running:
        await running.start()
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60)) as session:
        yield session


def new_client(fleet: Fleet, http: aiohttp.ClientSession) -> Client:
    return Client(fleet, http, f"owner-{random.randrange(10**9)}")


def read_everything(fleet: Fleet) -> tuple[list[Any], list[str]]:
    """Return every row but those of the gateway's event queues, and every object."""
    resources = fleet.resources
    rows = fleet.client("dynamodb").scan(TableName=resources.table)["Items"]
    s3 = fleet.client("s3")
    objects = [
        f"{entry['Key']} {entry['ETag']}"
        for bucket in (resources.originals_bucket, resources.renditions_bucket)
        for entry in s3.list_objects_v2(Bucket=bucket).get("Contents", [])
    ]
    data = [row for row in rows if row["pk"]["S"] != "EVENT_QUEUES"]
    return sorted(data, key=lambda row: (row["pk"]["S"], row["sk"]["S"])), sorted(objects)


async def wait_until_drained(fleet: Fleet) -> None:
    """Wait until both queues are empty."""
    deadline = time.monotonic() + TIMEOUT_SECONDS
    urls = (fleet.resources.recognition_queue_url, fleet.resources.renditions_queue_url)
    while any([await asyncio.to_thread(count_unsettled, fleet.client("sqs"), url) for url in urls]):
        assert time.monotonic() < deadline
        await asyncio.sleep(0.2)


async def test_forged_queue_messages_change_nothing(
    fleet: Fleet, http: aiohttp.ClientSession
) -> None:
    """Write access to a queue does not allow creating, changing or removing an image."""
    victim = new_client(fleet, http)
    image_id = await victim.upload_image()
    await victim.wait_until_ready(image_id)
    await wait_until_drained(fleet)
    before = await asyncio.to_thread(read_everything, fleet)
    owner = victim.owner
    unknown = image_id[:-4] + "0000"

    def event(key: str, name: str = "ObjectCreated:Put", **more: Any) -> str:
        record = {"eventName": name, "s3": {"object": {"key": key, "size": 1, "eTag": "x", **more}}}
        return json.dumps({"Records": [record]})

    forged = [
        event(f"originals/{owner}/{image_id}"),
        event(f"originals/{owner}/{unknown}"),
        event(f"originals/other-owner/{image_id}"),
        event(f"originals/{owner}/../{owner}/{image_id}"),
        event(f"originals/{owner}%2F..%2Fother/{image_id}"),
        event(f"renditions/{owner}/{image_id}/thumb.webp"),
        event(f"originals/{owner}/{image_id}", "ObjectRemoved:Delete"),
        json.dumps({"Event": "sightline:Delete", "owner": owner, "image_id": image_id}),
        json.dumps(
            {
                "Event": "sightline:Reprocess",
                "owner": "a/b",
                "image_id": image_id,
                "request_id": "x",
                "parts": ["recognition"],
            }
        ),
        json.dumps({"Type": "Notification", "Message": event(f"originals/{owner}/{unknown}")}),
        "\0" * 100,
    ]
    sqs = fleet.client("sqs")
    for url in (fleet.resources.recognition_queue_url, fleet.resources.renditions_queue_url):
        for body in forged:
            await asyncio.to_thread(sqs.send_message, QueueUrl=url, MessageBody=body)
    await wait_until_drained(fleet)
    assert await asyncio.to_thread(read_everything, fleet) == before
    assert fleet.incidents == []


async def test_object_without_an_upload_is_deleted(
    fleet: Fleet, http: aiohttp.ClientSession
) -> None:
    """The resizer deletes an object under an owner's prefix that has no row, and adds no row."""
    victim = new_client(fleet, http)
    image_id = await victim.upload_image()
    await victim.wait_until_ready(image_id)
    await wait_until_drained(fleet)
    before = await asyncio.to_thread(read_everything, fleet)
    owner = victim.owner
    s3 = fleet.client("s3")
    key = f"originals/{owner}/{image_id[:-4]}0000"
    await asyncio.to_thread(
        s3.put_object, Bucket=fleet.resources.originals_bucket, Key=key, Body=b"\xff\xd8\xff"
    )
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while await asyncio.to_thread(read_everything, fleet) != before:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.2)


async def test_logs_contain_no_secrets_at_debug_level(
    fleet: Fleet, http: aiohttp.ClientSession
) -> None:
    """Includes outages, since errors are logged in detail."""
    client = new_client(fleet, http)
    token = client._headers["Authorization"].removeprefix("Bearer ")
    # A token's header, and what is public in each request to AWS, is not secret by itself.
    secrets = {SECRET_KEY, token.rsplit(".", 1)[1], token.split(".")[1]}
    for unavailable in (None, "rekognition", "s3", "dynamodb"):
        image_id = await client.upload_image()
        upload, _ = await client.create_upload()
        fields = upload["upload"]["fields"]
        secrets |= {fields["policy"], fields["x-amz-signature"]}
        if unavailable is not None:
            await fleet.configure_proxy("outages", {unavailable: "reset"})
            await wait_for_log(fleet, '"exc_info"')
            await client.request("GET", f"/v1/images/{image_id}/original")
            await client.request("POST", "/v1/images", {"title": token})
            await client.request("DELETE", f"/v1/images/{image_id}")
            await fleet.configure_proxy("outages", {})
            image_id = await client.upload_image()
        await client.wait_until_ready(image_id)
        _, image = await client.request("GET", f"/v1/images/{image_id}")
        for item in image["renditions"]["items"]:
            secrets |= set(parse_qs(urlsplit(item["url"]).query)["X-Amz-Signature"])
    logs = {each.name: each.log.read_text() for each in fleet.processes.values()}
    for name in ("api-0", "worker-0", "resizer-0"):
        leaked = [secret for secret in secrets if secret in logs[name]]
        assert leaked == [], name
        assert '"exc_info"' in logs[name], name


async def wait_for_log(fleet: Fleet, text: str) -> None:
    """Wait until any process logs the text, for at most five seconds."""
    sizes = {each.name: each.log.stat().st_size for each in fleet.processes.values()}
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        new = [each.log.read_text()[sizes[each.name] :] for each in fleet.processes.values()]
        if any(text in lines for lines in new):
            return
        await asyncio.sleep(0.1)
