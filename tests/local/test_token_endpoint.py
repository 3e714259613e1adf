"""The token endpoint of the Cognito emulator on moto, with the client that provisioning creates."""

from collections.abc import Iterator
from threading import Thread
from typing import Any

import boto3
import httpx
import pytest
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import OAuth2Client
from jose import jwt

from sightline.domain.api_keys import Scope
from sightline_local.cloud import make_cloud_server
from sightline_local.connection import TOKEN_PATH
from sightline_local.environment import CREDENTIALS, REGION
from sightline_local.provisioning import RESOURCE_SERVER, Resources, provision

ALL_SCOPES = {f"{RESOURCE_SERVER}/{scope}" for scope in Scope}


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    server = make_cloud_server("127.0.0.1", 0)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def resources(url: str) -> Resources:
    session = boto3.Session(
        aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        region_name=REGION,
    )
    return provision(session, url, "tokens")


def fetch_token(url: str, resources: Resources, method: str, **options: Any) -> Any:
    client = resources.machine_client
    secret = options.pop("secret", client.secret)
    with OAuth2Client(client.client_id, secret, token_endpoint_auth_method=method) as http:
        return http.fetch_token(f"{url}{TOKEN_PATH}", grant_type="client_credentials", **options)


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
def test_a_published_client_gets_a_token_of_every_scope(
    url: str, resources: Resources, method: str
) -> None:
    token = fetch_token(url, resources, method)
    assert (token["token_type"], token["expires_in"]) == ("Bearer", 3600)
    keys = httpx.get(f"{url}/{resources.pool_id}/.well-known/jwks.json").json()
    claims = jwt.decode(token["access_token"], keys, issuer=resources.token_issuer)
    assert claims["sub"] == claims["client_id"] == resources.machine_client.client_id
    assert claims["token_use"] == "access"
    assert set(claims["scope"].split()) == ALL_SCOPES
    assert "username" not in claims


def test_a_token_has_only_the_requested_scopes(url: str, resources: Resources) -> None:
    scope = f"{RESOURCE_SERVER}/{Scope.IMAGES_READ}"
    token = fetch_token(url, resources, "client_secret_basic", scope=scope)
    assert jwt.get_unverified_claims(token["access_token"])["scope"] == scope


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"secret": "wrong"}, "invalid_client"),
        ({"scope": f"{RESOURCE_SERVER}/everything"}, "invalid_scope"),
        ({"scope": "openid"}, "invalid_scope"),
    ],
)
def test_a_rejected_request_names_the_error(
    url: str, resources: Resources, options: dict[str, str], error: str
) -> None:
    with pytest.raises(OAuthError) as rejected:
        fetch_token(url, resources, "client_secret_basic", **options)
    assert rejected.value.error == error


@pytest.mark.parametrize(
    ("form", "authorization", "error"),
    [
        ({"grant_type": "password"}, "", "unsupported_grant_type"),
        ({"grant_type": "client_credentials"}, "", "invalid_client"),
        ({"grant_type": "client_credentials"}, "Basic ???", "invalid_client"),
        ({}, "", "unsupported_grant_type"),
    ],
)
def test_a_malformed_request_is_rejected(
    url: str, form: dict[str, str], authorization: str, error: str
) -> None:
    headers = {"Authorization": authorization} if authorization else {}
    response = httpx.post(f"{url}{TOKEN_PATH}", data=form, headers=headers)
    assert (response.status_code, response.json()) == (400, {"error": error})


def test_the_client_of_people_has_no_client_credentials(url: str, resources: Resources) -> None:
    form = {"grant_type": "client_credentials", "client_id": resources.client_id}
    response = httpx.post(f"{url}{TOKEN_PATH}", data=form)
    assert response.json() == {"error": "invalid_client"}
