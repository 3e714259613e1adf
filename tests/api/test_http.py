"""HTTP's own rules: methods, media types, conditions, content codings and the head of a request."""

import gzip
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.conftest import Gateway, serve
from api.test_problems import assert_problem
from sightline_api.asgi.compression import accepts_gzip
from sightline_api.asgi.limits import MAX_HEADER_BYTES, MAX_HEADERS
from sightline_api.problems import MAX_FIELD_ERRORS
from sightline_api.settings import ApiSettings
from sightline_testing.builders import SHA256
from sightline_testing.tokens import TokenIssuer

UPLOAD_REQUEST = {"media_type": "image/jpeg", "bytes": 5, "sha256": SHA256}


def create_image(gateway: Gateway, **fields: Any) -> str:
    body = {**UPLOAD_REQUEST, **fields}
    response = gateway.client.post("/v1/images", json=body, headers=gateway.headers())
    image_id: str = response.json()["image"]["id"]
    return image_id


@pytest.mark.parametrize("path", ["/health", "/openapi.json", "/v1/images", "/v1/albums"])
def test_head_returns_the_headers_of_the_get(gateway: Gateway, path: str) -> None:
    headers = gateway.headers()
    get = gateway.client.get(path, headers=headers)
    head = gateway.client.request("HEAD", path, headers=headers)
    assert (head.status_code, head.content) == (200, b"")
    own = {"x-request-id", "ratelimit"}
    assert {k: v for k, v in head.headers.items() if k not in own} == {
        k: v for k, v in get.headers.items() if k not in own
    }


def test_head_of_a_missing_image_is_not_found(gateway: Gateway) -> None:
    response = gateway.client.request("HEAD", "/v1/images/x", headers=gateway.headers())
    assert (response.status_code, response.content) == (404, b"")


@pytest.mark.parametrize("path", ["/v1/events", "/v1/account/export"])
def test_head_of_a_stream_ends(gateway: Gateway, path: str) -> None:
    response = gateway.client.request("HEAD", path, headers=gateway.headers())
    assert (response.status_code, response.content) == (200, b"")


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/health", "GET, HEAD, OPTIONS"),
        ("/v1/images", "GET, HEAD, OPTIONS, POST"),
        ("/v1/images/x", "DELETE, GET, HEAD, OPTIONS, PATCH"),
        ("/v1/images/x/reprocess", "OPTIONS, POST"),
    ],
)
def test_allow_lists_every_method_of_the_path(gateway: Gateway, path: str, allowed: str) -> None:
    options = gateway.client.request("OPTIONS", path, headers=gateway.headers())
    assert (options.status_code, options.headers["Allow"]) == (204, allowed)
    other = gateway.client.put(path, headers=gateway.headers())
    assert_problem(other, 405, "method_not_allowed")
    assert other.headers["Allow"] == allowed


@pytest.mark.parametrize("media_type", [None, "text/plain", "application/x-www-form-urlencoded"])
def test_a_body_that_is_not_json_is_an_unsupported_media_type(
    gateway: Gateway, media_type: str | None
) -> None:
    headers = gateway.headers() | ({"Content-Type": media_type} if media_type else {})
    content = json.dumps(UPLOAD_REQUEST).encode()
    response = gateway.client.post("/v1/images", content=content, headers=headers)
    assert_problem(response, 415, "unsupported_media_type")
    assert response.headers["Accept"] == "application/json"


@pytest.mark.parametrize("media_type", ["application/json; charset=utf-8", "application/x+json"])
def test_any_json_media_type_is_accepted(gateway: Gateway, media_type: str) -> None:
    headers = gateway.headers() | {"Content-Type": media_type}
    content = json.dumps(UPLOAD_REQUEST).encode()
    response = gateway.client.post("/v1/images", content=content, headers=headers)
    assert response.status_code == 201


def test_an_unknown_query_parameter_is_refused(gateway: Gateway) -> None:
    response = gateway.client.get("/v1/images?lable=dog&limit=5&x", headers=gateway.headers())
    assert_problem(response, 422, "invalid_request")
    assert response.json()["errors"] == [
        {"location": "query.lable", "message": "Unknown parameter. Did you mean `label`?"},
        {"location": "query.x", "message": "Unknown parameter"},
    ]
    response = gateway.client.get("/v1/usage?x=1", headers=gateway.headers())
    assert_problem(response, 422, "invalid_request")


def test_only_a_parameter_that_is_a_list_may_be_repeated(gateway: Gateway) -> None:
    """Which one counts would depend on who reads the URL."""
    response = gateway.client.get("/v1/images?limit=5&limit=6", headers=gateway.headers())
    assert_problem(response, 422, "invalid_request")
    assert response.json()["errors"] == [
        {"location": "query.limit", "message": "The parameter has one value"}
    ]
    path = "/v1/images?label=Dog&label=Sea"
    assert gateway.client.get(path, headers=gateway.headers()).status_code == 200


