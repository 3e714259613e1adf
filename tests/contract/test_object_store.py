"""The contract of `ObjectStore`."""

from datetime import UTC, datetime

import pytest
from botocore.stub import Stubber
from uuid_utils.compat import uuid4

from sightline.adapters.aws.clients import Clients
from sightline.adapters.aws.s3 import S3ObjectStore
from sightline.adapters.memory import MemoryObjectStore
from sightline.ports.object_store import (
    CHUNK_SIZE,
    ObjectChanged,
    ObjectNotFound,
    ObjectStore,
)


@pytest.fixture(params=["memory", "s3", "versioned", "replicated"])
async def store(request: pytest.FixtureRequest, clients: Clients) -> ObjectStore:
    if request.param == "memory":
        return MemoryObjectStore()
    client = await clients.open("s3")
    bucket = f"bucket-{uuid4()}"
    await client.create_bucket(
        Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    if request.param in {"versioned", "replicated"}:
        await client.put_bucket_versioning(
            Bucket=bucket, VersioningConfiguration={"Status": "Enabled"}
        )
    return S3ObjectStore(client, bucket, replicated=request.param == "replicated")


async def list_keys(store: ObjectStore, prefix: str = "") -> list[str]:
    return [each.key async for each in store.list(prefix)]


async def test_read_returns_the_written_bytes(store: ObjectStore) -> None:
    await store.write("a/b", b"hello", "image/webp")
    stored = await store.head("a/b")
    assert (stored.key, stored.size) == ("a/b", 5)
    assert await store.read(stored) == b"hello"


async def test_read_returns_only_the_first_bytes(store: ObjectStore) -> None:
    await store.write("a", b"hello", "image/webp")
    stored = await store.head("a")
    assert await store.read(stored, 2) == b"he"
    assert await store.read(stored, 100) == b"hello"


async def test_head_raises_for_a_missing_object(store: ObjectStore) -> None:
    with pytest.raises(ObjectNotFound):
        await store.head("nothing")


async def test_read_raises_for_an_object_deleted_since_head(store: ObjectStore) -> None:
    await store.write("a", b"hello", "image/webp")
    stored = await store.head("a")
    await store.delete("a")
    with pytest.raises(ObjectNotFound):
        await store.read(stored)


async def test_read_raises_for_an_object_replaced_since_head(store: ObjectStore) -> None:
    await store.write("a", b"hello", "image/webp")
    stored = await store.head("a")
    await store.write("a", b"other", "image/webp")
    with pytest.raises(ObjectChanged):
        await store.read(stored)


async def test_stream_returns_the_size_and_the_bytes_in_chunks(store: ObjectStore) -> None:
    body = bytes(range(256)) * (CHUNK_SIZE // 256 * 2) + b"end"
    await store.write("a b", body, "image/webp")
    async with store.stream("a b") as opened:
        chunks = [chunk async for chunk in opened.chunks]
    assert opened.size == len(body)
    assert b"".join(chunks) == body
    assert all(0 < len(chunk) <= CHUNK_SIZE for chunk in chunks)


async def test_stream_may_be_left_early(store: ObjectStore) -> None:
    await store.write("a", b"x" * CHUNK_SIZE * 3, "image/webp")
    async with store.stream("a") as opened:
        await anext(opened.chunks)
    async with store.stream("a") as opened:
        assert sum([len(chunk) async for chunk in opened.chunks]) == CHUNK_SIZE * 3


async def test_stream_raises_for_a_missing_object(store: ObjectStore) -> None:
    with pytest.raises(ObjectNotFound):
        async with store.stream("nothing"):
            pass


async def test_delete_is_idempotent(store: ObjectStore) -> None:
    await store.write("a", b"hello", "image/webp")
    await store.delete("a")
    await store.delete("a")
    assert await list_keys(store) == []


async def test_delete_all_deletes_exactly_the_objects_of_the_prefix(store: ObjectStore) -> None:
    for key in ("x/1/a", "x/1/b", "x/10/a", "y"):
        await store.write(key, b"-", "image/webp")
    await store.delete_all("x/1/")
    assert await list_keys(store) == ["x/10/a", "y"]
    assert await list_keys(store, "x/") == ["x/10/a"]


@pytest.mark.parametrize("key", ["a b", "a+b", "a%20b", "ä/ö", "日本", "a=b&c", "a#b?c"])
async def test_keys_may_contain_any_characters(store: ObjectStore, key: str) -> None:
    await store.write(key, b"hello", "image/webp")
    assert await store.read(await store.head(key)) == b"hello"
    assert await list_keys(store) == [key]


async def test_write_sets_media_type_and_cache_control_in_s3(clients: Clients) -> None:
    client = await clients.open("s3")
    bucket = f"bucket-{uuid4()}"
    await client.create_bucket(
        Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    await S3ObjectStore(client, bucket).write("a", b"hello", "image/webp")
    response = await client.head_object(Bucket=bucket, Key="a")
    assert response["ContentType"] == "image/webp"
    assert response["CacheControl"] == "private, max-age=86400"


async def test_delete_removes_all_versions(clients: Clients) -> None:
    """Objects with similar keys stay."""
    client = await clients.open("s3")
    bucket = f"bucket-{uuid4()}"
    await client.create_bucket(
        Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    await client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    store = S3ObjectStore(client, bucket)
    for key in ("a", "ab", "c/1", "c/2"):
        await store.write(key, b"first", "image/webp")
        await store.write(key, b"second", "image/webp")
    await client.delete_object(Bucket=bucket, Key="a")
    await store.delete("a")
    await store.delete_all("c/")
    left = await client.list_object_versions(Bucket=bucket)
    assert {version["Key"] for version in left["Versions"]} == {"ab"}
    assert "DeleteMarkers" not in left


async def test_delete_in_a_replicated_bucket_leaves_one_delete_marker(clients: Clients) -> None:
    """S3 replicates it; the bytes themselves are deleted here at once."""
    client = await clients.open("s3")
    bucket = f"bucket-{uuid4()}"
    await client.create_bucket(
        Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    await client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    store = S3ObjectStore(client, bucket, replicated=True)
    for key in ("a", "ab", "c/1", "c/2"):
        await store.write(key, b"first", "image/webp")
        await store.write(key, b"second", "image/webp")
    for _ in range(2):
        await store.delete("a")
        await store.delete_all("c/")
    left = await client.list_object_versions(Bucket=bucket)
    assert {version["Key"] for version in left["Versions"]} == {"ab"}
    assert [marker["Key"] for marker in left["DeleteMarkers"]] == ["a", "c/1", "c/2"]


async def test_head_reports_a_replica(clients: Clients) -> None:
    """No emulator replicates: S3 states it in a header of the response."""
    client = await clients.open("s3")
    with Stubber(client) as stub:
        response = {"ETag": '"a"', "ContentLength": 5, "ReplicationStatus": "REPLICA"}
        stub.add_response("head_object", response)
        stored = await S3ObjectStore(client, "bucket").head("key")
    assert stored.is_replica


async def test_list_returns_keys_in_order_with_their_modification_time(store: ObjectStore) -> None:
    # S3 keeps whole seconds.
    before = datetime.now(UTC).replace(microsecond=0)
    for key in ("b/2", "a/1", "b/1"):
        await store.write(key, b"-", "image/webp")
    after = datetime.now(UTC)
    listed = [each async for each in store.list("b/")]
    assert [each.key for each in listed] == ["b/1", "b/2"]
    assert all(before <= each.modified_at <= after for each in listed)


async def test_list_moves_the_modification_time_when_an_object_is_replaced(
    store: ObjectStore,
) -> None:
    await store.write("a", b"first", "image/webp")
    (first,) = [each async for each in store.list("a")]
    await store.write("a", b"second", "image/webp")
    (second,) = [each async for each in store.list("a")]
    assert first.modified_at <= second.modified_at <= datetime.now(UTC)
