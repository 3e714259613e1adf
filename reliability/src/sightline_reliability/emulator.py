"""MiniStack for a rig with much data: it parses the key condition of a query once.

MiniStack parses the condition anew for each item of the partition. With a hundred images of an
owner that is most of what a query costs, and the emulator is slower than all that it serves.
Run in the environment of MiniStack: `python -m sightline_reliability.emulator`.
"""

import importlib
import operator
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from sightline_local.ministack import server

#: The key conditions that are parsed here; MiniStack evaluates any other.
_KEY_CONDITION = re.compile(
    r"(?P<partition_key>#?\w+) = (?P<partition>:\w+)"
    r"(?: AND (?:"
    r"begins_with\((?P<prefix_key>#?\w+), (?P<prefix>:\w+)\)"
    r"|(?P<range_key>#?\w+) BETWEEN (?P<first>:\w+) AND (?P<last>:\w+)"
    r"|(?P<sort_key>#?\w+) (?P<comparison>=|<|<=|>|>=) (?P<bound>:\w+)"
    r"))?"
)

_COMPARISONS: dict[str, Callable[[str, str], bool]] = {
    "=": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}

Item = Mapping[str, Any]
Predicate = Callable[[Item], bool]


def compile_key_condition(
    expression: str, values: Mapping[str, Any], names: Mapping[str, str]
) -> Predicate | None:
    """Return the condition as a predicate of items, or None if MiniStack has to evaluate it.

    Strings are compared by code points, which is also the order of their UTF-8 bytes.
    """
    match = _KEY_CONDITION.fullmatch(expression)
    if match is None:
        return None
    found = {name: text for name, text in match.groupdict().items() if text is not None}
    keys = {name: names.get(text, text) for name, text in found.items() if name.endswith("_key")}
    operands: dict[str, str] = {}
    for name, text in found.items():
        if text.startswith(":"):
            value = _string(values, text)
            if value is None:
                return None
            operands[name] = value
    partition_key, partition = keys["partition_key"], operands["partition"]

    def has_partition(item: Item) -> bool:
        return _string(item, partition_key) == partition

    if "prefix" in found:
        return _both(has_partition, keys["prefix_key"], lambda v: v.startswith(operands["prefix"]))
    if "first" in found:
        first, last = operands["first"], operands["last"]
        return _both(has_partition, keys["range_key"], lambda value: first <= value <= last)
    if "bound" in found:
        compare, bound = _COMPARISONS[found["comparison"]], operands["bound"]
        return _both(has_partition, keys["sort_key"], lambda value: compare(value, bound))
    return has_partition


def _both(has_partition: Predicate, key: str, matches: Callable[[str], bool]) -> Predicate:
    def check(item: Item) -> bool:
        value = _string(item, key)
        return value is not None and has_partition(item) and matches(value)

    return check


def _string(item: Item, key: str) -> str | None:
    value: str | None = item.get(key, {}).get("S")
    return value


class _Compiled(NamedTuple):
    """The condition of the query in progress, identified by the object with its values."""

    expression: str
    values: Mapping[str, Any]
    predicate: Predicate | None


def patch_queries(dynamodb: Any) -> None:
    """Patch the module `ministack.services.dynamodb`."""
    evaluate = dynamodb._evaluate_condition
    compiled = _Compiled("", {}, None)

    def evaluate_once_parsed(
        expression: str,
        item: Item,
        values: Mapping[str, Any],
        names: Mapping[str, str],
        slot: str = "ConditionExpression",
    ) -> Any:
        nonlocal compiled
        if slot != "KeyConditionExpression":
            return evaluate(expression, item, values, names, slot)
        current = compiled
        if current.values is not values or current.expression != expression:
            # MiniStack reports what is wrong with it.
            result = evaluate(expression, item, values, names, slot)
            predicate = compile_key_condition(expression, values, names)
            compiled = _Compiled(expression, values, predicate)
            return result
        if current.predicate is None:
            return evaluate(expression, item, values, names, slot)
        return current.predicate(item)

    dynamodb._evaluate_condition = evaluate_once_parsed


def main() -> None:
    patch_queries(importlib.import_module("ministack.services.dynamodb"))
    server.main()


if __name__ == "__main__":
    main()
