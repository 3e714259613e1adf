"""moto's DynamoDB with the patched transactions, and its memory."""

import gc
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import boto3
import pytest
from botocore.exceptions import ClientError

REGION = "eu-central-1"

#: Live objects that may remain per transaction; a copy of one item would take dozens.
MAX_OBJECTS_PER_TRANSACTION = 15

Json = dict[str, Any]


def make_client(service: str, endpoint: str) -> Any:
    session = boto3.Session("test", "test", region_name=REGION)
    return session.client(service, endpoint_url=endpoint)  # type: ignore[call-overload]


@pytest.fixture
def dynamodb(aws_endpoint: str) -> Any:
    return make_client("dynamodb", aws_endpoint)


def create_table(dynamodb: Any, keys: tuple[str, ...], **settings: Any) -> str:
    name = uuid4().hex
    dynamodb.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
        KeySchema=[
            {"AttributeName": key, "KeyType": kind}
            for key, kind in zip(keys, ("HASH", "RANGE"), strict=False)
        ],
        **settings,
    )
    return name


@pytest.fixture(params=[("pk", "sk"), ("pk",)], ids=["with sort key", "without sort key"])
def keys(request: pytest.FixtureRequest) -> tuple[str, ...]:
    keys: tuple[str, ...] = request.param
    return keys


@pytest.fixture
def table(dynamodb: Any, keys: tuple[str, ...]) -> Iterator[str]:
    stream = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
    name = create_table(dynamodb, keys, StreamSpecification=stream)
    yield name
    dynamodb.delete_table(TableName=name)


class Items:
    """The items of a table, each named by the value of its keys."""

    def __init__(self, dynamodb: Any, table: str, keys: tuple[str, ...]) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._keys = keys

    def key(self, name: str) -> Json:
        return {key: {"S": name} for key in self._keys}

    def put(self, name: str, number: int) -> Json:
        item = {**self.key(name), "number": {"N": str(number)}}
        return {"Put": {"TableName": self._table, "Item": item}}

    def add(self, name: str, number: int, at_least: int | None = None) -> Json:
        """Return an update that adds to an item; `at_least` is the condition on its number."""
        values = {":number": {"N": str(number)}}
        update: Json = {
            "TableName": self._table,
            "Key": self.key(name),
            "UpdateExpression": "ADD #number :number",
            "ExpressionAttributeNames": {"#number": "number"},
        }
        if at_least is not None:
            update["ConditionExpression"] = "#number >= :least"
            values[":least"] = {"N": str(at_least)}
        return {"Update": {**update, "ExpressionAttributeValues": values}}

    def delete(self, name: str) -> Json:
        return {"Delete": {"TableName": self._table, "Key": self.key(name)}}

    def check_exists(self, name: str) -> Json:
        condition = "attribute_exists(pk)"
        return {
            "ConditionCheck": {
                "TableName": self._table,
                "Key": self.key(name),
                "ConditionExpression": condition,
            }
        }

    def transact(self, *operations: Json) -> None:
        self._dynamodb.transact_write_items(TransactItems=list(operations))

    def read(self) -> dict[str, int]:
        items = self._dynamodb.scan(TableName=self._table)["Items"]
        return {item["pk"]["S"]: int(item["number"]["N"]) for item in items}

    def stream_events(self, streams: Any) -> list[tuple[str, str]]:
        """Return name and item of the stream's events."""
        arn = self._dynamodb.describe_table(TableName=self._table)["Table"]["LatestStreamArn"]
        shard = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]
        start = streams.get_shard_iterator(
            StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )
        records = streams.get_records(ShardIterator=start["ShardIterator"])["Records"]
        return [(each["eventName"], each["dynamodb"]["Keys"]["pk"]["S"]) for each in records]


@pytest.fixture
def items(dynamodb: Any, table: str, keys: tuple[str, ...]) -> Items:
    return Items(dynamodb, table, keys)


def test_a_transaction_writes_all_its_items(items: Items) -> None:
    items.transact(items.put("old", 1), items.put("changed", 2), items.put("checked", 3))
    items.transact(
        items.delete("old"),
        items.add("changed", 10),
        items.add("counted", 1),
        items.put("new", 4),
        items.check_exists("checked"),
    )
    assert items.read() == {"changed": 12, "counted": 1, "new": 4, "checked": 3}


