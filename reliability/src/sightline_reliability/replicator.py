"""A replicator between two emulated regions: what a global table and bucket replication do.

It copies in one direction, item by item and object by object, each after a random lag: as on AWS, a
transaction arrives in pieces, and the order is kept for each item only. What is not yet copied when
the replicator stops stays behind, as in the loss of a region.
"""

import asyncio
import contextlib
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

from sightline_reliability.fleet import Fleet

#: Range of the lag of each item and object, uniformly distributed. Global tables usually take less
#: than a second, and buckets seconds to minutes: the drill shortens the latter.
TABLE_LAG_SECONDS = (0.3, 1.5)
BUCKET_LAG_SECONDS = (0.5, 2.5)

#: Seconds between two polls of the stream and of the buckets.
POLL_SECONDS = 0.1

#: Items in one call of BatchWriteItem.
BATCH_SIZE = 25

Key = tuple[str, str]


@dataclass
class PendingChange:
    """A change that is applied at `due_at`; later changes of the same key replace it until then."""

    due_at: float
    value: Any


@dataclass
class ChangeQueue:
    """The changes that are not yet copied, by key."""

    lag_seconds: tuple[float, float]
    rng: random.Random
    changes: dict[Any, PendingChange] = field(default_factory=dict)

    def add(self, key: Any, value: Any) -> None:
        if (pending := self.changes.get(key)) is not None:
            pending.value = value
            return
        due_at = time.monotonic() + self.rng.uniform(*self.lag_seconds)
        self.changes[key] = PendingChange(due_at, value)

    def take_due(self) -> dict[Any, Any]:
        now = time.monotonic()
        due = {key: each.value for key, each in self.changes.items() if each.due_at <= now}
        for key in due:
            del self.changes[key]
        return due


class Replicator(Protocol):
    """Copies one table or bucket; `steps` is the number of completed steps."""

    queue: ChangeQueue
    steps: int

    def step(self) -> None:
        """Find what has changed, and copy what is due."""


class TableReplicator:
    """Copies the items of one table by its stream, as a global table does."""

    def __init__(self, source: Fleet, target: Fleet, rng: random.Random) -> None:
        self._table = source.resources.table, target.resources.table
        self._source, self._target = source.client("dynamodb"), target.client("dynamodb")
        self._streams = source.client("dynamodbstreams")
        self.queue = ChangeQueue(TABLE_LAG_SECONDS, rng)
        self.steps = 0
        self._iterators: dict[str, str] = {}
        self._stream_arn = ""

    def open(self) -> None:
        """Start the stream, and then copy the items that exist already."""
        response = self._source.update_table(
            TableName=self._table[0],
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
        )
        self._stream_arn = response["TableDescription"]["LatestStreamArn"]
        for page in self._source.get_paginator("scan").paginate(
            TableName=self._table[0], ConsistentRead=True
        ):
            self._write([{"PutRequest": {"Item": item}} for item in page["Items"]])

    def step(self) -> None:
        """Read the stream, and apply what is due."""
        for record in self._read_stream():
            change = record["dynamodb"]
            key = change["Keys"]["pk"]["S"], change["Keys"]["sk"]["S"]
            self.queue.add(key, change.get("NewImage"))
        self._write([_write_request(key, item) for key, item in self.queue.take_due().items()])

    def _read_stream(self) -> Iterator[Any]:
        stream = self._streams.describe_stream(StreamArn=self._stream_arn)["StreamDescription"]
        for shard in stream["Shards"]:
            shard_id = shard["ShardId"]
            iterator = self._iterators.get(shard_id)
            if iterator is None:
                iterator = self._streams.get_shard_iterator(
                    StreamArn=self._stream_arn, ShardId=shard_id, ShardIteratorType="TRIM_HORIZON"
                )["ShardIterator"]
            while True:
                response = self._streams.get_records(ShardIterator=iterator)
                yield from response["Records"]
                iterator = response.get("NextShardIterator")
                if not response["Records"] or iterator is None:
                    break
            if iterator is not None:
                self._iterators[shard_id] = iterator

    def _write(self, requests: list[Any]) -> None:
        for start in range(0, len(requests), BATCH_SIZE):
            batch = requests[start : start + BATCH_SIZE]
            self._target.batch_write_item(RequestItems={self._table[1]: batch})


