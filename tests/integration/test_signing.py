"""Signed forms and addresses, used against an S3 that answers."""

import base64
import hashlib
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, quote, urlsplit

import botocore.credentials
import httpx
import pytest
from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from uuid_utils.compat import uuid4

from sightline.adapters.aws.clients import Clients
from sightline.adapters.aws.s3 import S3ObjectStore
from sightline.adapters.aws.sigv4 import Credentials
from sightline.domain.images import Image
from sightline.domain.object_keys import original_key, rendition_key
from sightline_api.urls.s3 import S3Signer
from sightline_api.urls.signer import BucketEndpoint, OriginalDownload
from sightline_testing.builders import make_image

BODY = b"hello"


async def credentials() -> Credentials:
    return Credentials("test", "test", None)


class Rig:
    """A signer over two fresh buckets, and a client without any credentials."""

    def __init__(self, signer: S3Signer, originals: S3ObjectStore, renditions: S3ObjectStore):
        self.signer = signer
        self.originals = originals
        self.renditions = renditions
        self.image: Image = make_image(sha256=hashlib.sha256(BODY).hexdigest(), bytes=len(BODY))


@pytest.fixture
async def rig(clients: Clients, aws_environment: str) -> Rig:
    client = await clients.open("s3")
    names = [f"{kind}-{uuid4()}" for kind in ("originals", "renditions")]
    for name in names:
        await client.create_bucket(
            Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
        )
    originals, renditions = (S3ObjectStore(client, name) for name in names)
    original_bucket, rendition_bucket = (
        BucketEndpoint.at(name, "eu-central-1", aws_environment) for name in names
    )
    signer = S3Signer(
        credentials, "eu-central-1", (names[0], original_bucket), rendition_bucket, 600
    )
    return Rig(signer, originals, renditions)


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
    (url,) = await rig.signer.sign_renditions([key])
    answer = await http.get(url)
    assert (answer.content, answer.headers["Content-Type"]) == (BODY, "image/webp")
    assert "X-Amz-Expires=4200" in url


@pytest.mark.parametrize("endpoint", [None, "http://127.0.0.1:4566"])
@pytest.mark.parametrize("token", [None, "session/token+="])
@pytest.mark.parametrize("key", ["renditions/a/b/thumb.webp", "a b+c%/ä~.webp"])
async def test_an_address_is_what_the_sdk_would_sign(
    monkeypatch: pytest.MonkeyPatch, endpoint: str | None, token: str | None, key: str
) -> None:
    """At the same moment, for the same key, to the letter of its signature."""
    at = datetime(2026, 11, 20, 10, tzinfo=UTC)

    async def temporary() -> Credentials:
        return Credentials("AKIAEXAMPLE", "secret/key", token)

    bucket = BucketEndpoint.at("pictures", "eu-central-1", endpoint)
    signer = S3Signer(
        temporary,
        "eu-central-1",
        ("pictures", bucket),
        bucket,
        600,
        clock=lambda: at + timedelta(minutes=59),
    )
    (ours,) = await signer.sign_renditions([key])
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda: at.replace(tzinfo=None))
    request = AWSRequest("GET", f"{bucket.url}/{quote(key, safe='/-_.~')}")
    sdk = botocore.credentials.Credentials("AKIAEXAMPLE", "secret/key", token)
    S3SigV4QueryAuth(sdk, "s3", "eu-central-1", expires=4200).add_auth(request)
    theirs = str(request.url)
    assert parse_qs(urlsplit(ours).query) == parse_qs(urlsplit(theirs).query)
    assert urlsplit(ours).path == urlsplit(theirs).path


async def test_an_original_is_saved_under_a_name(rig: Rig, http: httpx.AsyncClient) -> None:
    key, name = original_key(rig.image.key), 'Übung 1+2%, "so".jpg'
    await rig.originals.write(key, BODY, "image/jpeg")
    (address,) = await rig.signer.sign_downloads([OriginalDownload(key, name)])
    answer = await http.get(address.url)
    assert answer.content == BODY
    disposition = "attachment; filename*=UTF-8''%C3%9Cbung%201%2B2%25%2C%20%22so%22.jpg"
    assert answer.headers["Content-Disposition"] == disposition


@pytest.mark.parametrize("endpoint", [None, "http://127.0.0.1:4566"])
async def test_a_download_is_what_the_sdk_would_sign(
    monkeypatch: pytest.MonkeyPatch, endpoint: str | None
) -> None:
    at = datetime(2026, 11, 20, 10, tzinfo=UTC)
    bucket = BucketEndpoint.at("pictures", "eu-central-1", endpoint)
    signer = S3Signer(
        credentials, "eu-central-1", ("pictures", bucket), bucket, 600, clock=lambda: at
    )
    (ours,) = await signer.sign_downloads([OriginalDownload("originals/a/b", "ä b.jpg")])
    assert ours.expires_at == at + timedelta(seconds=4200)
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda: at.replace(tzinfo=None))
    disposition = quote("attachment; filename*=UTF-8''%C3%A4%20b.jpg", safe="")
    request = AWSRequest(
        "GET", f"{bucket.url}/originals/a/b?response-content-disposition={disposition}"
    )
    sdk = botocore.credentials.Credentials("test", "test")
    S3SigV4QueryAuth(sdk, "s3", "eu-central-1", expires=4200).add_auth(request)
    assert parse_qs(urlsplit(ours.url).query) == parse_qs(urlsplit(str(request.url)).query)


async def test_addresses_are_the_same_within_the_hour() -> None:
    moment = datetime(2026, 11, 20, 10, 0, 1, tzinfo=UTC)
    bucket = BucketEndpoint.at("pictures", "eu-central-1", None)
    signer = S3Signer(credentials, "eu-central-1", ("p", bucket), bucket, 600, clock=lambda: moment)
    first = await signer.sign_renditions(["a", "b"])
    moment += timedelta(minutes=59)
    assert await signer.sign_renditions(["a", "b"]) == first
    moment += timedelta(minutes=1)
    assert await signer.sign_renditions(["a", "b"]) != first
