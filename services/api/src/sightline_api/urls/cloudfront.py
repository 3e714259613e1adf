"""CloudFront URLs of renditions: one signature for all of an owner, or of an image.

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
from sightline_api.urls.s3 import PATH_SAFE_CHARACTERS
from sightline_api.urls.signer import OriginalDownload, PresignedPost, PresignedUrl, Signer, expiry

#: Owners whose signatures are cached; one takes about 1 kB, and 0.25 ms to create.
CACHE_SIZE = 10_000

#: CloudFront's replacements for the Base64 characters that are special in a query.
_BASE64_REPLACEMENTS = bytes.maketrans(b"+=/", b"-_~")


class CloudFrontSigner:
    """`Signer` for renditions on CloudFront; it delegates uploads and originals to another.

    A signature is valid for `renditions/{owner}/*`: the renditions of one owner only. With
    `per_image`, it is valid for `renditions/{owner}/{image_id}/*`.
    """

    def __init__(
        self,
        s3: Signer,
        url: str,
        key_id: str,
        key: RSAPrivateKey,
        url_seconds: int,
        clock: Callable[[], datetime] = now,
        *,
        per_image: bool = False,
    ) -> None:
        self._s3 = s3
        self._url = url.rstrip("/")
        self._key_id = key_id
        self._key = key
        self._url_seconds = url_seconds
        self._clock = clock
        self._folder = _image_folder if per_image else _folder
        self._query = lru_cache(CACHE_SIZE)(self._sign)

    async def sign_upload(self, image: Image, seconds: int) -> PresignedPost:
        return await self._s3.sign_upload(image, seconds)

    async def sign_downloads(self, downloads: list[OriginalDownload]) -> list[PresignedUrl]:
        return await self._s3.sign_downloads(downloads)

    async def sign_renditions(self, keys: list[str]) -> list[str]:
        expires_at = int(expiry(self._clock(), self._url_seconds).timestamp())
        return [
            f"{self._url}/{quote(key, safe=PATH_SAFE_CHARACTERS)}"
            f"?{self._query(self._folder(key), expires_at)}"
            for key in keys
        ]

    def for_visitors(self) -> "CloudFrontSigner":
        return CloudFrontSigner(
            self._s3.for_visitors(),
            self._url,
            self._key_id,
            self._key,
            self._url_seconds,
            self._clock,
            per_image=True,
        )

    def _sign(self, folder: str, expires_at: int) -> str:
        """Return the query that signs every URL in the folder; `expires_at` in Unix seconds."""
        statement = {
            "Resource": f"{self._url}/{folder}*",
            "Condition": {"DateLessThan": {"AWS:EpochTime": expires_at}},
        }
        policy = json.dumps({"Statement": [statement]}, separators=(",", ":")).encode()
        # CloudFront supports SHA-1 only. Its weakness, collisions that an attacker constructs, does
        # not apply: the policy that is signed is our own.
        signature = self._key.sign(policy, PKCS1v15(), SHA1())  # noqa: S303 # nosec B303
        return f"Policy={_encode(policy)}&Signature={_encode(signature)}&Key-Pair-Id={self._key_id}"


def read_private_key(pem: str) -> RSAPrivateKey:
    """Parse the key. Raises `ValueError`, whose message contains nothing of the input."""
    try:
        key = load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, RSAPrivateKey):
        raise ValueError("must be an RSA private key in PEM format, without a password")  # noqa: TRY004
    return key


def _folder(key: str) -> str:
    """Return the prefix `renditions/{owner}/` of a rendition's key."""
    if not key.startswith(RENDITIONS):
        raise ValueError(f"not the key of a rendition: {key}")
    return key[: key.index("/", len(RENDITIONS)) + 1]


def _image_folder(key: str) -> str:
    """Return the prefix `renditions/{owner}/{image_id}/` of a rendition's key."""
    return key[: key.index("/", len(_folder(key))) + 1]


def _encode(body: bytes) -> str:
    return base64.b64encode(body).translate(_BASE64_REPLACEMENTS).decode()