class BucketReplicator:
    """Copies the objects of one bucket, and their deletions, by comparing listings."""

    def __init__(
        self, source: Any, target: Any, buckets: tuple[str, str], rng: random.Random
    ) -> None:
        self._source, self._target, self._buckets = source, target, buckets
        self.queue = ChangeQueue(BUCKET_LAG_SECONDS, rng)
        self.steps = 0
        self._seen = self._list(target, buckets[1])

    def step(self) -> None:
        """Find what has changed, and copy or delete what is due."""
        current = self._list(self._source, self._buckets[0])
        for key in current.keys() | self._seen.keys():
            if current.get(key) != self._seen.get(key):
                self.queue.add(key, current.get(key))
        self._seen = current
        for key, etag in self.queue.take_due().items():
            if etag is None:
                self._target.delete_object(Bucket=self._buckets[1], Key=key)
            else:
                self._copy(key)

    def _copy(self, key: str) -> None:
        """Copy the object as it is now; its deletion may be known already."""
        with contextlib.suppress(self._source.exceptions.NoSuchKey):
            stored = self._source.get_object(Bucket=self._buckets[0], Key=key)
            self._target.put_object(
                Bucket=self._buckets[1],
                Key=key,
                Body=stored["Body"].read(),
                ContentType=stored["ContentType"],
                Metadata={"replica": "true"},
            )

    @staticmethod
    def _list(client: Any, bucket: str) -> dict[str, str]:
        """Return the ETag of each object."""
        return {
            entry["Key"]: entry["ETag"]
            for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket)
            for entry in page.get("Contents", [])
        }


class RegionReplicator:
    """Replicates the table and both buckets of one region to another, until it is stopped."""

    def __init__(self, source: Fleet, target: Fleet, seed: int) -> None:
        rng = random.Random(seed)
        s3 = source.client("s3"), target.client("s3")
        pairs = (
            (source.resources.originals_bucket, target.resources.originals_bucket),
            (source.resources.renditions_bucket, target.resources.renditions_bucket),
        )
        self._table = TableReplicator(source, target, rng)
        self._parts: list[Replicator] = [self._table]
        self._parts += [BucketReplicator(*s3, pair, rng) for pair in pairs]
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        await asyncio.to_thread(self._table.open)
        self._tasks = [asyncio.create_task(_run(part)) for part in self._parts]

    @property
    def pending(self) -> int:
        """The number of items and objects that are known and not yet copied."""
        return sum(len(part.queue.changes) for part in self._parts)

    async def wait_until_synchronous(self) -> None:
        """Wait until everything that is written before this call is copied."""
        # The step after the next one begins after this call, and sees all of it.
        goals = [part.steps + 2 for part in self._parts]
        while self.pending or any(
            part.steps < goal for part, goal in zip(self._parts, goals, strict=True)
        ):
            for task in self._tasks:
                if task.done():
                    task.result()
            await asyncio.sleep(POLL_SECONDS)

    async def stop(self) -> None:
        """Stop at once; what is pending is not copied."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


async def _run(part: Replicator) -> None:
    while True:
        # A step in progress completes, also if the task is canceled meanwhile.
        step = asyncio.create_task(asyncio.to_thread(part.step))
        try:
            await asyncio.shield(step)
        except asyncio.CancelledError:
            await asyncio.gather(step, return_exceptions=True)
            raise
        part.steps += 1
        await asyncio.sleep(POLL_SECONDS)


def _write_request(key: Key, item: Any) -> Any:
    if item is not None:
        return {"PutRequest": {"Item": item}}
    return {"DeleteRequest": {"Key": {"pk": {"S": key[0]}, "sk": {"S": key[1]}}}}
