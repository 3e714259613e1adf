"""Tells what in the API's document would break clients of the released one: `make check-api`.

A request that was good must stay good: what the new document takes contains what the old one took.
An answer that was understood must stay so: what the new one answers is contained in what the old
one answered, and nothing that could be read is gone. docs/compatibility.md has it in words.
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

#: Keywords that bound a value, with whether a larger number takes in more.
BOUNDS = {
    "maximum": True,
    "exclusiveMaximum": True,
    "maxLength": True,
    "maxItems": True,
    "minimum": False,
    "exclusiveMinimum": False,
    "minLength": False,
    "minItems": False,
}


class Break(NamedTuple):
    """One thing that a client of the released document would stumble over."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


class Direction(Enum):
    """Whether clients write a value or read it."""

    REQUEST = "request"
    ANSWER = "answer"


def find_breaks(old: Json, new: Json) -> list[Break]:
    """Everything in `new` that breaks clients of `old`; both are OpenAPI 3.1 documents."""
    return list(_compare_paths(old, new))


def _compare_paths(old: Json, new: Json) -> Iterator[Break]:
    for path, methods in old["paths"].items():
        for method in (name for name in METHODS if name in methods):
            where = f"{method.upper()} {path}"
            if method not in new["paths"].get(path, {}):
                yield Break(where, "the operation is gone")
                continue
            was, now = methods[method], new["paths"][path][method]
            if was["operationId"] != now["operationId"]:
                yield Break(where, f"it was {was['operationId']} and is {now['operationId']} now")
            yield from _compare_access(where, was.get("security"), now.get("security"))
            yield from _compare_parameters(where, old, was, new, now)
            yield from _compare_bodies(where, old, was, new, now)
            yield from _compare_answers(where, old, was, new, now)


def _compare_access(where: str, was: list[Json] | None, now: list[Json] | None) -> Iterator[Break]:
    accepted = now or [{}]
    for way in was or [{}]:
        # A way to sign in is still good where no more is asked of it.
        if not any(set(asked) <= set(way) for asked in accepted):
            yield Break(
                where, f"signing in by {', '.join(way) or 'nothing'} is not enough any more"
            )


def _compare_parameters(where: str, old: Json, was: Json, new: Json, now: Json) -> Iterator[Break]:
    known, current = _parameters(was), _parameters(now)
    for key, parameter in known.items():
        place = f"{where} {key[1]} {key[0]}"
        if key not in current:
            yield Break(place, "the parameter is gone")
            continue
        if current[key].get("required") and not parameter.get("required"):
            yield Break(place, "it is required now")
        schemas = Comparison(Direction.REQUEST, old, new)
        yield from schemas.compare(place, parameter["schema"], current[key]["schema"])
    for key, parameter in current.items():
        if key not in known and parameter.get("required"):
            yield Break(f"{where} {key[1]} {key[0]}", "it is new and required")


def _parameters(operation: Json) -> dict[tuple[str, str], Json]:
    return {(each["name"], each["in"]): each for each in operation.get("parameters", [])}


def _compare_bodies(where: str, old: Json, was: Json, new: Json, now: Json) -> Iterator[Break]:
    known, current = was.get("requestBody"), now.get("requestBody")
    place = f"{where} body"
    if known is None:
        if current is not None and current.get("required"):
            yield Break(place, "it is new and required")
        return
    if current is None:
        yield Break(place, "it is not taken any more")
        return
    if current.get("required") and not known.get("required"):
        yield Break(place, "it is required now")
    schemas = Comparison(Direction.REQUEST, old, new)
    yield from _compare_contents(place, known, current, schemas)


def _compare_answers(where: str, old: Json, was: Json, new: Json, now: Json) -> Iterator[Break]:
    """Good answers stay as they are. Errors may come and go: all are problems with a code."""
    for status, answer in was["responses"].items():
        place = f"{where} {status}"
        if status in now["responses"]:
            schemas = Comparison(Direction.ANSWER, old, new)
            yield from _compare_contents(place, answer, now["responses"][status], schemas)
        elif status < "400":
            yield Break(place, "the answer is gone")
    for status in now["responses"]:
        if status < "400" and status not in was["responses"]:
            yield Break(f"{where} {status}", "the answer is new")


def _compare_contents(place: str, was: Json, now: Json, schemas: "Comparison") -> Iterator[Break]:
    current = now.get("content", {})
    for media_type, content in was.get("content", {}).items():
        if media_type not in current:
            yield Break(place, f"{media_type} is gone")
        elif "schema" in content:
            yield from schemas.compare(place, content["schema"], current[media_type]["schema"])


