"""Where a picture comes from: the request itself, or S3."""

from typing import TYPE_CHECKING, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from sightline_local.recognition.errors import ImageTooLarge, InternalError, InvalidS3Object
from sightline_local.recognition.requests import MAX_S3_OBJECT_BYTES, ImageSource, S3Reference

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client


class Storage(Protocol):
    """Where pictures lie that are only referred to."""

    async def read(self, reference: S3Reference) -> bytes:
        """Raises `InvalidS3Object`, `ImageTooLarge` and `InternalError`."""


class S3Storage:
    """`Storage` in S3, by the caller's own endpoint and credentials."""

    def __init__(self, client: "S3Client") -> None:
        self._client = client

    async def read(self, reference: S3Reference) -> bytes:
        version = {"VersionId": reference.Version} if reference.Version else {}
        try:
            answer = await self._client.get_object(
                Bucket=reference.Bucket,
                Key=reference.Name,
                **version,  # type: ignore[arg-type]
            )
            async with answer["Body"] as body:
                if answer["ContentLength"] > MAX_S3_OBJECT_BYTES:
                    raise ImageTooLarge(f"The image is larger than {MAX_S3_OBJECT_BYTES} bytes.")
                return await body.read()
        except ClientError as error:
            # Whatever S3 has against the reference, Rekognition has one error for it.
            if error.response["ResponseMetadata"]["HTTPStatusCode"] < 500:
                raise InvalidS3Object(
                    "Unable to get object metadata from S3. "
                    "Check object key, region and/or access permissions."
                ) from error
            raise InternalError("S3 is not well.") from error
        except BotoCoreError as error:
            raise InternalError("S3 cannot be reached.") from error


async def read_image_bytes(source: ImageSource, storage: Storage) -> bytes:
    if source.S3Object is not None:
        return await storage.read(source.S3Object)
    assert source.Bytes is not None  # noqa: S101 - a source has one or the other
    return source.Bytes