def test_a_trailing_slash_is_another_path(gateway: Gateway) -> None:
    response = gateway.client.get("/v1/images/", headers=gateway.headers())
    assert_problem(response, 404, "not_found")


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
@pytest.mark.parametrize("kind", ["images", "albums"])
def test_if_match_requires_the_current_quoted_etag(
    gateway: Gateway, method: str, kind: str
) -> None:
    if kind == "images":
        path = f"/v1/images/{create_image(gateway)}"
    else:
        created = gateway.client.post(
            "/v1/albums", json={"title": "Sea"}, headers=gateway.headers()
        )
        path = created.headers["Location"]
    body = {"json": {"title": "Sun"}} if method == "PATCH" else {}

    def call(if_match: str) -> Any:
        headers = gateway.headers() | {"If-Match": if_match}
        return gateway.client.request(method, path, headers=headers, **body)

    etag = gateway.client.get(path, headers=gateway.headers()).headers["ETag"]
    for invalid in (etag.strip('"'), "x", '"', f"{etag} {etag}", ""):
        assert_problem(call(invalid), 400, "invalid_precondition")
    for other in ('"x"', f"W/{etag}", '"x", "y"'):
        assert_problem(call(other), 412, "changed")
    assert call(f'"x", {etag}').is_success


def test_a_compressed_response_has_another_strong_etag(gateway: Gateway) -> None:
    path, headers = f"/v1/images/{create_image(gateway)}", gateway.headers()
    gateway.client.request("PATCH", path, json={"description": "x" * 1500}, headers=headers)
    plain = gateway.client.get(path, headers={**headers, "Accept-Encoding": "identity"})
    compressed = gateway.client.get(path, headers={**headers, "Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in plain.headers
    assert compressed.headers["Content-Encoding"] == "gzip"
    assert compressed.json() == plain.json()
    assert plain.headers["Vary"] == compressed.headers["Vary"] == "Accept-Encoding"
    tags = plain.headers["ETag"], compressed.headers["ETag"]
    assert tags[0] != tags[1]
    assert not any(tag.startswith("W/") for tag in tags)
    for tag in tags:
        again = gateway.client.get(path, headers={**headers, "If-None-Match": tag})
        assert (again.status_code, again.headers["ETag"]) == (304, tag)
        assert again.headers["Vary"] == "Accept-Encoding"
    edit = {**headers, "If-Match": tags[1]}
    assert (
        gateway.client.request("PATCH", path, json={"title": "Sea"}, headers=edit).status_code
        == 200
    )
    assert (
        gateway.client.request("PATCH", path, json={"title": "Sun"}, headers=edit).status_code
        == 412
    )


@pytest.mark.parametrize(
    ("accept_encoding", "expected"),
    [
        ("gzip", True),
        ("br, GZIP", True),
        ("gzip;q=0.5", True),
        ("*", True),
        ("x-gzip", True),
        ("", False),
        ("br", False),
        ("gzip;q=0", False),
        ("gzip; q=0.000", False),
        ("gzip;q=0, *", False),
        ("*;q=0", False),
        ("identity", False),
        ("gzip;q=x", False),
        ("xgzip", False),
    ],
)
def test_accept_encoding_decides_about_gzip(accept_encoding: str, expected: bool) -> None:
    assert accepts_gzip(accept_encoding) is expected


def test_gzip_with_weight_zero_is_not_used(gateway: Gateway) -> None:
    headers = {"Accept-Encoding": "gzip;q=0"}
    response = gateway.client.get("/openapi.json", headers=headers)
    assert "Content-Encoding" not in response.headers
    assert len(gzip.compress(response.content)) < len(response.content)


def test_too_many_or_too_large_headers_are_refused(gateway: Gateway) -> None:
    many = gateway.headers() | {f"X-{number}": "x" for number in range(MAX_HEADERS)}
    large = gateway.headers() | {"X-Large": "x" * MAX_HEADER_BYTES}
    for headers in (many, large):
        response = gateway.client.get("/v1/images", headers=headers)
        assert_problem(response, 431, "headers_too_large")


def test_only_the_first_validation_errors_are_reported(gateway: Gateway) -> None:
    body = {**UPLOAD_REQUEST, **{f"x{number}": 1 for number in range(1000)}}
    response = gateway.client.post("/v1/images", json=body, headers=gateway.headers())
    assert_problem(response, 422, "invalid_request")
    assert len(response.json()["errors"]) == MAX_FIELD_ERRORS


@pytest.fixture
def unlimited(pool: TokenIssuer, settings: ApiSettings) -> Iterator[Gateway]:
    """A gateway that rejects none of many requests of an owner."""
    changes = {"owner_requests_per_second": None}
    with serve(pool, settings.model_copy(update=changes)) as gateway:
        yield gateway


TEXTS = st.text(st.characters(), max_size=20) | st.sampled_from(["\ud800", "\udfff\ud800", "\x00"])


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(name=TEXTS, value=TEXTS)
def test_any_json_text_is_answered(unlimited: Gateway, name: str, value: str) -> None:
    headers = unlimited.headers() | {"Content-Type": "application/json"}
    for body in (
        {**UPLOAD_REQUEST, "title": value},
        {**UPLOAD_REQUEST, name: value},
        {**UPLOAD_REQUEST, "sha256": value},
        {"ids": [value]},
    ):
        content = json.dumps(body).encode()
        for path in ("/v1/images", "/v1/images/delete", "/v1/albums"):
            response = unlimited.client.post(path, content=content, headers=headers)
            assert response.status_code in (201, 207, 422), response.text


INSTANTS = st.sampled_from(
    ["9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59", "0001-01-01T00:00:00", "2026-01-01"]
) | st.datetimes().map(lambda at: at.isoformat())


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(at=INSTANTS, offset=st.sampled_from(["", "Z", "+00:00", "-23:59", "+23:59"]))
def test_any_instant_is_answered(unlimited: Gateway, at: str, offset: str) -> None:
    for name in ("created_from", "created_until", "taken_from", "taken_until"):
        response = unlimited.client.get(
            "/v1/images", params={name: at + offset}, headers=unlimited.headers()
        )
        assert response.status_code in (200, 422)
