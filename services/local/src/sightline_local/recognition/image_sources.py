"""Image sources: the request itself, or S3."""

from typing import TYPE_CHECKING, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from sightline_local.recognition.errors import ImageTooLarge, InternalError, InvalidS3Object
from sightline_local.recognition.requests import MAX_S3_OBJECT_BYTES, ImageSource, S3Reference

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client


class Storage(Protocol):
    """Storage of images that a request references."""

    async def read(self, reference: S3Reference) -> bytes:
        """Raises `InvalidS3Object`, `ImageTooLarge` and `InternalError`."""


class S3Storage:
    """`Storage` in S3, with the endpoint and credentials of this process."""

    def __init__(self, client: "S3Client") -> None:
        self._client = client

    async def read(self, reference: S3Reference) -> bytes:
        version = {"VersionId": reference.Version} if reference.Version else {}
        try:
            response = await self._client.get_object(
                Bucket=reference.Bucket,
                Key=reference.Name,
                **version,  # type: ignore[arg-type]
            )
            async with response["Body"] as body:
                if response["ContentLength"] > MAX_S3_OBJECT_BYTES:
                    raise ImageTooLarge(f"The image is larger than {MAX_S3_OBJECT_BYTES} bytes.")
                return await body.read()
        except ClientError as error:
            # Rekognition has one error for every S3 client error.
            if error.response["ResponseMetadata"]["HTTPStatusCode"] < 500:
                raise InvalidS3Object(
                    "Unable to get object metadata from S3. "
                    "Check object key, region and/or access permissions."
                ) from error
            raise InternalError("S3 returned a server error.") from error
        except BotoCoreError as error:
            raise InternalError("S3 cannot be reached.") from error


async def read_image_bytes(source: ImageSource, storage: Storage) -> bytes:
    """Return the bytes of an image. Raises the errors of `Storage.read`."""
    if source.S3Object is not None:
        return await storage.read(source.S3Object)
    assert source.Bytes is not None  # noqa: S101 - a source has one or the other
    return source.Bytes
