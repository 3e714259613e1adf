"""Addresses of renditions at CloudFront, all of one owner's by a single signature.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-creating-signed-url-custom-policy.html
"""

import base64
import json
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from urllib.parse import quote

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from sightline.domain.clock import now
from sightline.domain.images import Image
from sightline.domain.object_keys import RENDITIONS
from sightline_api.urls.s3 import SAFE
from sightline_api.urls.signer import OriginalDownload, PresignedPost, PresignedUrl, Signer, expiry

#: How many owners' signatures are remembered; one takes about 1 kB, and 0.25 ms to make.
REMEMBERED = 10_000

#: CloudFront's own alphabet for Base64 in a query.
_ALPHABET = bytes.maketrans(b"+=/", b"-_~")


class CloudFrontSigner:
    """`Signer` that has renditions read from CloudFront, and leaves the rest to S3's.

    A signature is good for `renditions/{owner}/*`: one owner's pictures and nobody else's.
    """

    def __init__(
        self,
        s3: Signer,
        url: str,
        key_id: str,
        key: RSAPrivateKey,
        url_seconds: int,
        clock: Callable[[], datetime] = now,
    ) -> None:
        self._s3 = s3
        self._url = url.rstrip("/")
        self._key_id = key_id
        self._key = key
        self._url_seconds = url_seconds
        self._clock = clock
        self._query = lru_cache(REMEMBERED)(self._sign)

    async def sign_upload(self, image: Image, seconds: int) -> PresignedPost:
        return await self._s3.sign_upload(image, seconds)

    async def sign_downloads(self, downloads: list[OriginalDownload]) -> list[PresignedUrl]:
        return await self._s3.sign_downloads(downloads)

    async def sign_renditions(self, keys: list[str]) -> list[str]:
        until = int(expiry(self._clock(), self._url_seconds).timestamp())
        return [
            f"{self._url}/{quote(key, safe=SAFE)}?{self._query(_folder(key), until)}"
            for key in keys
        ]

    def _sign(self, folder: str, until: int) -> str:
        """The query for everything in the folder until then, in Unix seconds."""
        statement = {
            "Resource": f"{self._url}/{folder}*",
            "Condition": {"DateLessThan": {"AWS:EpochTime": until}},
        }
        policy = json.dumps({"Statement": [statement]}, separators=(",", ":")).encode()
        # It takes no other hash. What is signed is ours, so that SHA-1's weakness, two texts of one
        # hash made by a forger, is of no use here.
        signature = self._key.sign(policy, PKCS1v15(), SHA1())  # noqa: S303 # nosec B303
        return f"Policy={_encode(policy)}&Signature={_encode(signature)}&Key-Pair-Id={self._key_id}"


def read_private_key(pem: str) -> RSAPrivateKey:
    """Raises `ValueError`, without a word of what it was given."""
    try:
        key = load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, RSAPrivateKey):
        raise ValueError("it is not an RSA private key in PEM without a password")  # noqa: TRY004
    return key


def _folder(key: str) -> str:
    """`renditions/{owner}/` of a rendition's key."""
    if not key.startswith(RENDITIONS):
        raise ValueError(f"no rendition: {key}")
    return key[: key.index("/", len(RENDITIONS)) + 1]


def _encode(body: bytes) -> str:
    return base64.b64encode(body).translate(_ALPHABET).decode()
