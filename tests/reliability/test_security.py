"""What a stranger may try from outside the gateway, and what the services' logs give away."""

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
from sightline_reliability.fleet import Fleet, Shape
from sightline_reliability.timeline import count_waiting

pytestmark = pytest.mark.asyncio(loop_scope="module")

SECRET_KEY = "kYx7-never-to-be-told-Q2m9"

#: Seconds until a test gives up; it is never the time that a passing test takes.
PATIENCE = 90.0


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def fleet(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Fleet]:
    told = {"SIGHTLINE_LOG_LEVEL": "DEBUG", "AWS_SECRET_ACCESS_KEY": SECRET_KEY}
    settings = dict.fromkeys(("api", "worker", "resizer"), told)
    shape = Shape(
        apis=1, workers=1, resizers=1, backoff=0.01, visibility=10, settings=settings, cloud="moto"
    )
    async with Fleet(shape, tmp_path_factory.mktemp("fleet"), seed=2) as running:
        await running.start()
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60)) as session:
        yield session


def newcomer(fleet: Fleet, http: aiohttp.ClientSession) -> Client:
    return Client(fleet, http, f"owner-{random.randrange(10**9)}")


def read_everything(fleet: Fleet) -> tuple[list[Any], list[str]]:
    """Every row but those of the gateway's own tasks, and every object."""
    made = fleet.made
    rows = fleet.client("dynamodb").scan(TableName=made.table)["Items"]
    s3 = fleet.client("s3")
    objects = [
        f"{entry['Key']} {entry['ETag']}"
        for bucket in (made.originals_bucket, made.renditions_bucket)
        for entry in s3.list_objects_v2(Bucket=bucket).get("Contents", [])
    ]
    kept = [row for row in rows if row["pk"]["S"] != "INBOXES"]
    return sorted(kept, key=lambda row: (row["pk"]["S"], row["sk"]["S"])), sorted(objects)


async def settle(fleet: Fleet) -> None:
    """Until both queues are empty."""
    deadline = time.monotonic() + PATIENCE
    urls = (fleet.made.recognition_queue_url, fleet.made.renditions_queue_url)
    while any([await asyncio.to_thread(count_waiting, fleet.client("sqs"), url) for url in urls]):
        assert time.monotonic() < deadline
        await asyncio.sleep(0.2)


async def test_a_message_that_is_forged_into_the_queues_changes_nothing(
    fleet: Fleet, http: aiohttp.ClientSession
) -> None:
    """Whoever could write there could still neither make, change nor remove anybody's image."""
    victim = newcomer(fleet, http)
    image_id = await victim.send()
    await victim.wait(image_id)
    await settle(fleet)
    before = await asyncio.to_thread(read_everything, fleet)
    owner = victim.owner
    unknown = image_id[:-4] + "0000"

    def event(key: str, name: str = "ObjectCreated:Put", **more: Any) -> str:
        record = {"eventName": name, "s3": {"object": {"key": key, "size": 1, "eTag": "x", **more}}}
        return json.dumps({"Records": [record]})

    forged = [
        event(f"originals/{owner}/{image_id}"),
        event(f"originals/{owner}/{unknown}"),
        event(f"originals/somebody/{image_id}"),
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
    for url in (fleet.made.recognition_queue_url, fleet.made.renditions_queue_url):
        for body in forged:
            await asyncio.to_thread(sqs.send_message, QueueUrl=url, MessageBody=body)
    await settle(fleet)
    assert await asyncio.to_thread(read_everything, fleet) == before
    assert fleet.mishaps == []


async def test_an_object_put_beside_the_tickets_is_nobodys(
    fleet: Fleet, http: aiohttp.ClientSession
) -> None:
    """Under another's prefix, without a row: the resizer removes it, and no row comes of it."""
    victim = newcomer(fleet, http)
    image_id = await victim.send()
    await victim.wait(image_id)
    await settle(fleet)
    before = await asyncio.to_thread(read_everything, fleet)
    owner = victim.owner
    s3 = fleet.client("s3")
    key = f"originals/{owner}/{image_id[:-4]}0000"
    await asyncio.to_thread(
        s3.put_object, Bucket=fleet.made.originals_bucket, Key=key, Body=b"\xff\xd8\xff"
    )
    deadline = time.monotonic() + PATIENCE
    while await asyncio.to_thread(read_everything, fleet) != before:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.2)


async def test_no_log_tells_a_secret_even_under_debug(
    fleet: Fleet, http: aiohttp.ClientSession
) -> None:
    """With things going wrong too, since what fails is logged at length."""
    person = newcomer(fleet, http)
    token = person._headers["Authorization"].removeprefix("Bearer ")
    # What is public in a token, and in every request to AWS, is no secret by itself.
    secrets = {SECRET_KEY, token.rsplit(".", 1)[1], token.split(".")[1]}
    for away in (None, "rekognition", "s3", "dynamodb"):
        image_id = await person.send()
        ticket, _ = await person.announce()
        fields = ticket["upload"]["fields"]
        secrets |= {fields["policy"], fields["x-amz-signature"]}
        if away is not None:
            await fleet.tell_proxy("down", {away: "refuse"})
            await await_line(fleet, '"exc_info"')
            await person.call("GET", f"/v1/images/{image_id}/original")
            await person.call("POST", "/v1/images", {"title": token})
            await person.call("DELETE", f"/v1/images/{image_id}")
            await fleet.tell_proxy("down", {})
            image_id = await person.send()
        await person.wait(image_id)
        _, image, _ = await person.call("GET", f"/v1/images/{image_id}")
        for item in image["renditions"]["items"]:
            secrets |= set(parse_qs(urlsplit(item["url"]).query)["X-Amz-Signature"])
    logs = {each.name: each.log.read_text() for each in fleet.members.values()}
    for name in ("api-0", "worker-0", "resizer-0"):
        told = [secret for secret in secrets if secret in logs[name]]
        assert told == [], name
        assert '"exc_info"' in logs[name], name


async def await_line(fleet: Fleet, words: str) -> None:
    """Until some service has logged something of the kind, or has had the time to."""
    sizes = {each.name: each.log.stat().st_size for each in fleet.members.values()}
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        new = [each.log.read_text()[sizes[each.name] :] for each in fleet.members.values()]
        if any(words in text for text in new):
            return
        await asyncio.sleep(0.1)
