"""The OpenAPI document: committed and served."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.conftest import Gateway
from sightline_api.openapi import make_document, render_document

COMMITTED = Path(__file__).parents[2] / "openapi.json"


def test_the_committed_document_is_up_to_date() -> None:
    """If it is not, run `make openapi` and review the changes for clients."""
    assert COMMITTED.read_text() == render_document()


def test_the_served_document_equals_the_generated_one(gateway: Gateway) -> None:
    assert gateway.client.get("/openapi.json").json() == make_document()


Json = dict[str, Any]

#: Names that libraries and languages use themselves.
RESERVED_NAMES = {"Label", "Point", "Properties", "State", "Text"}


@pytest.fixture(scope="module")
def document() -> Json:
    return make_document()


def schemas_below(node: Any) -> Iterator[Json]:
    """Yield everything below a part of the document that has a JSON type."""
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    if isinstance(node, dict) and isinstance(node.get("type"), str):
        yield node
    for child in children:
        yield from schemas_below(child)


def operations_of(document: Json) -> Iterator[tuple[str, str, Json]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


def test_bodies_of_patch_have_no_defaults(document: Json) -> None:
    """A generated client would send them, and change what its user did not set."""
    for method, _, operation in operations_of(document):
        if method == "patch":
            schema = operation["requestBody"]["content"]["application/json"]["schema"]
            body = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
            assert "default" not in json.dumps(body)
            # Java initializes an optional list that is not nullable.
            lists = [each for each in body["properties"].values() if each.get("type") == "array"]
            assert lists == []


def test_numbers_have_formats_and_strings_and_arrays_have_limits(document: Json) -> None:
    schemas = document["components"]["schemas"].values()
    parameters = [
        each["schema"]
        for _, _, operation in operations_of(document)
        for each in operation.get("parameters", ())
    ]
    for schema in schemas_below([*schemas, *parameters]):
        match schema["type"]:
            case "integer":
                fits = schema.get("maximum", 2**31) < 2**31
                assert schema["format"] == ("int32" if fits else "int64"), schema
            case "number":
                assert schema["format"] == "double", schema
            case "array":
                assert "maxItems" in schema, schema
            case "string" if schema in parameters:
                assert schema.keys() & {"maxLength", "enum", "const", "format"}, schema


def test_generated_types_have_distinct_names(document: Json) -> None:
    schemas = document["components"]["schemas"]
    assert not RESERVED_NAMES & schemas.keys()
    # Generators name types after titles.
    assert not [each for each in schemas_below(document["paths"]) if "title" in each]
    values = Counter(
        name
        for schema in schemas.values()
        for name in schema.get("x-enum-varnames", [each.upper() for each in schema.get("enum", ())])
    )
    assert [name for name, count in values.items() if count > 1] == []


def test_ids_have_a_named_schema(document: Json) -> None:
    schemas = document["components"]["schemas"]
    for view in ("ImageView", "ImageSummary", "AlbumView"):
        name = schemas[view]["properties"]["id"]["$ref"].rpartition("/")[2]
        assert re.fullmatch(schemas[name]["pattern"], "0199a3c0-7c1e-7b0a-9d5e-3f1f6a0b2c4d")
    for _, path, operation in operations_of(document):
        for each in operation.get("parameters", ()):
            if each["in"] == "path" and each["name"] != "token":
                assert "$ref" in each["schema"], path


def test_responses_describe_headers_and_problem_codes(document: Json) -> None:
    for method, path, operation in operations_of(document):
        responses, codes = operation["responses"], operation["x-problem-codes"]
        for status, response in responses.items():
            assert "X-Request-Id" in response["headers"], (path, status)
            if status >= "400":
                assert any(f"`{code}`" in response["description"] for code in codes)
        assert {"400", "431", "500"} <= responses.keys(), path
        if "requestBody" in operation:
            assert {"413", "415"} <= responses.keys(), path
        if operation["security"]:
            assert "RateLimit" in responses["401"]["headers"]
            assert "WWW-Authenticate" in responses["401"]["headers"]
        if path.startswith("/v1/"):
            assert "Retry-After" in responses["429"]["headers"]
            if method == "get" and "application/json" in responses["200"].get("content", {}):
                assert "ETag" in responses["304"]["headers"]
    created = document["paths"]["/v1/images"]["post"]["responses"]["201"]["headers"]
    assert {"Location", "Idempotent-Replayed"} <= created.keys()
