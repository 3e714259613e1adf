"""The configuration against the types of a newer AWS provider than the one that the tests run."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from infra.provider_types import META_ARGUMENTS, TABLE, Usage, find_references, find_usages
from infra.terraform import SOURCE

Json = dict[str, Any]

TYPES: Json = json.loads(TABLE.read_text())["types"]


def problems(usage: Usage) -> Iterator[str]:
    """Yield the arguments of a resource that do not exist, and the ones that are missing."""
    if usage.type not in TYPES:
        yield f"{usage.type} is unknown: run tests/infra/provider_types.py"
        return
    yield from _block_problems(usage.type, TYPES[usage.type], set(usage.paths))


def _block_problems(name: str, block: Json, paths: set[tuple[str, ...]]) -> Iterator[str]:
    written = {path[0] for path in paths if path}
    used = written - META_ARGUMENTS
    for argument in sorted(used - set(block["arguments"])):
        yield f"{name} has no argument {argument}"
    # The actions of a pipeline require an argument with the name of a meta-argument.
    for argument in sorted(set(block["required"]) - written):
        yield f"{name} requires {argument}"
    for argument in sorted(used):
        nested = {path[1:] for path in paths if path[0] == argument and len(path) > 1}
        inner = block.get("blocks", {}).get(argument)
        if nested and inner is not None:
            yield from _block_problems(f"{name}.{argument}", inner, nested)


def test_resources_are_valid_for_the_newer_provider() -> None:
    """Every resource, block and argument exists in it, and no required argument is missing."""
    usages = list(find_usages())
    written = "\n".join(file.read_text() for file in SOURCE.rglob("*.tf"))
    blocks = re.findall(r'^(?:resource|data) "aws_\w+" "\w+" \{$', written, re.MULTILINE)
    assert len(usages) == len(blocks) > 100
    assert [problem for usage in usages for problem in problems(usage)] == []


def test_attributes_exist_in_the_newer_provider() -> None:
    """Every attribute that an expression refers to exists in it."""
    references = find_references()
    assert len(references) > 50
    unknown = {
        (type_, attribute)
        for type_, attribute in references
        if attribute not in {*TYPES[type_]["arguments"], *TYPES[type_]["computed"]}
    }
    assert unknown == set()


@pytest.mark.parametrize(
    ("paths", "problem"),
    [
        ({("name",), ("cluster",), ("load_balancer", "container_name")}, "requires container_port"),
        ({("name",), ("launch_types",)}, "no argument launch_types"),
        ({("name",), ("network_configuration", "subnet")}, "no argument subnet"),
        ({("cluster",)}, "requires name"),
    ],
)
def test_problems_are_found(paths: set[tuple[str, ...]], problem: str) -> None:
    """Unknown and missing arguments are reported, also in blocks."""
    found = list(problems(Usage("aws_ecs_service", frozenset(paths))))
    assert any(problem in each for each in found), found
