"""`breaking` reports each kind of breaking change, and accepts compatible changes."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from breaking import RELEASED, find_breaking_changes
from sightline_api.openapi import make_document

Json = dict[str, Any]
Change = Callable[[Json], object]

IMAGES, IMAGE, LABELS = "/v1/images", "/v1/images/{image_id}", "/v1/labels"


def released() -> Json:
    document: Json = json.loads(RELEASED.read_text())
    return document


def schema(document: Json, name: str) -> Json:
    found: Json = document["components"]["schemas"][name]
    return found


def upload_request(document: Json) -> Json:
    """Return the schema of the body that creates an upload."""
    body = document["paths"][IMAGES]["post"]["requestBody"]["content"]["application/json"]
    return schema(document, body["schema"]["$ref"].rpartition("/")[2])


def parameter(document: Json, path: str, name: str) -> Json:
    return next(
        each for each in document["paths"][path]["get"]["parameters"] if each["name"] == name
    )


def put(into: Json, **entries: object) -> None:
    into.update(entries)


BREAKING: dict[str, tuple[Change, str]] = {
    "a path is removed": (
        lambda d: d["paths"].pop(LABELS),
        "GET /v1/labels: operation removed",
    ),
    "an operation is removed": (
        lambda d: d["paths"][IMAGE].pop("patch"),
        "PATCH /v1/images/{image_id}: operation removed",
    ),
    "an operation is renamed": (
        lambda d: put(d["paths"][IMAGES]["get"], operationId="read_images"),
        "GET /v1/images: operationId changed from list_images to read_images",
    ),
    "an operation requires a token": (
        lambda d: put(d["paths"]["/health"]["get"], security=[{"HTTPBearer": []}]),
        "GET /health: security scheme none is no longer sufficient",
    ),
    "a parameter is removed": (
        lambda d: d["paths"][LABELS]["get"]["parameters"].pop(0),
        "GET /v1/labels query prefix: parameter removed",
    ),
    "a parameter becomes required": (
        lambda d: put(parameter(d, LABELS, "prefix"), required=True),
        "GET /v1/labels query prefix: now required",
    ),
    "a required parameter is added": (
        lambda d: d["paths"][LABELS]["get"]["parameters"].append(
            {"name": "color", "in": "query", "required": True, "schema": {"type": "string"}}
        ),
        "GET /v1/labels query color: new and required",
    ),
    "a parameter's limit is lowered": (
        lambda d: put(parameter(d, LABELS, "limit")["schema"], maximum=10),
        "GET /v1/labels query limit: maximum changed from 1000 to 10",
    ),
    "a parameter's type is narrowed": (
        lambda d: put(parameter(d, LABELS, "prefix"), schema={"type": "integer"}),
        "GET /v1/labels query prefix: ",
    ),
    "a request's property is removed": (
        lambda d: upload_request(d)["properties"].pop("title"),
        "POST /v1/images body title: property removed",
    ),
    "a request's property becomes required": (
        lambda d: upload_request(d)["required"].append("title"),
        "POST /v1/images body title: now required",
    ),
    "a request's enumeration loses a value": (
        lambda d: upload_request(d)["properties"]["media_type"]["enum"].remove("image/bmp"),
        "POST /v1/images body media_type: value image/bmp no longer accepted",
    ),
    "a request's maximum length is lowered": (
        lambda d: put(upload_request(d)["properties"]["title"]["anyOf"][0], maxLength=9),
        "POST /v1/images body title: maxLength changed from 200 to 9",
    ),
    "a request's pattern changes": (
        lambda d: put(upload_request(d)["properties"]["sha256"], pattern="^[0-9A-F]{64}$"),
        "POST /v1/images body sha256: pattern changed",
    ),
    "a request's property may no longer be null": (
        lambda d: upload_request(d)["properties"]["title"]["anyOf"].pop(),
        "POST /v1/images body title: type null is not string",
    ),
    "a body becomes required": (
        lambda d: d["paths"][LABELS]["get"].update(
            requestBody={"required": True, "content": {"application/json": {"schema": {}}}}
        ),
        "GET /v1/labels body: new and required",
    ),
    "a successful response has another status": (
        lambda d: d["paths"][IMAGES]["post"]["responses"].update(
            {"200": d["paths"][IMAGES]["post"]["responses"].pop("201")}
        ),
        "POST /v1/images 201: response removed",
    ),
    "a response's media type changes": (
        lambda d: put(d["paths"][IMAGES]["get"]["responses"]["200"], content={"text/csv": {}}),
        "GET /v1/images 200: media type application/json removed",
    ),
    "a response's property is removed": (
        lambda d: schema(d, "ImageView")["properties"].pop("sha256"),
        "GET /v1/images/{image_id} 200 sha256: property removed",
    ),
    "a response's property may be missing": (
        lambda d: schema(d, "ImageView")["required"].remove("sha256"),
        "GET /v1/images/{image_id} 200 sha256: may now be missing",
    ),
    "a response's property may be null": (
        lambda d: put(
            schema(d, "ImageView")["properties"],
            sha256={"anyOf": [{"type": "string"}, {"type": "null"}]},
        ),
        "GET /v1/images/{image_id} 200 sha256: type null is not string",
    ),
    "a response's property has another type": (
        lambda d: put(schema(d, "RenditionView")["properties"]["width"], type="string"),
        "GET /v1/images/{image_id} 200 renditions items [] width: type string is not integer",
    ),
    "a response's enumeration gains a value": (
        lambda d: schema(d, "Status")["enum"].append("archived"),
        "GET /v1/images/{image_id} 200 status: value archived may now be returned",
    ),
    "a response's time is no longer a time": (
        lambda d: schema(d, "ImageView")["properties"]["created_at"].pop("format"),
        "GET /v1/images/{image_id} 200 created_at: format changed",
    ),
    "a problem loses its code": (
        lambda d: schema(d, "ProblemBody")["properties"].pop("code"),
        "GET /v1/images 401 code: property removed",
    ),
}

COMPATIBLE: dict[str, Change] = {
    "nothing changes": lambda d: None,
    "an operation is added": lambda d: put(
        d["paths"], **{"/v1/more": {"get": {"operationId": "get_more", "responses": {}}}}
    ),
    "an optional parameter is added": lambda d: d["paths"][LABELS]["get"]["parameters"].append(
        {"name": "color", "in": "query", "required": False, "schema": {"type": "string"}}
    ),
    "a limit is raised": lambda d: put(parameter(d, LABELS, "limit")["schema"], maximum=5000),
    "an operation no longer requires a token": lambda d: put(
        d["paths"][LABELS]["get"], security=[]
    ),
    "a request accepts another value": lambda d: upload_request(d)["properties"]["media_type"][
        "enum"
    ].append("image/jxl"),
    "a request property is added": lambda d: put(
        upload_request(d)["properties"], note={"type": "string"}
    ),
    "a response property is added": lambda d: put(
        schema(d, "ImageView")["properties"], note={"type": "string"}
    ),
    "a response's property is no longer nullable": lambda d: put(
        schema(d, "ImageView")["properties"], title={"type": "string"}
    ),
    "an error is documented": lambda d: put(
        d["paths"][LABELS]["get"]["responses"],
        **{"429": d["paths"][LABELS]["get"]["responses"]["401"]},
    ),
    "a description changes": lambda d: put(schema(d, "ImageView"), description="An image."),
}


@pytest.mark.parametrize("kind", BREAKING)
def test_breaking_change_is_reported(kind: str) -> None:
    change, expected = BREAKING[kind]
    old = released()
    new = copy.deepcopy(old)
    change(new)
    assert any(str(each).startswith(expected) for each in find_breaking_changes(old, new)), (
        find_breaking_changes(old, new)
    )


@pytest.mark.parametrize("kind", COMPATIBLE)
def test_compatible_change_is_accepted(kind: str) -> None:
    old = released()
    new = copy.deepcopy(old)
    COMPATIBLE[kind](new)
    assert find_breaking_changes(old, new) == []


def test_rejecting_unknown_properties_is_a_breaking_change() -> None:
    old = released()
    del upload_request(old)["additionalProperties"]
    reported = [str(each) for each in find_breaking_changes(old, released())]
    assert "POST /v1/images body: unknown properties are now rejected" in reported


def test_gateway_is_compatible_with_the_released_document() -> None:
    """If this fails, see docs/compatibility.md."""
    assert find_breaking_changes(released(), make_document()) == []
