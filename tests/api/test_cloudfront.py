"""CloudFront URLs: valid for the renditions of one owner, and for a limited time."""

import base64
import fnmatch
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import botocore.signers
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from api.conftest import PlainSigner
from sightline.settings import read_settings
from sightline_api.settings import ApiSettings
from sightline_api.urls import cloudfront
from sightline_api.urls.cloudfront import CloudFrontSigner, read_private_key
from sightline_api.urls.signer import OriginalDownload
from sightline_testing.builders import make_image

URL = "https://images.example.com"
KEY_ID = "K2JCJMDEHXQW5F"
AT = datetime(2026, 11, 20, 10, 20, tzinfo=UTC)
KEYS = ["renditions/a/b/thumb.webp", "renditions/a/c/full.webp"]


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Clock:
    def __init__(self) -> None:
        self.now = AT

    def __call__(self) -> datetime:
        return self.now


class CountingKey:
    """A private key that counts its signatures."""

    def __init__(self, key: rsa.RSAPrivateKey) -> None:
        self._key = key
        self.signatures = 0

    def sign(self, *arguments: Any) -> bytes:
        self.signatures += 1
        return self._key.sign(*arguments)


def make_signer(key: Any, clock: Clock | None = None) -> CloudFrontSigner:
    return CloudFrontSigner(PlainSigner(), f"{URL}/", KEY_ID, key, 600, clock or Clock())


def decode_base64(text: str) -> bytes:
    return base64.b64decode(text.translate(str.maketrans("-_~", "+=/")), validate=True)


def parse_url(url: str) -> tuple[bytes, bytes]:
    """Return the policy and the signature of a URL."""
    query = parse_qs(urlsplit(url).query, strict_parsing=True)
    assert query["Key-Pair-Id"] == [KEY_ID]
    return decode_base64(query["Policy"][0]), decode_base64(query["Signature"][0])


async def test_a_url_is_signed_with_the_key(key: rsa.RSAPrivateKey) -> None:
    for url in await make_signer(key).sign_renditions(KEYS):
        policy, signature = parse_url(url)
        key.public_key().verify(signature, policy, PKCS1v15(), SHA1())  # noqa: S303
        with pytest.raises(InvalidSignature):
            key.public_key().verify(signature, policy + b" ", PKCS1v15(), SHA1())  # noqa: S303


async def test_a_url_equals_that_of_the_sdk(key: rsa.RSAPrivateKey) -> None:
    sdk = botocore.signers.CloudFrontSigner(
        KEY_ID,
        lambda message: key.sign(message, PKCS1v15(), SHA1()),  # noqa: S303
    )
    policy = sdk.build_policy(f"{URL}/renditions/a/*", AT.replace(minute=0) + timedelta(minutes=70))
    for path, url in zip(KEYS, await make_signer(key).sign_renditions(KEYS), strict=True):
        assert url == sdk.generate_presigned_url(f"{URL}/{path}", policy=policy)


async def test_a_url_is_valid_for_one_owner_only(key: rsa.RSAPrivateKey) -> None:
    (url,) = await make_signer(key).sign_renditions(KEYS[:1])
    (statement,) = json.loads(parse_url(url)[0])["Statement"]
    resource = statement["Resource"]
    assert fnmatch.fnmatchcase(f"{URL}/{KEYS[1]}", resource)
    for other in ("renditions/ab/b/thumb.webp", "renditions/b/b/thumb.webp", "index.html"):
        assert not fnmatch.fnmatchcase(f"{URL}/{other}", resource)
    assert statement["Condition"] == {
        "DateLessThan": {"AWS:EpochTime": int((AT + timedelta(minutes=50)).timestamp())}
    }


async def test_each_owner_has_a_separate_signature(key: rsa.RSAPrivateKey) -> None:
    signer = make_signer(key)
    first, second = await signer.sign_renditions([KEYS[0], "renditions/b/b/thumb.webp"])
    assert urlsplit(first).query != urlsplit(second).query
    assert f"{URL}/renditions/b/*" in parse_url(second)[0].decode()


async def test_a_url_for_visitors_is_valid_for_one_image_only(key: rsa.RSAPrivateKey) -> None:
    """A share link to one image must not open the other images of its owner."""
    keys = [f"renditions/a/{name}" for name in ("b/thumb.webp", "b/large.webp", "c/thumb.webp")]
    urls = await make_signer(key).for_visitors().sign_renditions(keys)
    for number, url in enumerate(urls):
        policy, signature = parse_url(url)
        key.public_key().verify(signature, policy, PKCS1v15(), SHA1())  # noqa: S303
        (statement,) = json.loads(policy)["Statement"]
        opened = [fnmatch.fnmatchcase(f"{URL}/{each}", statement["Resource"]) for each in keys]
        assert opened == [number < 2, number < 2, number == 2]
        assert not fnmatch.fnmatchcase(f"{URL}/renditions/a/bc/x.webp", statement["Resource"])


