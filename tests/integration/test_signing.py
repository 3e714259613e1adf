"""Signed forms and addresses, used against an S3 that answers."""

import base64
import hashlib
import json
from collections.abc import AsyncIterator

import httpx
import pytest
from uuid_utils.compat import uuid4

from samples import make_image
from sightline.aws import Clients
from sightline.images import Image
from sightline.keys import original_key, rendition_key
from sightline.s3 import S3ObjectStore
from sightline_api.signing import S3Signer

BODY = b"hello"


class Rig:
    """A signer over two fresh buckets, and a client without any credentials."""

    def __init__(self, signer: S3Signer, originals: S3ObjectStore, renditions: S3ObjectStore):
        self.signer = signer
        self.originals = originals
        self.renditions = renditions
        self.image: Image = make_image(sha256=hashlib.sha256(BODY).hexdigest(), bytes=len(BODY))


@pytest.fixture
async def rig(clients: Clients) -> Rig:
    client = await clients.open("s3")
    names = [f"{kind}-{uuid4()}" for kind in ("originals", "renditions")]
    for name in names:
        await client.create_bucket(
            Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
        )
    originals, renditions = (S3ObjectStore(client, name) for name in names)
    return Rig(S3Signer(client, names[0], names[1], 600), originals, renditions)


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient() as http:
        yield http


async def test_a_form_uploads_what_was_announced(rig: Rig, http: httpx.AsyncClient) -> None:
    form = await rig.signer.sign_upload(rig.image, 60)
    answer = await http.post(
        form.url, data=form.fields, files={"file": ("Übung 1+2%.jpg", BODY, "image/jpeg")}
    )
    assert answer.status_code == 204
    stored = await rig.originals.head(original_key(rig.image.key))
    assert await rig.originals.read(stored) == BODY


async def test_a_form_is_bound_to_everything_that_was_announced(rig: Rig) -> None:
    """S3 holds the bearer to the policy; emulators do not, so the policy itself is read."""
    form = await rig.signer.sign_upload(rig.image, 60)
    policy = json.loads(base64.b64decode(form.fields["policy"]))
    conditions = policy["conditions"]
    checksum = base64.b64encode(hashlib.sha256(BODY).digest()).decode()
    assert {"key": original_key(rig.image.key)} in conditions
    assert {"Content-Type": "image/jpeg"} in conditions
    assert {"x-amz-checksum-sha256": checksum} in conditions
    assert {"x-amz-checksum-algorithm": "SHA256"} in conditions
    assert ["content-length-range", 5, 5] in conditions
    assert form.fields["x-amz-algorithm"] == "AWS4-HMAC-SHA256"


async def test_an_address_reads_one_rendition(rig: Rig, http: httpx.AsyncClient) -> None:
    key = rendition_key(rig.image.key, "thumb", "webp")
    await rig.renditions.write(key, BODY, "image/webp")
    url = await rig.signer.sign_rendition(key)
    answer = await http.get(url)
    assert (answer.content, answer.headers["Content-Type"]) == (BODY, "image/webp")
    assert "X-Amz-Expires=600" in url
    assert "X-Amz-Signature=" in url
