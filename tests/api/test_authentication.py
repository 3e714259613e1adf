"""Nothing of a request is read before its token is verified."""

import pytest

from api.conftest import Gateway


@pytest.mark.parametrize("body", [b"{", b'{"bytes": 0}'])
def test_an_invalid_request_without_a_token_is_unauthenticated(
    gateway: Gateway, body: bytes
) -> None:
    anonymous = {"Content-Type": "application/json"}
    authenticated = gateway.headers() | anonymous
    assert gateway.client.post("/v1/images", content=body, headers=anonymous).status_code == 401
    assert gateway.client.post("/v1/images", content=body, headers=authenticated).status_code == 422


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_a_path_below_v1_requires_a_token_whether_or_not_it_exists(
    gateway: Gateway, method: str
) -> None:
    assert gateway.client.request(method, "/v1/nothing").status_code == 401
    response = gateway.client.request(method, "/v1/nothing", headers=gateway.headers())
    assert response.status_code == 404
