"""Stored objects in an S3 bucket."""

import base64
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from sightline import tracing
from sightline.ports.errors import DependencyBusy
from sightline.ports.object_store import (
    CHUNK_SIZE,
    ListedObject,
    ObjectChanged,
    ObjectNotFound,
    ObjectStream,
    StoredObject,
)

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client

#: Browsers may cache a rendition for a day: it changes only with the original.
#: Shared caches may not, because it is private to its owner.
CACHE_CONTROL = "private, max-age=86400"


class DeletionIncomplete(DependencyBusy):
    """S3 did not delete some of the objects; the call may be repeated."""


class S3ObjectStore:
    """`ObjectStore` in one S3 bucket.

    S3 replicates a delete marker, but not the deletion of a version. In a `replicated` bucket a
    deletion therefore leaves a delete marker, which hides the object in the other region, where
    the lifecycle of the bucket deletes its bytes.
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/delete-marker-replication.html
    """

    def __init__(self, client: "S3Client", bucket: str, *, replicated: bool = False) -> None:
        self._client = client
        self._bucket = bucket
        self._replicated = replicated

    async def head(self, key: str) -> StoredObject:
        try:
            response = await self._client.head_object(
                Bucket=self._bucket, Key=key, ChecksumMode="ENABLED"
            )
        except ClientError as error:
            # The response to HEAD has no body, so the code is only the status.
            if error.response["Error"]["Code"] in {"404", "NoSuchKey", "NotFound"}:
                raise ObjectNotFound(key) from error
            raise
        checksum = response.get("ChecksumSHA256")
        return StoredObject(
            key=key,
            etag=response["ETag"].strip('"'),
            size=response["ContentLength"],
            sha256=base64.b64decode(checksum).hex() if checksum else None,
            is_replica=response.get("ReplicationStatus") == "REPLICA",
        )

    async def read(self, stored: StoredObject, first: int | None = None) -> bytes:
        with tracing.child_span("read object") as span:
            body = await self._read(stored, first)
            span.set("sightline.bytes", len(body))
            return body

    async def _read(self, stored: StoredObject, first: int | None) -> bytes:
        options: Any = {} if first is None else {"Range": f"bytes=0-{first - 1}"}
        try:
            response = await self._client.get_object(
                Bucket=self._bucket, Key=stored.key, IfMatch=f'"{stored.etag}"', **options
            )
            async with response["Body"] as body:
                return await body.read()
        except ClientError as error:
            match error.response["Error"]["Code"]:
                case "NoSuchKey":
                    raise ObjectNotFound(stored.key) from error
                case "PreconditionFailed":
                    raise ObjectChanged(stored.key) from error
            raise

    @asynccontextmanager
    async def stream(self, key: str) -> AsyncIterator[ObjectStream]:
        try:
            response = await self._client.get_object(Bucket=self._bucket, Key=key)
        except ClientError as error:
            if error.response["Error"]["Code"] == "NoSuchKey":
                raise ObjectNotFound(key) from error
            raise
        # Leaving it early closes the connection, which is not used for another request then.
        async with response["Body"] as body:
            yield ObjectStream(response["ContentLength"], body.content.iter_chunked(CHUNK_SIZE))

    async def write(self, key: str, body: bytes, media_type: str) -> None:
        await self._client.put_object(
            Bucket=self._bucket,
            Key=key,
            Body=body,
            ContentType=media_type,
            CacheControl=CACHE_CONTROL,
        )

    async def delete(self, key: str) -> None:
        await self._delete_versions(key, lambda each: each == key)

    async def delete_all(self, prefix: str) -> None:
        await self._delete_versions(prefix, lambda _: True)

    async def _delete_versions(self, prefix: str, matches: Callable[[str], bool]) -> None:
        """Delete all versions: in a versioned bucket, a plain deletion only hides the object."""
        pages = self._client.get_paginator("list_object_versions").paginate(
            Bucket=self._bucket, Prefix=prefix
        )
        async for page in pages:
            # A page has up to 1,000 versions, which is also the limit of one deletion.
            versions: list[Any] = page.get("Versions", [])
            if self._replicated:
                current = {each["Key"] for each in versions if each.get("IsLatest")}
                await self._delete([{"Key": key} for key in sorted(current) if matches(key)])
            else:
                versions = [*versions, *page.get("DeleteMarkers", [])]
            await self._delete(
                [
                    {"Key": each["Key"], "VersionId": each["VersionId"]}
                    for each in versions
                    if matches(each["Key"])
                ]
            )

    async def _delete(self, objects: list[Any]) -> None:
        """Delete up to 1,000 versions; without a version, add a delete marker."""
        if not objects:
            return
        response = await self._client.delete_objects(
            Bucket=self._bucket, Delete={"Objects": objects, "Quiet": True}
        )
        if errors := response.get("Errors"):
            raise DeletionIncomplete(f"{len(errors)} objects: {errors[0].get('Code')}")

    async def list(self, prefix: str) -> AsyncIterator[ListedObject]:
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=prefix
        )
        async for page in pages:
            for entry in page.get("Contents", []):
                yield ListedObject(entry["Key"], entry["LastModified"])
