"""Every error is a problem with a stable code and without internal details."""

from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError

from api.conftest import Gateway
from sightline.adapters.dynamo.transactions import TransactionContended
from sightline_testing.tokens import CLIENT_ID

#: Operations whose credential is the token of a share link.
PUBLIC = {
    "get_shared",
    "unlock_shared",
    "list_shared_images",
    "get_shared_image",
    "get_shared_original",
}

SECRET = "arn:aws:dynamodb:eu-central-1:123456789012:table/images"


def assert_problem(response: Any, status: int, code: str) -> None:
    assert response.status_code == status
    assert response.headers["Content-Type"] == "application/problem+json"
    body = response.json()
    assert (body["status"], body["code"]) == (status, code)
    assert body["type"] == f"urn:sightline:problem:{code}"
    assert SECRET not in response.text


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/images"),
        ("POST", "/v1/images"),
        ("GET", "/v1/images/x"),
        ("DELETE", "/v1/images/x"),
    ],
)
@pytest.mark.parametrize(
    "header", [None, "Bearer", "Bearer x", "Basic eDp5", f"Bearer {CLIENT_ID}"]
)
def test_a_request_without_a_valid_token_is_unauthenticated(
    gateway: Gateway, method: str, path: str, header: str | None
) -> None:
    headers = {"Authorization": header} if header else {}
    response = gateway.client.request(method, path, headers=headers)
    assert_problem(response, 401, "unauthenticated")
    challenge = response.headers["WWW-Authenticate"]
    if header and header.startswith("Bearer "):
        assert challenge.startswith('Bearer error="invalid_token", error_description="')
    else:
        assert challenge == "Bearer"


def test_an_unknown_path_is_not_found(gateway: Gateway) -> None:
    assert_problem(gateway.client.get("/v2/images"), 404, "not_found")


def test_a_body_that_is_not_utf8_is_invalid(gateway: Gateway) -> None:
    headers = {**gateway.headers(), "Content-Type": "application/json"}
    path = "/v1/images/0199a3c0-7c1e-7b0a-9d5e-3f1f6a0b2c4d"
    response = gateway.client.request("PATCH", path, content=b"p_C\xff", headers=headers)
    assert_problem(response, 422, "invalid_request")


def test_an_unsupported_method_is_not_allowed(gateway: Gateway) -> None:
    response = gateway.client.put("/v1/images", headers=gateway.headers())
    assert_problem(response, 405, "method_not_allowed")
    assert response.headers["Allow"] == "GET, HEAD, OPTIONS, POST"


def client_error(code: str, status: int) -> ClientError:
    response: Any = {
        "Error": {"Code": code, "Message": SECRET},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return ClientError(response, "GetItem")


@pytest.mark.parametrize(
    "error",
    [
        client_error("ThrottlingException", 400),
        client_error("ProvisionedThroughputExceededException", 400),
        client_error("TransactionConflictException", 400),
        client_error("Throttled", 429),
        client_error("RequestTimeout", 400),
        client_error("SlowDown", 503),
        client_error("InternalServerError", 500),
        ConnectTimeoutError(endpoint_url=f"https://{SECRET}"),
        TransactionContended(SECRET),
    ],
)
def test_a_failing_dependency_is_unavailable_and_can_be_retried(
    gateway: Gateway, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(gateway.tables.images, "page_summaries", fail)
    response = gateway.client.get("/v1/images", headers=gateway.headers())
    assert_problem(response, 503, "dependency_unavailable")
    assert response.headers["Retry-After"] == "5"


@pytest.mark.parametrize(
    "error", [client_error("AccessDeniedException", 400), ZeroDivisionError(SECRET)]
)
def test_an_internal_error_reveals_nothing(
    gateway: Gateway, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(gateway.tables.images, "page_summaries", fail)
    response = gateway.client.get("/v1/images", headers=gateway.headers())
    assert_problem(response, 500, "internal_error")


def test_health_requires_no_token(gateway: Gateway) -> None:
    assert gateway.client.get("/health").json() == {"status": "ok"}


def test_the_document_describes_every_operation_and_error(gateway: Gateway) -> None:
    document = gateway.client.get("/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    operations = {
        operation["operationId"]: operation
        for path in document["paths"].values()
        for operation in path.values()
    }
    assert set(operations) == {
        "create_image",
        "list_images",
        "get_image",
        "get_image_history",
        "get_original",
        "delete_image",
        "reprocess_image",
        "update_image",
        "get_usage",
        "get_capabilities",
        "create_images",
        "delete_images",
        "update_images",
        "list_labels",
        "list_words",
        "get_events",
        "create_album",
        "list_albums",
        "get_album",
        "update_album",
        "delete_album",
        "add_to_album",
        "remove_from_album",
        "create_archive",
        "download_archive",
        "list_trash",
        "restore_image",
        "restore_images",
        "get_timeline",
        "list_places",
        "export_account",
        "export_images",
        "list_duplicates",
        "erase_account",
        "get_email_notifications",
        "update_email_notifications",
        "create_api_key",
        "list_api_keys",
        "revoke_api_key",
        "create_webhook",
        "list_webhooks",
        "get_webhook",
        "update_webhook",
        "delete_webhook",
        "rotate_webhook_secret",
        "test_webhook",
        "list_webhook_deliveries",
        "get_webhook_delivery",
        "replay_webhook_delivery",
        "create_share_link",
        "list_share_links",
        "get_share_link",
        "update_share_link",
        "revoke_share_link",
        "move_in_album",
        "create_album_invitation",
        "list_album_invitations",
        "revoke_album_invitation",
        "list_album_members",
        "update_album_member",
        "remove_album_member",
        "leave_album",
        "list_album_images",
        "get_album_image",
        "get_album_original",
        "get_invitation",
        "accept_invitation",
        "decline_invitation",
        *PUBLIC,
        "get_health",
    }
    for name, operation in operations.items():
        if name == "get_health":
            continue
        assert bool(operation["security"]) == (name not in PUBLIC), name
        for status, response in operation["responses"].items():
            if int(status) >= 400:
                assert list(response["content"]) == ["application/problem+json"], (name, status)
    assert "HTTPValidationError" not in document["components"]["schemas"]
