"""Email notifications: preferences, and unsubscribe links."""

import pytest

from api.conftest import Gateway
from sightline.domain.email_notifications import EmailPreferences
from sightline_testing.tokens import CLIENT_ID

PATH = "/v1/account/notifications"
UNSUBSCRIBE = "/v1/unsubscribe"
EMAIL = "someone@example.com"


def id_token(gateway: Gateway, **changes: object) -> str:
    """Return an ID token of the gateway's user, as Cognito issues it."""
    claims = {
        "token_use": "id",
        "aud": CLIENT_ID,
        "client_id": None,
        "email": EMAIL,
        "email_verified": True,
        **changes,
    }
    owner = str(claims.pop("sub", gateway.owner))
    return gateway.pool.sign(owner, **claims)


def patch(gateway: Gateway, **body: object) -> tuple[int, dict[str, object]]:
    response = gateway.client.request("PATCH", PATH, headers=gateway.headers(), json=body)
    return response.status_code, response.json()


def subscribe(gateway: Gateway, language: str = "en") -> str:
    """Turn everything on, and return the token of the unsubscribe links."""
    kinds = ["batch_done", "image_failed"]
    status, _ = patch(gateway, kinds=kinds, language=language, id_token=id_token(gateway))
    assert status == 200
    return read(gateway).unsubscribe_token()


def read(gateway: Gateway) -> EmailPreferences:
    return gateway.run(gateway.tables.email_notifications.get_preferences(gateway.owner))


def test_nothing_is_sent_by_default(gateway: Gateway) -> None:
    response = gateway.client.get(PATH, headers=gateway.headers())
    assert response.json() == {"kinds": [], "language": "en", "email": None}


def test_kinds_and_language_can_be_changed(gateway: Gateway) -> None:
    subscribe(gateway, "ja")
    status, view = patch(gateway, kinds=["image_failed"])
    assert status == 200
    assert view == {"kinds": ["image_failed"], "language": "ja", "email": EMAIL}
    assert gateway.client.get(PATH, headers=gateway.headers()).json() == view
    _, view = patch(gateway, language="ar")
    assert view == {"kinds": ["image_failed"], "language": "ar", "email": EMAIL}
    _, view = patch(gateway, kinds=[])
    assert view["kinds"] == []


@pytest.mark.parametrize(
    "changes",
    [
        {"sub": "another-owner"},
        {"token_use": "access"},
        {"aud": "another-client"},
        {"email_verified": False},
        {"email_verified": None},
        {"email": None},
        {"exp": 1},
        {"iss": "https://example.com"},
    ],
)
def test_only_a_verified_address_of_the_caller_is_stored(
    gateway: Gateway, changes: dict[str, object]
) -> None:
    status, problem = patch(gateway, kinds=["batch_done"], id_token=id_token(gateway, **changes))
    assert (status, problem["code"]) == (422, "email_not_verified")
    assert read(gateway) == EmailPreferences(owner=gateway.owner)


def test_kinds_require_an_address(gateway: Gateway) -> None:
    status, problem = patch(gateway, kinds=["batch_done"])
    assert (status, problem["code"]) == (422, "email_not_verified")
    assert patch(gateway, language="de")[0] == 200


def test_an_id_token_is_no_credential(gateway: Gateway) -> None:
    headers = {"Authorization": f"Bearer {id_token(gateway)}"}
    assert gateway.client.get(PATH, headers=headers).status_code == 401


@pytest.mark.parametrize("body", [{"kinds": ["other"]}, {"language": "xx"}, {"other": 1}])
def test_unknown_values_are_rejected(gateway: Gateway, body: dict[str, object]) -> None:
    status, problem = patch(gateway, **body)
    assert (status, problem["code"]) == (422, "invalid_request")


def test_one_click_unsubscribe_needs_no_sign_in(gateway: Gateway) -> None:
    token = subscribe(gateway, "de")
    for _ in range(2):
        response = gateway.client.post(
            UNSUBSCRIBE, params={"token": token}, data={"List-Unsubscribe": "One-Click"}
        )
        assert response.status_code == 200
        assert "abbestellt" in response.text
    preferences = read(gateway)
    assert (preferences.kinds, preferences.email) == (frozenset(), None)
    status, problem = patch(gateway, kinds=["batch_done"])
    assert (status, problem["code"]) == (422, "email_not_verified")
    subscribe(gateway)


def test_opening_the_link_changes_nothing(gateway: Gateway) -> None:
    token = subscribe(gateway, "ar")
    response = gateway.client.get(UNSUBSCRIBE, params={"token": token})
    assert response.status_code == 200
    assert '<form method="post">' in response.text
    assert 'dir="rtl"' in response.text
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert read(gateway).kinds


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_other_tokens_change_nothing(gateway: Gateway, method: str) -> None:
    token = subscribe(gateway)
    owner, signature = token.split(".")
    changed = signature.swapcase()
    assert changed != signature
    for other in (f"{owner}.", f"{owner}.{changed}", f"other.{signature}", "<b>", "x"):
        response = gateway.client.request(method, UNSUBSCRIBE, params={"token": other})
        assert response.status_code == 404
        assert "<b>" not in response.text
    assert read(gateway).kinds
    assert gateway.client.request(method, UNSUBSCRIBE).status_code == 422


def test_links_of_an_earlier_address_end(gateway: Gateway) -> None:
    token = subscribe(gateway)
    patch(gateway, id_token=id_token(gateway, email="new@example.com"))
    assert gateway.client.post(UNSUBSCRIBE, params={"token": token}).status_code == 404
    assert read(gateway).email == "new@example.com"
