"""Find breaking changes between the released OpenAPI document and the current one.

Run by `make check-api`. A valid request must stay valid: the new document accepts everything that
the old one accepted. A response must stay readable: the new document returns only what the old one
allowed, and no property is removed. docs/compatibility.md explains the rules.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any, NamedTuple

Json = dict[str, Any]

HERE = Path(__file__).parent
RELEASED = HERE / "released.json"
CURRENT = HERE.parents[1] / "openapi.json"

METHODS = ("get", "put", "post", "patch", "delete", "head", "options")

#: Keywords that limit a value, and whether a larger number accepts more values.
LIMITS = {
    "maximum": True,
    "exclusiveMaximum": True,
    "maxLength": True,
    "maxItems": True,
    "minimum": False,
    "exclusiveMinimum": False,
    "minLength": False,
    "minItems": False,
}


class BreakingChange(NamedTuple):
    """A change that can break a client of the released document."""

    location: str
    message: str

    def __str__(self) -> str:
        return f"{self.location}: {self.message}"


class Direction(Enum):
    """Whether clients send a value or receive it."""

    REQUEST = "request"
    RESPONSE = "response"


def find_breaking_changes(old: Json, new: Json) -> list[BreakingChange]:
    """Return the changes in `new` that break clients of `old`, two OpenAPI 3.1 documents."""
    return list(_compare_paths(old, new))


def _compare_paths(old: Json, new: Json) -> Iterator[BreakingChange]:
    for path, methods in old["paths"].items():
        for method in (name for name in METHODS if name in methods):
            operation = f"{method.upper()} {path}"
            if method not in new["paths"].get(path, {}):
                yield BreakingChange(operation, "operation removed")
                continue
            was, now = methods[method], new["paths"][path][method]
            if was["operationId"] != now["operationId"]:
                yield BreakingChange(
                    operation,
                    f"operationId changed from {was['operationId']} to {now['operationId']}",
                )
            yield from _compare_security(operation, was.get("security"), now.get("security"))
            yield from _compare_parameters(operation, old, was, new, now)
            yield from _compare_bodies(operation, old, was, new, now)
            yield from _compare_responses(operation, old, was, new, now)


def _compare_security(
    operation: str, was: list[Json] | None, now: list[Json] | None
) -> Iterator[BreakingChange]:
    accepted = now or [{}]
    for scheme in was or [{}]:
        # A scheme stays sufficient if the new document requires a subset of it.
        if not any(set(required) <= set(scheme) for required in accepted):
            yield BreakingChange(
                operation, f"security scheme {', '.join(scheme) or 'none'} is no longer sufficient"
            )


def _compare_parameters(
    operation: str, old: Json, was: Json, new: Json, now: Json
) -> Iterator[BreakingChange]:
    known, current = _parameters(was), _parameters(now)
    for key, parameter in known.items():
        location = f"{operation} {key[1]} {key[0]}"
        if key not in current:
            yield BreakingChange(location, "parameter removed")
            continue
        if current[key].get("required") and not parameter.get("required"):
            yield BreakingChange(location, "now required")
        schemas = Comparison(Direction.REQUEST, old, new)
        yield from schemas.compare(location, parameter["schema"], current[key]["schema"])
    for key, parameter in current.items():
        if key not in known and parameter.get("required"):
            yield BreakingChange(f"{operation} {key[1]} {key[0]}", "new and required")


def _parameters(operation: Json) -> dict[tuple[str, str], Json]:
    return {(each["name"], each["in"]): each for each in operation.get("parameters", [])}


def _compare_bodies(
    operation: str, old: Json, was: Json, new: Json, now: Json
) -> Iterator[BreakingChange]:
    known, current = was.get("requestBody"), now.get("requestBody")
    location = f"{operation} body"
    if known is None:
        if current is not None and current.get("required"):
            yield BreakingChange(location, "new and required")
        return
    if current is None:
        yield BreakingChange(location, "no longer accepted")
        return
    if current.get("required") and not known.get("required"):
        yield BreakingChange(location, "now required")
    schemas = Comparison(Direction.REQUEST, old, new)
    yield from _compare_contents(location, known, current, schemas)


def _compare_responses(
    operation: str, old: Json, was: Json, new: Json, now: Json
) -> Iterator[BreakingChange]:
    """Successful responses must not change. Errors may: all of them are problems with a code."""
    for status, response in was["responses"].items():
        location = f"{operation} {status}"
        if status in now["responses"]:
            schemas = Comparison(Direction.RESPONSE, old, new)
            yield from _compare_contents(location, response, now["responses"][status], schemas)
        elif status < "400":
            yield BreakingChange(location, "response removed")
    for status in now["responses"]:
        if status < "400" and status not in was["responses"]:
            yield BreakingChange(f"{operation} {status}", "new response")


def _compare_contents(
    location: str, was: Json, now: Json, schemas: "Comparison"
) -> Iterator[BreakingChange]:
    current = now.get("content", {})
    for media_type, content in was.get("content", {}).items():
        if media_type not in current:
            yield BreakingChange(location, f"media type {media_type} removed")
        elif "schema" in content:
            yield from schemas.compare(location, content["schema"], current[media_type]["schema"])


class Comparison:
    """Compares schemas of two documents in one direction."""

    def __init__(self, direction: Direction, old: Json, new: Json) -> None:
        self._direction = direction
        self._old = old
        self._new = new
        self._seen: set[tuple[str, str]] = set()

    def compare(self, location: str, was: Json, now: Json) -> Iterator[BreakingChange]:
        pair = was.get("$ref", ""), now.get("$ref", "")
        if all(pair):
            if pair in self._seen:
                return
            self._seen.add(pair)
        was, now = _resolve(self._old, was), _resolve(self._new, now)
        # `inner` must be a subset of `outer`: old requests of new ones, new responses of old ones.
        inner, outer = (was, now) if self._direction is Direction.REQUEST else (now, was)
        inner_options, outer_options = self._alternatives(inner), self._alternatives(outer)
        if len(inner_options) == len(outer_options) == 1:
            yield from self._compare_plain(location, was, now, inner, outer)
            return
        for option in inner_options:
            found = [self._find_between(location, option, other) for other in outer_options]
            # Report the differences from the most similar alternative.
            yield from min(found, key=len)

    def _find_between(self, location: str, inner: Json, outer: Json) -> list[BreakingChange]:
        was, now = (inner, outer) if self._direction is Direction.REQUEST else (outer, inner)
        other = Comparison(self._direction, self._old, self._new)
        other._seen = set(self._seen)
        return list(other.compare(location, was, now))

    def _alternatives(self, schema: Json) -> list[Json]:
        return schema.get("anyOf") or schema.get("oneOf") or [schema]

    def _compare_plain(
        self, location: str, was: Json, now: Json, inner: Json, outer: Json
    ) -> Iterator[BreakingChange]:
        types, allowed = _types(inner), _types(outer)
        if not types <= allowed:
            yield BreakingChange(location, f"type {_list(types)} is not {_list(allowed)}")
            return
        yield from self._compare_values(location, inner, outer)
        if self._direction is Direction.REQUEST:
            yield from _compare_limits(location, was, now)
        yield from self._compare_properties(location, was, now, inner, outer)
        yield from self._compare_children(location, was, now)

    def _compare_values(self, location: str, inner: Json, outer: Json) -> Iterator[BreakingChange]:
        values, allowed = _values(inner), _values(outer)
        if allowed is not None:
            extra = ["any"] if values is None else [v for v in values if v not in allowed]
            if extra:
                change = "no longer accepted" if self._is_request else "may now be returned"
                yield BreakingChange(location, f"value {_list(extra)} {change}")
        for keyword in ("format", "pattern"):
            if keyword in outer and outer[keyword] != inner.get(keyword):
                yield BreakingChange(location, f"{keyword} changed")

    @property
    def _is_request(self) -> bool:
        return self._direction is Direction.REQUEST

    def _compare_properties(
        self, location: str, was: Json, now: Json, inner: Json, outer: Json
    ) -> Iterator[BreakingChange]:
        known, current = was.get("properties", {}), now.get("properties", {})
        for name, schema in known.items():
            if name in current:
                yield from self.compare(f"{location} {name}", schema, current[name])
            else:
                yield BreakingChange(f"{location} {name}", "property removed")
        for name in sorted(set(outer.get("required", ())) - set(inner.get("required", ()))):
            if self._is_request or name in current:
                change = "now required" if self._is_request else "may now be missing"
                yield BreakingChange(f"{location} {name}", change)

    def _compare_children(self, location: str, was: Json, now: Json) -> Iterator[BreakingChange]:
        for keyword, step in (("items", "[]"), ("additionalProperties", "{}")):
            before, after = was.get(keyword), now.get(keyword)
            if isinstance(before, dict) and isinstance(after, dict):
                yield from self.compare(f"{location} {step}", before, after)
        was_open = was.get("additionalProperties", True) is not False
        if self._is_request and was_open and now.get("additionalProperties") is False:
            yield BreakingChange(location, "unknown properties are now rejected")


def _compare_limits(location: str, was: Json, now: Json) -> Iterator[BreakingChange]:
    for keyword, larger_is_wider in LIMITS.items():
        if keyword not in now:
            continue
        before, after = was.get(keyword), now[keyword]
        if before is None or (after < before if larger_is_wider else after > before):
            yield BreakingChange(location, f"{keyword} changed from {before} to {after}")


def _resolve(document: Json, schema: Json) -> Json:
    while "$ref" in schema:
        target: Any = document
        for step in schema["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        schema = target
    return schema


def _types(schema: Json) -> set[str]:
    """Return the JSON types that a schema allows; an integer is also a number."""
    declared = schema.get("type", ["array", "boolean", "null", "number", "object", "string"])
    types = {declared} if isinstance(declared, str) else set(declared)
    return types | {"integer"} if "number" in types else types


def _values(schema: Json) -> list[Any] | None:
    return [schema["const"]] if "const" in schema else schema.get("enum")


def _list(values: Any) -> str:
    return ", ".join(sorted(str(value) for value in values))


def main() -> None:
    parser = argparse.ArgumentParser(prog="breaking", description=__doc__.partition(".")[0])
    parser.add_argument("old", type=Path, nargs="?", default=RELEASED)
    parser.add_argument("new", type=Path, nargs="?", default=CURRENT)
    arguments = parser.parse_args()
    old, new = (json.loads(each.read_text()) for each in (arguments.old, arguments.new))
    changes = find_breaking_changes(old, new)
    for each in changes:
        print(each, file=sys.stderr)
    if changes:
        sys.exit(f"{len(changes)} breaking changes since {old['info']['version']}")
    print(f"no breaking changes since {old['info']['version']}")


if __name__ == "__main__":
    main()
