"""Presigned POSTs and URLs, used with an S3 emulator and compared with those of the SDK."""

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


class SigningHarness:
    """A signer for two new buckets, and an image to upload."""

    def __init__(self, signer: S3Signer, originals: S3ObjectStore, renditions: S3ObjectStore):
        self.signer = signer
        self.originals = originals
        self.renditions = renditions
        self.image: Image = make_image(sha256=hashlib.sha256(BODY).hexdigest(), bytes=len(BODY))


@pytest.fixture
async def signing(clients: Clients, aws_environment: str) -> SigningHarness:
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
    return SigningHarness(signer, originals, renditions)


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient() as http:
        yield http


async def test_presigned_post_uploads_the_declared_bytes(
    signing: SigningHarness, http: httpx.AsyncClient
) -> None:
    post = await signing.signer.sign_upload(signing.image, 60)
    response = await http.post(
        post.url, data=post.fields, files={"file": ("Übung 1+2%.jpg", BODY, "image/jpeg")}
    )
    assert response.status_code == 204
    stored = await signing.originals.head(original_key(signing.image.key))
    assert await signing.originals.read(stored) == BODY


async def test_presigned_post_policy_contains_every_declared_property(
    signing: SigningHarness,
) -> None:
    """S3 enforces the policy; emulators do not, so the test reads the policy itself."""
    post = await signing.signer.sign_upload(signing.image, 60)
    policy = json.loads(base64.b64decode(post.fields["policy"]))
    conditions = policy["conditions"]
    checksum = base64.b64encode(hashlib.sha256(BODY).digest()).decode()
    assert {"key": original_key(signing.image.key)} in conditions
    assert {"Content-Type": "image/jpeg"} in conditions
    assert {"x-amz-checksum-sha256": checksum} in conditions
    assert {"x-amz-checksum-algorithm": "SHA256"} in conditions
    assert ["content-length-range", 5, 5] in conditions
    assert post.fields["x-amz-algorithm"] == "AWS4-HMAC-SHA256"


async def test_rendition_url_returns_the_rendition(
    signing: SigningHarness, http: httpx.AsyncClient
) -> None:
    key = rendition_key(signing.image.key, "thumb", "webp")
    await signing.renditions.write(key, BODY, "image/webp")
    (url,) = await signing.signer.sign_renditions([key])
    response = await http.get(url)
    assert (response.content, response.headers["Content-Type"]) == (BODY, "image/webp")
    assert "X-Amz-Expires=4200" in url


@pytest.mark.parametrize("endpoint", [None, "http://127.0.0.1:4566"])
@pytest.mark.parametrize("token", [None, "session/token+="])
@pytest.mark.parametrize("key", ["renditions/a/b/thumb.webp", "a b+c%/ä~.webp"])
async def test_rendition_url_equals_that_of_the_sdk(
    monkeypatch: pytest.MonkeyPatch, endpoint: str | None, token: str | None, key: str
) -> None:
    """At the same time and for the same key, including the signature."""
    at = datetime(2026, 11, 20, 10, tzinfo=UTC)

    async def temporary_credentials() -> Credentials:
        return Credentials("AKIAEXAMPLE", "secret/key", token)

    bucket = BucketEndpoint.at("images", "eu-central-1", endpoint)
    signer = S3Signer(
        temporary_credentials,
        "eu-central-1",
        ("images", bucket),
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


async def test_download_url_sets_the_file_name(
    signing: SigningHarness, http: httpx.AsyncClient
) -> None:
    key, name = original_key(signing.image.key), 'Übung 1+2%, "so".jpg'
    await signing.originals.write(key, BODY, "image/jpeg")
    (download,) = await signing.signer.sign_downloads([OriginalDownload(key, name)])
    response = await http.get(download.url)
    assert response.content == BODY
    disposition = "attachment; filename*=UTF-8''%C3%9Cbung%201%2B2%25%2C%20%22so%22.jpg"
    assert response.headers["Content-Disposition"] == disposition


@pytest.mark.parametrize("endpoint", [None, "http://127.0.0.1:4566"])
async def test_download_url_equals_that_of_the_sdk(
    monkeypatch: pytest.MonkeyPatch, endpoint: str | None
) -> None:
    at = datetime(2026, 11, 20, 10, tzinfo=UTC)
    bucket = BucketEndpoint.at("images", "eu-central-1", endpoint)
    signer = S3Signer(
        credentials, "eu-central-1", ("images", bucket), bucket, 600, clock=lambda: at
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


@pytest.mark.parametrize("minutes", [20, 300])
async def test_download_url_expires_with_the_credentials(minutes: int) -> None:
    """The expiry that clients see is that of the session token, if it is earlier."""
    at = datetime(2026, 11, 20, 10, tzinfo=UTC)
    token_expiry = at + timedelta(minutes=minutes)

    async def temporary_credentials() -> Credentials:
        return Credentials("AKIAEXAMPLE", "secret/key", "token", token_expiry)

    bucket = BucketEndpoint.at("images", "eu-central-1", None)
    signer = S3Signer(
        temporary_credentials,
        "eu-central-1",
        ("images", bucket),
        bucket,
        3600,
        clock=lambda: at,
    )
    (download,) = await signer.sign_downloads([OriginalDownload("originals/a/b", "b.jpg")])
    assert download.expires_at == min(token_expiry, at + timedelta(hours=2))


async def test_urls_are_the_same_within_an_hour() -> None:
    moment = datetime(2026, 11, 20, 10, 0, 1, tzinfo=UTC)
    bucket = BucketEndpoint.at("images", "eu-central-1", None)
    signer = S3Signer(credentials, "eu-central-1", ("p", bucket), bucket, 600, clock=lambda: moment)
    first = await signer.sign_renditions(["a", "b"])
    moment += timedelta(minutes=59)
    assert await signer.sign_renditions(["a", "b"]) == first
    moment += timedelta(minutes=1)
    assert await signer.sign_renditions(["a", "b"]) != first