class Comparison:
    """Compares schemas of two documents in one direction."""

    def __init__(self, direction: Direction, old: Json, new: Json) -> None:
        self._direction = direction
        self._old = old
        self._new = new
        self._seen: set[tuple[str, str]] = set()

    def compare(self, place: str, was: Json, now: Json) -> Iterator[Break]:
        pair = was.get("$ref", ""), now.get("$ref", "")
        if all(pair):
            if pair in self._seen:
                return
            self._seen.add(pair)
        was, now = _resolve(self._old, was), _resolve(self._new, now)
        # What is contained in what: requests that were good, or answers that are given now.
        inner, outer = (was, now) if self._direction is Direction.REQUEST else (now, was)
        ours, theirs = self._alternatives(inner), self._alternatives(outer)
        if len(ours) == len(theirs) == 1:
            yield from self._compare_plain(place, was, now, inner, outer)
            return
        for ways in ours:
            found = [self._breaks_between(place, ways, other) for other in theirs]
            # The nearest alternative is the one to blame.
            yield from min(found, key=len)

    def _breaks_between(self, place: str, inner: Json, outer: Json) -> list[Break]:
        was, now = (inner, outer) if self._direction is Direction.REQUEST else (outer, inner)
        other = Comparison(self._direction, self._old, self._new)
        other._seen = set(self._seen)
        return list(other.compare(place, was, now))

    def _alternatives(self, schema: Json) -> list[Json]:
        return schema.get("anyOf") or schema.get("oneOf") or [schema]

    def _compare_plain(
        self, place: str, was: Json, now: Json, inner: Json, outer: Json
    ) -> Iterator[Break]:
        kinds, allowed = _kinds(inner), _kinds(outer)
        if not kinds <= allowed:
            yield Break(place, f"{_list(kinds)} is not {_list(allowed)}")
            return
        yield from self._compare_values(place, inner, outer)
        if self._direction is Direction.REQUEST:
            yield from _compare_bounds(place, was, now)
        yield from self._compare_properties(place, was, now, inner, outer)
        yield from self._compare_parts(place, was, now)

    def _compare_values(self, place: str, inner: Json, outer: Json) -> Iterator[Break]:
        values, allowed = _values(inner), _values(outer)
        if allowed is not None:
            extra = ["any other"] if values is None else [v for v in values if v not in allowed]
            if extra:
                saying = "is not taken any more" if self._writes else "may be answered now"
                yield Break(place, f"{_list(extra)} {saying}")
        for keyword in ("format", "pattern"):
            if keyword in outer and outer[keyword] != inner.get(keyword):
                yield Break(place, f"its {keyword} is not what it was")

    @property
    def _writes(self) -> bool:
        return self._direction is Direction.REQUEST

    def _compare_properties(
        self, place: str, was: Json, now: Json, inner: Json, outer: Json
    ) -> Iterator[Break]:
        known, current = was.get("properties", {}), now.get("properties", {})
        for name, schema in known.items():
            if name in current:
                yield from self.compare(f"{place} {name}", schema, current[name])
            else:
                yield Break(f"{place} {name}", "it is gone")
        for name in sorted(set(outer.get("required", ())) - set(inner.get("required", ()))):
            if self._writes or name in current:
                saying = "it is required now" if self._writes else "it may be missing now"
                yield Break(f"{place} {name}", saying)

    def _compare_parts(self, place: str, was: Json, now: Json) -> Iterator[Break]:
        for keyword, step in (("items", "[]"), ("additionalProperties", "{}")):
            one, other = was.get(keyword), now.get(keyword)
            if isinstance(one, dict) and isinstance(other, dict):
                yield from self.compare(f"{place} {step}", one, other)
        open_once = was.get("additionalProperties", True) is not False
        if self._writes and open_once and now.get("additionalProperties") is False:
            yield Break(place, "unknown properties are refused now")


def _compare_bounds(place: str, was: Json, now: Json) -> Iterator[Break]:
    for keyword, larger_is_wider in BOUNDS.items():
        if keyword not in now:
            continue
        one, other = was.get(keyword), now[keyword]
        if one is None or (other < one if larger_is_wider else other > one):
            yield Break(place, f"its {keyword} is {other} and was {'none' if one is None else one}")


def _resolve(document: Json, schema: Json) -> Json:
    while "$ref" in schema:
        target: Any = document
        for step in schema["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        schema = target
    return schema


def _kinds(schema: Json) -> set[str]:
    """The JSON types that fit; an integer is a number too."""
    told = schema.get("type", ["array", "boolean", "null", "number", "object", "string"])
    kinds = {told} if isinstance(told, str) else set(told)
    return kinds | {"integer"} if "number" in kinds else kinds


def _values(schema: Json) -> list[Any] | None:
    return [schema["const"]] if "const" in schema else schema.get("enum")


def _list(values: Any) -> str:
    return ", ".join(sorted(str(value) for value in values))


def main() -> None:
    parser = argparse.ArgumentParser(prog="breaking", description=__doc__.partition(":")[0])
    parser.add_argument("old", type=Path, nargs="?", default=RELEASED)
    parser.add_argument("new", type=Path, nargs="?", default=CURRENT)
    arguments = parser.parse_args()
    old, new = (json.loads(each.read_text()) for each in (arguments.old, arguments.new))
    breaks = find_breaks(old, new)
    for each in breaks:
        print(each, file=sys.stderr)
    if breaks:
        sys.exit(f"{len(breaks)} changes break clients of {old['info']['version']}")
    print(f"nothing breaks clients of {old['info']['version']}")


if __name__ == "__main__":
    main()
