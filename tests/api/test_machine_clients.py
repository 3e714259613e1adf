"""Machine clients: their service account, their scopes, and tokens that are not theirs."""

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import ValidationError

from api.conftest import Gateway
from sightline.domain.api_keys import Scope
from sightline.domain.ids import service_account_of
from sightline.domain.object_keys import ImageKey
from sightline_api.auth.scopes import required_scopes
from sightline_api.openapi import make_document
from sightline_api.settings import ApiSettings
from sightline_testing.builders import SHA256, new_owner
from sightline_testing.tokens import CLIENT_ID, MACHINE_CLIENT_ID, TokenIssuer

UPLOAD = {"media_type": "image/jpeg", "bytes": 5, "sha256": SHA256}


def call(gateway: Gateway, token: str, method: str = "GET", path: str = "/v1/images") -> Any:
    body = UPLOAD if method == "POST" else None
    headers = {"Authorization": f"Bearer {token}"}
    return gateway.client.request(method, path, headers=headers, json=body)


def test_a_machine_client_manages_the_images_of_its_service_account(
    gateway: Gateway, pool: TokenIssuer
) -> None:
    token = pool.sign_machine(*Scope)
    image = call(gateway, token, "POST").json()["image"]
    path = f"/v1/images/{image['id']}"
    owner = service_account_of(MACHINE_CLIENT_ID)
    row = gateway.run(gateway.tables.images.get(ImageKey(owner, image["id"])))
    assert row.image_id == image["id"]
    assert call(gateway, pool.sign_machine("images:read"), "GET", path).status_code == 200
    assert gateway.client.get(path, headers=gateway.headers()).status_code == 404
    deleted = call(gateway, token, "DELETE", path)
    assert deleted.status_code == 204
    assert call(gateway, token, "GET", path).status_code == 404


def test_the_rate_limit_is_that_of_owners(gateway: Gateway, pool: TokenIssuer) -> None:
    response = call(gateway, pool.sign_machine("images:read"))
    assert response.headers["RateLimit-Policy"].startswith('"owner"')


@pytest.mark.parametrize("scope", Scope)
def test_each_operation_requires_the_scopes_of_api_keys(
    gateway: Gateway, pool: TokenIssuer, scope: Scope
) -> None:
    token = pool.sign_machine(scope)
    for path, operations in make_document()["paths"].items():
        for method, operation in operations.items():
            if not operation["security"] or path == "/v1/events":
                continue
            required = required_scopes(method.upper(), path)
            response = call(gateway, token, method.upper(), path.replace("{image_id}", "x"))
            is_forbidden = required is None or not required <= {scope}
            assert (response.status_code == 403) is is_forbidden, (method, path)


def test_scopes_of_other_resource_servers_allow_nothing(
    gateway: Gateway, pool: TokenIssuer
) -> None:
    for scope in ("images:read", "other/images:read", "sightline/images:all", None, ["a"]):
        response = call(gateway, pool.sign_machine(scope=scope))
        assert response.status_code == 403
        assert response.json()["code"] == "insufficient_scope"


FORGERIES: dict[str, Callable[[TokenIssuer], str]] = {
    "a person who signed in through a machine client": lambda pool: pool.sign_machine(
        *Scope, sub=new_owner(), username="a"
    ),
    "a subject other than the client": lambda pool: pool.sign_machine(*Scope, sub=new_owner()),
    "a person's client with client credentials": lambda pool: pool.sign(CLIENT_ID),
    "a person whose subject is a service account": lambda pool: pool.sign(
        service_account_of(MACHINE_CLIENT_ID)
    ),
    "another machine client": lambda pool: pool.sign_machine(
        *Scope, client_id="other", sub="other"
    ),
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_token_of_the_other_kind_is_rejected(
    gateway: Gateway, pool: TokenIssuer, forgery: str
) -> None:
    assert call(gateway, FORGERIES[forgery](pool)).status_code == 401


def test_a_client_is_either_of_people_or_a_machine_client(
    environment: pytest.MonkeyPatch,
) -> None:
    environment.setenv("SIGHTLINE_TOKEN_CLIENT_IDS", '["a", "b"]')
    environment.setenv("SIGHTLINE_TOKEN_MACHINE_CLIENT_IDS", '["c"]')
    assert ApiSettings().token_machine_client_ids == {"c"}
    environment.setenv("SIGHTLINE_TOKEN_MACHINE_CLIENT_IDS", '["b", "c"]')
    with pytest.raises(ValidationError, match="not in both"):
        ApiSettings()