async def test_only_keys_of_renditions_are_signed(key: rsa.RSAPrivateKey) -> None:
    signer = make_signer(key)
    for each in (signer, signer.for_visitors()):
        with pytest.raises(ValueError, match="not the key of a rendition"):
            await each.sign_renditions(["originals/a/b"])


async def test_urls_stay_the_same_within_the_hour_and_are_signed_once(
    key: rsa.RSAPrivateKey,
) -> None:
    counting, clock = CountingKey(key), Clock()
    signer = make_signer(counting, clock)
    first = await signer.sign_renditions(KEYS)
    clock.now += timedelta(minutes=39, seconds=59)
    assert await signer.sign_renditions(KEYS) == first
    assert counting.signatures == 1
    clock.now += timedelta(seconds=1)
    assert await signer.sign_renditions(KEYS) != first
    assert counting.signatures == 2


async def test_the_signature_cache_is_bounded(
    key: rsa.RSAPrivateKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cloudfront, "CACHE_SIZE", 2)
    counting = CountingKey(key)
    signer = make_signer(counting)
    for owner in ("a", "b", "a", "c", "a"):
        await signer.sign_renditions([f"renditions/{owner}/x/thumb.webp"])
    assert counting.signatures == 3
    await signer.sign_renditions(["renditions/b/x/thumb.webp"])
    assert counting.signatures == 4


async def test_uploads_and_originals_use_s3(key: rsa.RSAPrivateKey) -> None:
    signer, plain, image = make_signer(key), PlainSigner(), make_image()
    assert await signer.sign_upload(image, 60) == await plain.sign_upload(image, 60)
    downloads = [OriginalDownload("originals/a/b", "a.jpg")]
    assert await signer.sign_downloads(downloads) == await plain.sign_downloads(downloads)


def to_pem(key: Any, form: PrivateFormat = PrivateFormat.PKCS8) -> str:
    return str(key.private_bytes(Encoding.PEM, form, NoEncryption()).decode())


@pytest.mark.parametrize("form", [PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL])
def test_keys_in_the_formats_of_openssl_are_accepted(
    key: rsa.RSAPrivateKey, form: PrivateFormat
) -> None:
    assert read_private_key(to_pem(key, form)).private_numbers() == key.private_numbers()


def test_complete_settings_are_accepted_and_hide_the_key(
    environment: pytest.MonkeyPatch, key: rsa.RSAPrivateKey
) -> None:
    pem = to_pem(key)
    environment.setenv("SIGHTLINE_CLOUDFRONT_URL", URL)
    environment.setenv("SIGHTLINE_CLOUDFRONT_KEY_ID", KEY_ID)
    environment.setenv("SIGHTLINE_CLOUDFRONT_PRIVATE_KEY", pem)
    settings = read_settings(ApiSettings)
    assert settings.cloudfront_private_key is not None
    assert settings.cloudfront_private_key.get_secret_value() == pem
    assert "PRIVATE KEY" not in repr(settings)


@pytest.mark.parametrize("left_out", ["URL", "KEY_ID", "PRIVATE_KEY"])
def test_incomplete_settings_are_rejected(
    environment: pytest.MonkeyPatch,
    key: rsa.RSAPrivateKey,
    left_out: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    values = {"URL": URL, "KEY_ID": KEY_ID, "PRIVATE_KEY": to_pem(key)}
    for name in values.keys() - {left_out}:
        environment.setenv(f"SIGHTLINE_CLOUDFRONT_{name}", values[name])
    with pytest.raises(SystemExit):
        read_settings(ApiSettings)
    assert capsys.readouterr().err == (
        "SIGHTLINE_CLOUDFRONT_URL, SIGHTLINE_CLOUDFRONT_KEY_ID, SIGHTLINE_CLOUDFRONT_PRIVATE_KEY: "
        "set all of them or none\n"
    )


@pytest.mark.parametrize("kind", ["text", "curve", "public"])
def test_an_invalid_private_key_is_rejected(
    environment: pytest.MonkeyPatch,
    key: rsa.RSAPrivateKey,
    kind: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The error message contains nothing of the key."""
    secrets = {
        "text": "secret",
        "curve": to_pem(ec.generate_private_key(ec.SECP256R1())),
        "public": to_pem(key).replace("PRIVATE", "PUBLIC"),
    }
    environment.setenv("SIGHTLINE_CLOUDFRONT_URL", URL)
    environment.setenv("SIGHTLINE_CLOUDFRONT_KEY_ID", KEY_ID)
    environment.setenv("SIGHTLINE_CLOUDFRONT_PRIVATE_KEY", secrets[kind])
    with pytest.raises(SystemExit):
        read_settings(ApiSettings)
    assert capsys.readouterr().err == (
        "SIGHTLINE_CLOUDFRONT_PRIVATE_KEY: "
        "must be an RSA private key in PEM format, without a password\n"
    )
