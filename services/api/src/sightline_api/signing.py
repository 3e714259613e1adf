"""Addresses that S3 lets a client use directly, for a while and for one thing only."""

import base64
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from sightline.images import Image
from sightline.keys import original_key

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client


class SignedForm(NamedTuple):
    """A form that a client posts to S3, its `file` field last."""

    url: str
    fields: dict[str, str]


class Signer(Protocol):
    """Signs without asking anyone: no call leaves the process."""

    async def sign_upload(self, image: Image, seconds: int) -> SignedForm:
        """A form that stores exactly what the image announces under its own key."""

    async def sign_rendition(self, key: str) -> str:
        """An address to read a rendition from."""


class S3Signer:
    """`Signer` by S3's own presigned forms and addresses."""

    def __init__(
        self, client: "S3Client", originals: str, renditions: str, url_seconds: int
    ) -> None:
        self._client = client
        self._originals = originals
        self._renditions = renditions
        self._url_seconds = url_seconds

    async def sign_upload(self, image: Image, seconds: int) -> SignedForm:
        fields = {
            "Content-Type": image.media_type,
            "x-amz-checksum-algorithm": "SHA256",
            "x-amz-checksum-sha256": base64.b64encode(bytes.fromhex(image.sha256)).decode(),
        }
        conditions: list[Any] = [{name: value} for name, value in fields.items()]
        conditions.append(["content-length-range", image.bytes, image.bytes])
        form = await self._client.generate_presigned_post(
            self._originals,
            original_key(image.key),
            Fields=dict(fields),
            Conditions=conditions,
            ExpiresIn=seconds,
        )
        return SignedForm(form["url"], form["fields"])

    async def sign_rendition(self, key: str) -> str:
        return await self._client.generate_presigned_url(
            "get_object",
            Params={"Bucket": self._renditions, "Key": key},
            ExpiresIn=self._url_seconds,
        )
