"""Each kind of change that breaks clients is told of, and what breaks nobody is let through."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from breaking import RELEASED, find_breaks
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


def parameter(document: Json, path: str, name: str) -> Json:
    return next(
        each for each in document["paths"][path]["get"]["parameters"] if each["name"] == name
    )


def put(into: Json, **entries: object) -> None:
    into.update(entries)


BREAKING: dict[str, tuple[Change, str]] = {
    "a path is removed": (
        lambda d: d["paths"].pop(LABELS),
        "GET /v1/labels: the operation is gone",
    ),
    "an operation is removed": (
        lambda d: d["paths"][IMAGE].pop("patch"),
        "PATCH /v1/images/{image_id}: the operation is gone",
    ),
    "an operation is renamed": (
        lambda d: put(d["paths"][IMAGES]["get"], operationId="read_images"),
        "GET /v1/images: it was list_images and is read_images now",
    ),
    "an operation wants a token": (
        lambda d: put(d["paths"]["/health"]["get"], security=[{"HTTPBearer": []}]),
        "GET /health: signing in by nothing is not enough any more",
    ),
    "a parameter is removed": (
        lambda d: d["paths"][LABELS]["get"]["parameters"].pop(0),
        "GET /v1/labels query prefix: the parameter is gone",
    ),
    "a parameter becomes required": (
        lambda d: put(parameter(d, LABELS, "prefix"), required=True),
        "GET /v1/labels query prefix: it is required now",
    ),
    "a required parameter is added": (
        lambda d: d["paths"][LABELS]["get"]["parameters"].append(
            {"name": "color", "in": "query", "required": True, "schema": {"type": "string"}}
        ),
        "GET /v1/labels query color: it is new and required",
    ),
    "a parameter's limit is lowered": (
        lambda d: put(parameter(d, LABELS, "limit")["schema"], maximum=10),
        "GET /v1/labels query limit: its maximum is 10 and was 1000",
    ),
    "a parameter's type is narrowed": (
        lambda d: put(parameter(d, LABELS, "prefix"), schema={"type": "integer"}),
        "GET /v1/labels query prefix: ",
    ),
    "a request's property is removed": (
        lambda d: schema(d, "TicketRequest")["properties"].pop("title"),
        "POST /v1/images body title: it is gone",
    ),
    "a request's property becomes required": (
        lambda d: schema(d, "TicketRequest")["required"].append("title"),
        "POST /v1/images body title: it is required now",
    ),
    "a request's enumeration loses a value": (
        lambda d: schema(d, "TicketRequest")["properties"]["media_type"]["enum"].remove(
            "image/bmp"
        ),
        "POST /v1/images body media_type: image/bmp is not taken any more",
    ),
    "a request's text must be shorter": (
        lambda d: put(schema(d, "TicketRequest")["properties"]["title"]["anyOf"][0], maxLength=9),
        "POST /v1/images body title: its maxLength is 9 and was 200",
    ),
    "a request's pattern changes": (
        lambda d: put(schema(d, "TicketRequest")["properties"]["sha256"], pattern="^[0-9A-F]{64}$"),
        "POST /v1/images body sha256: its pattern is not what it was",
    ),
    "a request's property may no longer be null": (
        lambda d: schema(d, "TicketRequest")["properties"]["title"]["anyOf"].pop(),
        "POST /v1/images body title: null is not string",
    ),
    "a body becomes required": (
        lambda d: d["paths"][LABELS]["get"].update(
            requestBody={"required": True, "content": {"application/json": {"schema": {}}}}
        ),
        "GET /v1/labels body: it is new and required",
    ),
    "a good answer has another status": (
        lambda d: d["paths"][IMAGES]["post"]["responses"].update(
            {"200": d["paths"][IMAGES]["post"]["responses"].pop("201")}
        ),
        "POST /v1/images 201: the answer is gone",
    ),
    "an answer's media type changes": (
        lambda d: put(d["paths"][IMAGES]["get"]["responses"]["200"], content={"text/csv": {}}),
        "GET /v1/images 200: application/json is gone",
    ),
    "an answer's property is removed": (
        lambda d: schema(d, "ImageView")["properties"].pop("sha256"),
        "GET /v1/images/{image_id} 200 sha256: it is gone",
    ),
    "an answer's property may be missing": (
        lambda d: schema(d, "ImageView")["required"].remove("sha256"),
        "GET /v1/images/{image_id} 200 sha256: it may be missing now",
    ),
    "an answer's property may be null": (
        lambda d: put(
            schema(d, "ImageView")["properties"],
            sha256={"anyOf": [{"type": "string"}, {"type": "null"}]},
        ),
        "GET /v1/images/{image_id} 200 sha256: null is not string",
    ),
    "an answer's property has another type": (
        lambda d: put(schema(d, "RenditionView")["properties"]["width"], type="string"),
        "GET /v1/images/{image_id} 200 renditions items [] width: string is not integer",
    ),
    "an answer's enumeration gains a value": (
        lambda d: schema(d, "Status")["enum"].append("archived"),
        "GET /v1/images/{image_id} 200 status: archived may be answered now",
    ),
    "an answer's time is no time any more": (
        lambda d: schema(d, "ImageView")["properties"]["created_at"].pop("format"),
        "GET /v1/images/{image_id} 200 created_at: its format is not what it was",
    ),
    "a problem loses its code": (
        lambda d: schema(d, "ProblemBody")["properties"].pop("code"),
        "GET /v1/images 401 code: it is gone",
    ),
}

HARMLESS: dict[str, Change] = {
    "nothing changes": lambda d: None,
    "an operation is added": lambda d: put(
        d["paths"], **{"/v1/more": {"get": {"operationId": "get_more", "responses": {}}}}
    ),
    "an optional parameter is added": lambda d: d["paths"][LABELS]["get"]["parameters"].append(
        {"name": "color", "in": "query", "required": False, "schema": {"type": "string"}}
    ),
    "a limit is raised": lambda d: put(parameter(d, LABELS, "limit")["schema"], maximum=5000),
    "an operation wants no token any more": lambda d: put(d["paths"][LABELS]["get"], security=[]),
    "a request takes one more value": lambda d: schema(d, "TicketRequest")["properties"][
        "media_type"
    ]["enum"].append("image/jxl"),
    "a request has one more property": lambda d: put(
        schema(d, "TicketRequest")["properties"], note={"type": "string"}
    ),
    "an answer has one more property": lambda d: put(
        schema(d, "ImageView")["properties"], note={"type": "string"}
    ),
    "an answer's property is never null any more": lambda d: put(
        schema(d, "ImageView")["properties"], title={"type": "string"}
    ),
    "an error is documented": lambda d: put(
        d["paths"][LABELS]["get"]["responses"],
        **{"429": d["paths"][LABELS]["get"]["responses"]["401"]},
    ),
    "words change": lambda d: put(schema(d, "ImageView"), description="A picture."),
}


@pytest.mark.parametrize("kind", BREAKING)
def test_a_breaking_change_is_told_of(kind: str) -> None:
    change, expected = BREAKING[kind]
    old = released()
    new = copy.deepcopy(old)
    change(new)
    assert any(str(each).startswith(expected) for each in find_breaks(old, new)), find_breaks(
        old, new
    )


@pytest.mark.parametrize("kind", HARMLESS)
def test_what_breaks_nobody_is_let_through(kind: str) -> None:
    old = released()
    new = copy.deepcopy(old)
    HARMLESS[kind](new)
    assert find_breaks(old, new) == []


def test_a_request_that_refuses_unknown_properties_from_now_on_is_told_of() -> None:
    old = released()
    del schema(old, "TicketRequest")["additionalProperties"]
    told = [str(each) for each in find_breaks(old, released())]
    assert "POST /v1/images body: unknown properties are refused now" in told


def test_the_gateway_breaks_no_client_of_the_released_document() -> None:
    """Where it does: docs/compatibility.md says what to do."""
    assert find_breaks(released(), make_document()) == []
