"""The AWS operations that the code of a service can call, found by static analysis.

The analysis starts from all code of the service and follows calls by name (rapid type analysis): a
method counts as called if reachable code uses its name and the name of its class. It may find
operations that are never called, but it misses none that is called through a client attribute.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import botocore.session
from botocore import xform_name

from infra.terraform import ROOT

#: AWS services that the tasks call through botocore clients.
AWS_SERVICES = ("dynamodb", "events", "rekognition", "s3", "sesv2", "sns", "sqs")

#: Attributes and variables that hold a botocore client.
CLIENT_NAME = re.compile(r"_?(client|sns|sqs)")

#: Operations that require other permissions than the one with their name.
#: S3: https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
#: DynamoDB: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html
PERMISSIONS: dict[str, tuple[str, ...]] = {
    "dynamodb:TransactWriteItems": (
        "dynamodb:ConditionCheckItem",
        "dynamodb:DeleteItem",
        "dynamodb:PutItem",
        "dynamodb:UpdateItem",
    ),
    "s3:DeleteObjects": ("s3:DeleteObject", "s3:DeleteObjectVersion"),
    # The permission of HeadObject. Without ListBucket, a missing object is a 403.
    "s3:HeadObject": ("s3:GetObject", "s3:ListBucket"),
    "s3:ListObjectVersions": ("s3:ListBucketVersions",),
    "s3:ListObjectsV2": ("s3:ListBucket",),
    "sesv2:SendEmail": ("ses:SendEmail",),
    "sqs:ChangeMessageVisibilityBatch": ("sqs:ChangeMessageVisibility",),
    "sqs:DeleteMessageBatch": ("sqs:DeleteMessage",),
    "sqs:SendMessageBatch": ("sqs:SendMessage",),
}


class Function(NamedTuple):
    """A function, its class if it is a method, and what its body uses."""

    name: str
    owner: str | None
    uses: frozenset[str]
    operations: frozenset[str]


@cache
def operations_by_method() -> dict[str, frozenset[str]]:
    """Return the operations, such as `s3:GetObject`, by the client method that calls them."""
    session = botocore.session.get_session()
    methods: dict[str, set[str]] = {}
    for service in AWS_SERVICES:
        for operation in session.get_service_model(service).operation_names:
            methods.setdefault(xform_name(operation), set()).add(f"{service}:{operation}")
    return {name: frozenset(operations) for name, operations in methods.items()}


def called_operations(service: str) -> set[str]:
    """Return the operations that the code of a service can call."""
    package = ROOT / "services" / service / "src"
    functions = list(_functions(package))
    reachable = set(functions)
    pending = list(functions)
    names = {name for function in functions for name in function.uses}
    library = list(_functions(ROOT / "services" / "core" / "src"))
    while pending:
        pending = [
            function
            for function in library
            if function not in reachable and _is_used(function, names)
        ]
        reachable.update(pending)
        names.update(name for function in pending for name in function.uses)
    return {operation for function in reachable for operation in function.operations}


def required_permissions(service: str) -> set[str]:
    """Return the IAM actions that the calls of a service require."""
    return {
        permission
        for operation in called_operations(service)
        for permission in PERMISSIONS.get(operation, (operation,))
    }


def _is_used(function: Function, names: set[str]) -> bool:
    if function.owner is None:
        return function.name in names
    is_special = function.name.startswith("__")
    return function.owner in names and (is_special or function.name in names)


@cache
def _parse(path: Path) -> tuple[Function, ...]:
    tree = ast.parse(path.read_text())
    return tuple(_walk(tree, path.stem, None))


def _functions(package: Path) -> Iterator[Function]:
    for path in sorted(package.rglob("*.py")):
        yield from _parse(path)


def _walk(node: ast.AST, name: str, owner: str | None) -> Iterator[Function]:
    """Yield the functions of a module, each with the functions nested in it."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef):
            yield from _walk(child, child.name, child.name)
        elif isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield _describe(child, owner)
        else:
            yield from _walk(child, name, owner)


def _describe(function: ast.FunctionDef | ast.AsyncFunctionDef, owner: str | None) -> Function:
    uses: set[str] = set()
    operations: set[str] = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Name):
            uses.add(node.id)
        elif isinstance(node, ast.Attribute):
            uses.add(node.attr)
            if CLIENT_NAME.fullmatch(_last_name(node.value)):
                operations |= operations_by_method().get(node.attr, frozenset())
        elif isinstance(node, ast.Call) and _last_name(node.func) == "get_paginator":
            (argument,) = node.args
            assert isinstance(argument, ast.Constant), ast.unparse(node)
            operations |= operations_by_method()[str(argument.value)]
    return Function(function.name, owner, frozenset(uses), frozenset(operations))


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
