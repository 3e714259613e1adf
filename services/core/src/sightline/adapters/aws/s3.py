"""One S3 bucket."""

import base64
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from sightline.ports.errors import DependencyBusy
from sightline.ports.object_store import ListedObject, ObjectChanged, ObjectNotFound, StoredObject

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client

#: A rendition never changes under its key while its picture's bytes stay the same, and is
#: somebody's own: only the browser may keep it, for a day.
CACHE_CONTROL = "private, max-age=86400"


class DeletionIncomplete(DependencyBusy):
    """S3 has refused to delete some of several objects; the same call may be repeated."""


class S3ObjectStore:
    """`ObjectStore` in one S3 bucket."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    async def head(self, key: str) -> StoredObject:
        try:
            answer = await self._client.head_object(
                Bucket=self._bucket, Key=key, ChecksumMode="ENABLED"
            )
        except ClientError as error:
            # A HEAD answer has no body, so S3 can only say the status.
            if error.response["Error"]["Code"] in {"404", "NoSuchKey", "NotFound"}:
                raise ObjectNotFound(key) from error
            raise
        checksum = answer.get("ChecksumSHA256")
        return StoredObject(
            key=key,
            etag=answer["ETag"].strip('"'),
            size=answer["ContentLength"],
            sha256=base64.b64decode(checksum).hex() if checksum else None,
        )

    async def read(self, stored: StoredObject, first: int | None = None) -> bytes:
        options: Any = {} if first is None else {"Range": f"bytes=0-{first - 1}"}
        try:
            answer = await self._client.get_object(
                Bucket=self._bucket, Key=stored.key, IfMatch=f'"{stored.etag}"', **options
            )
            async with answer["Body"] as body:
                return await body.read()
        except ClientError as error:
            match error.response["Error"]["Code"]:
                case "NoSuchKey":
                    raise ObjectNotFound(stored.key) from error
                case "PreconditionFailed":
                    raise ObjectChanged(stored.key) from error
            raise

    async def write(self, key: str, body: bytes, media_type: str) -> None:
        await self._client.put_object(
            Bucket=self._bucket,
            Key=key,
            Body=body,
            ContentType=media_type,
            CacheControl=CACHE_CONTROL,
        )

    async def delete(self, key: str) -> None:
        await self._delete_versions(key, lambda found: found == key)

    async def delete_all(self, prefix: str) -> None:
        await self._delete_versions(prefix, lambda _: True)

    async def _delete_versions(self, prefix: str, is_meant: Callable[[str], bool]) -> None:
        """For good: a bucket that keeps versions would otherwise only hide what is deleted."""
        pages = self._client.get_paginator("list_object_versions").paginate(
            Bucket=self._bucket, Prefix=prefix
        )
        async for page in pages:
            # At most a thousand to a page, which is also what one call may delete.
            found: list[Any] = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
            meant: list[Any] = [
                {"Key": each["Key"], "VersionId": each["VersionId"]}
                for each in found
                if is_meant(each["Key"])
            ]
            if not meant:
                continue
            answer = await self._client.delete_objects(
                Bucket=self._bucket, Delete={"Objects": meant, "Quiet": True}
            )
            if errors := answer.get("Errors"):
                raise DeletionIncomplete(f"{len(errors)} objects: {errors[0].get('Code')}")

    async def list(self, prefix: str) -> AsyncIterator[ListedObject]:
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=prefix
        )
        async for page in pages:
            for entry in page.get("Contents", []):
                yield ListedObject(entry["Key"], entry["LastModified"])
