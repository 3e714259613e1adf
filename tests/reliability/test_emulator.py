"""The emulator of the rig: its queries find what those of MiniStack find."""

from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sightline_reliability.emulator import compile_key_condition
from sightline_reliability.fleet import Fleet, FleetConfig

NAMES = {"#sk": "sk"}
VALUES = {
    ":pk": {"S": "owner"},
    ":a": {"S": "image#10"},
    ":b": {"S": "image#é"},
    ":number": {"N": "10"},
}

CONDITIONS = [
    "pk = :pk",
    "pk = :pk AND begins_with(sk, :a)",
    "pk = :pk AND begins_with(#sk, :b)",
    "pk = :pk AND sk BETWEEN :a AND :b",
    *(f"pk = :pk AND #sk {comparison} :a" for comparison in ("=", "<", "<=", ">", ">=")),
]


@pytest.mark.parametrize("condition", CONDITIONS)
def test_conditions_of_the_services_are_compiled(condition: str) -> None:
    assert compile_key_condition(condition, VALUES, NAMES) is not None


@pytest.mark.parametrize(
    "condition",
    ["pk = :pk and sk = :a", "pk = :missing", "pk = :number"],
)
def test_others_are_left_to_ministack(condition: str) -> None:
    assert compile_key_condition(condition, VALUES, NAMES) is None


async def test_queries_find_what_those_of_ministack_find(tmp_path: Path) -> None:
    async with Fleet(FleetConfig(writes_objects=True), tmp_path, seed=1) as fleet:
        await fleet.start_cloud()
        dynamodb, table = fleet.client("dynamodb"), fleet.resources.table
        for key in ("a", *(f"image#{number}" for number in range(30)), "image#é", "image#東", "z"):
            dynamodb.put_item(TableName=table, Item={"pk": {"S": "owner"}, "sk": {"S": key}})

        def query(condition: str) -> list[Any]:
            values = {name: value for name, value in VALUES.items() if name in condition}
            names = NAMES if "#sk" in condition else {}
            request = {"ExpressionAttributeNames": names} if names else {}
            pages = dynamodb.get_paginator("query").paginate(
                TableName=table,
                KeyConditionExpression=condition,
                ExpressionAttributeValues=values,
                PaginationConfig={"PageSize": 7},
                **request,
            )
            return [item["sk"]["S"] for page in pages for item in page["Items"]]

        for condition in CONDITIONS:
            # MiniStack evaluates what is in lower case.
            assert query(condition) == query(condition.replace("AND", "and")), condition
        assert query("pk = :pk AND sk BETWEEN :a AND :b")[0] == "image#10"
        with pytest.raises(ClientError, match="ValidationException"):
            query("pk = :pk AND begins_with(sk :a)")
