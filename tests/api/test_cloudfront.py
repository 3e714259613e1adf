"""Addresses at CloudFront: good for one owner's renditions, for a while, and for nothing else."""

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

URL = "https://pictures.example.com"
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


class Counting:
    """A key that counts what it signs."""

    def __init__(self, key: rsa.RSAPrivateKey) -> None:
        self._key = key
        self.signed = 0

    def sign(self, *arguments: Any) -> bytes:
        self.signed += 1
        return self._key.sign(*arguments)


def make_signer(key: Any, clock: Clock | None = None) -> CloudFrontSigner:
    return CloudFrontSigner(PlainSigner(), f"{URL}/", KEY_ID, key, 600, clock or Clock())


def decode(text: str) -> bytes:
    return base64.b64decode(text.translate(str.maketrans("-_~", "+=/")), validate=True)


def read(url: str) -> tuple[bytes, bytes]:
    """The policy of an address, and its signature."""
    query = parse_qs(urlsplit(url).query, strict_parsing=True)
    assert query["Key-Pair-Id"] == [KEY_ID]
    return decode(query["Policy"][0]), decode(query["Signature"][0])


async def test_an_address_is_signed_with_the_key(key: rsa.RSAPrivateKey) -> None:
    for url in await make_signer(key).sign_renditions(KEYS):
        policy, signature = read(url)
        key.public_key().verify(signature, policy, PKCS1v15(), SHA1())  # noqa: S303
        with pytest.raises(InvalidSignature):
            key.public_key().verify(signature, policy + b" ", PKCS1v15(), SHA1())  # noqa: S303


async def test_an_address_is_what_the_sdk_would_sign(key: rsa.RSAPrivateKey) -> None:
    """To the letter, with the policy that the SDK composes."""
    sdk = botocore.signers.CloudFrontSigner(
        KEY_ID,
        lambda message: key.sign(message, PKCS1v15(), SHA1()),  # noqa: S303
    )
    policy = sdk.build_policy(f"{URL}/renditions/a/*", AT.replace(minute=0) + timedelta(minutes=70))
    for path, url in zip(KEYS, await make_signer(key).sign_renditions(KEYS), strict=True):
        assert url == sdk.generate_presigned_url(f"{URL}/{path}", policy=policy)


async def test_an_address_is_good_for_one_owner_alone(key: rsa.RSAPrivateKey) -> None:
    (url,) = await make_signer(key).sign_renditions(KEYS[:1])
    (statement,) = json.loads(read(url)[0])["Statement"]
    resource = statement["Resource"]
    assert fnmatch.fnmatchcase(f"{URL}/{KEYS[1]}", resource)
    for other in ("renditions/ab/b/thumb.webp", "renditions/b/b/thumb.webp", "index.html"):
        assert not fnmatch.fnmatchcase(f"{URL}/{other}", resource)
    assert statement["Condition"] == {
        "DateLessThan": {"AWS:EpochTime": int((AT + timedelta(minutes=50)).timestamp())}
    }


async def test_each_owner_has_a_signature_of_its_own(key: rsa.RSAPrivateKey) -> None:
    signer = make_signer(key)
    first, second = await signer.sign_renditions([KEYS[0], "renditions/b/b/thumb.webp"])
    assert urlsplit(first).query != urlsplit(second).query
    assert f"{URL}/renditions/b/*" in read(second)[0].decode()


async def test_only_renditions_are_signed(key: rsa.RSAPrivateKey) -> None:
    with pytest.raises(ValueError, match="not the key of a rendition"):
        await make_signer(key).sign_renditions(["originals/a/b"])


async def test_addresses_are_the_same_within_the_hour(key: rsa.RSAPrivateKey) -> None:
    """And signed once."""
    counting, clock = Counting(key), Clock()
    signer = make_signer(counting, clock)
    first = await signer.sign_renditions(KEYS)
    clock.now += timedelta(minutes=39, seconds=59)
    assert await signer.sign_renditions(KEYS) == first
    assert counting.signed == 1
    clock.now += timedelta(seconds=1)
    assert await signer.sign_renditions(KEYS) != first
    assert counting.signed == 2


async def test_what_is_remembered_is_bounded(
    key: rsa.RSAPrivateKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cloudfront, "CACHE_SIZE", 2)
    counting = Counting(key)
    signer = make_signer(counting)
    for owner in ("a", "b", "a", "c", "a"):
        await signer.sign_renditions([f"renditions/{owner}/x/thumb.webp"])
    assert counting.signed == 3
    await signer.sign_renditions(["renditions/b/x/thumb.webp"])
    assert counting.signed == 4


async def test_originals_stay_with_s3(key: rsa.RSAPrivateKey) -> None:
    signer, plain, image = make_signer(key), PlainSigner(), make_image()
    assert await signer.sign_upload(image, 60) == await plain.sign_upload(image, 60)
    downloads = [OriginalDownload("originals/a/b", "a.jpg")]
    assert await signer.sign_downloads(downloads) == await plain.sign_downloads(downloads)


def to_pem(key: Any, form: PrivateFormat = PrivateFormat.PKCS8) -> str:
    return str(key.private_bytes(Encoding.PEM, form, NoEncryption()).decode())


@pytest.mark.parametrize("form", [PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL])
def test_a_key_is_read_as_openssl_writes_it(key: rsa.RSAPrivateKey, form: PrivateFormat) -> None:
    assert read_private_key(to_pem(key, form)).private_numbers() == key.private_numbers()


def test_settings_take_all_of_it(environment: pytest.MonkeyPatch, key: rsa.RSAPrivateKey) -> None:
    """And never show the key."""
    pem = to_pem(key)
    environment.setenv("SIGHTLINE_CLOUDFRONT_URL", URL)
    environment.setenv("SIGHTLINE_CLOUDFRONT_KEY_ID", KEY_ID)
    environment.setenv("SIGHTLINE_CLOUDFRONT_PRIVATE_KEY", pem)
    settings = read_settings(ApiSettings)
    assert settings.cloudfront_private_key is not None
    assert settings.cloudfront_private_key.get_secret_value() == pem
    assert "PRIVATE KEY" not in repr(settings)


@pytest.mark.parametrize("left_out", ["URL", "KEY_ID", "PRIVATE_KEY"])
def test_settings_refuse_a_part_of_it(
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
def test_settings_refuse_what_cannot_sign(
    environment: pytest.MonkeyPatch,
    key: rsa.RSAPrivateKey,
    kind: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """In one line that holds nothing of it."""
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
        "SIGHTLINE_CLOUDFRONT_PRIVATE_KEY: must be an RSA private key in PEM format, without a password\n"
    )