def test_a_failed_transaction_changes_nothing(items: Items) -> None:
    before = {"old": 1, "changed": 2}
    items.transact(*(items.put(name, number) for name, number in before.items()))
    with pytest.raises(ClientError) as caught:
        items.transact(
            items.delete("old"),
            items.add("changed", 10),
            items.put("new", 4),
            items.check_exists("missing"),
        )
    assert caught.value.response["Error"]["Code"] == "TransactionCanceledException"
    reasons: Any = caught.value.response
    assert [each["Code"] for each in reasons["CancellationReasons"]] == [
        *["None"] * 3,
        "ConditionalCheckFailed",
    ]
    assert items.read() == before


def test_only_a_successful_transaction_reaches_the_stream(items: Items, aws_endpoint: str) -> None:
    items.transact(items.put("old", 1), items.put("changed", 2), items.put("checked", 3))
    with pytest.raises(ClientError):
        items.transact(items.put("new", 4), items.check_exists("missing"))
    items.transact(items.delete("old"), items.add("changed", 1), items.check_exists("checked"))
    assert items.stream_events(make_client("dynamodbstreams", aws_endpoint)) == [
        ("INSERT", "old"),
        ("INSERT", "changed"),
        ("INSERT", "checked"),
        ("REMOVE", "old"),
        ("MODIFY", "changed"),
    ]


def test_a_transaction_on_a_missing_table_writes_nothing(items: Items, dynamodb: Any) -> None:
    missing = Items(dynamodb, "missing", ("pk",))
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        items.transact(items.put("new", 1), missing.check_exists("any"))
    assert items.read() == {}


def test_a_transaction_rejects_two_operations_on_one_item(items: Items) -> None:
    with pytest.raises(ClientError, match="multiple operations on one item"):
        items.transact(items.put("new", 1), items.add("new", 1))
    assert items.read() == {}


@pytest.fixture
def frequent_thread_switches() -> Iterator[None]:
    """Switch threads often enough for concurrent requests to interleave."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(interval)


@pytest.mark.usefixtures("frequent_thread_switches")
def test_concurrent_transactions_and_updates_are_atomic(
    items: Items, dynamodb: Any, aws_endpoint: str, table: str, keys: tuple[str, ...]
) -> None:
    """Four clients move numbers between two items and count their moves; failures are rolled back.

    Without the lock of the server, updates of both kinds are lost.
    """
    clients, moves = 4, 30
    items.transact(items.put("from", clients * moves), items.put("to", 0))

    def move(_: int) -> int:
        mine = Items(make_client("dynamodb", aws_endpoint), table, keys)
        client, failures = make_client("dynamodb", aws_endpoint), 0
        for number in range(moves):
            mine.transact(mine.add("from", -1, at_least=1), mine.add("to", 1))
            client.update_item(**mine.add("updates", 1)["Update"])
            if number % 3 == 0:
                with pytest.raises(ClientError, match="TransactionCanceled"):
                    mine.transact(mine.add("updates", 100), mine.add("to", 1, at_least=10**6))
                failures += 1
        return failures

    with ThreadPoolExecutor(clients) as pool:
        assert list(pool.map(move, range(clients))) == [moves // 3] * clients
    assert items.read() == {"from": 0, "to": clients * moves, "updates": clients * moves}


def test_transactions_leave_no_objects_in_memory(dynamodb: Any) -> None:
    """200 transactions of 20 items on a table of 300: moto alone would keep 6,000 copies each."""
    keys = ("pk", "sk")
    items = Items(dynamodb, create_table(dynamodb, keys), keys)
    for start in range(0, 300, 100):
        items.transact(*(items.put(str(row), 0) for row in range(start, start + 100)))

    def run_transactions(count: int) -> int:
        """Return the number of live objects after the transactions."""
        for number in range(count):
            rows = [(number * 20 + row) % 300 for row in range(20)]
            items.transact(*(items.add(str(row), 1) for row in rows))
        gc.collect()
        return len(gc.get_objects())

    before = run_transactions(15)
    after = run_transactions(200)
    assert after - before < 200 * MAX_OBJECTS_PER_TRANSACTION
    assert sum(items.read().values()) == 215 * 20
