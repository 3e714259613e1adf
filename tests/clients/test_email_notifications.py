"""Email notifications in the Python client and the command line."""

import json
from collections.abc import Iterator

import httpx
import pytest
from typer.testing import CliRunner

from sightline_cli import notifications
from sightline_client import AsyncSightline, MemorySessionStore, Session, Sightline
from sightline_client.cognito import Pool, Tokens
from sightline_client.errors import InvalidRequest, SessionExpired

API, COGNITO = "http://api.test", "http://cognito.test"
EMAIL = "someone@example.com"


class Server(httpx.MockTransport):
    """An API that stores preferences, and a user pool that issues an ID token."""

    def __init__(self) -> None:
        self.view: dict[str, object] = {"kinds": [], "language": "en", "email": None}
        self.id_token = "id"
        self.session_has_expired = False
        super().__init__(self._respond)

    def _respond(self, request: httpx.Request) -> httpx.Response:
        if request.url.host == "cognito.test":
            return self._refresh(json.loads(request.content))
        assert request.url.path == "/v1/account/notifications"
        if request.method == "PATCH":
            body = json.loads(request.content)
            changes = {name: value for name, value in body.items() if value is not None}
            if changes.pop("id_token", None) == "id":
                self.view["email"] = EMAIL
            elif self.view["email"] is None:
                problem = {
                    "type": "about:blank",
                    "title": "Unprocessable",
                    "status": 422,
                    "detail": "Send the ID token.",
                    "code": "email_not_verified",
                }
                headers = {"Content-Type": "application/problem+json"}
                return httpx.Response(422, json=problem, headers=headers)
            self.view |= changes
        return httpx.Response(200, json=self.view)

    def _refresh(self, body: dict[str, object]) -> httpx.Response:
        assert body["AuthParameters"] == {"REFRESH_TOKEN": "refresh"}
        if self.session_has_expired:
            return httpx.Response(400, json={"__type": "#NotAuthorizedException"})
        result = {"AccessToken": "access-2", "IdToken": self.id_token, "ExpiresIn": 3600}
        return httpx.Response(200, json={"AuthenticationResult": result})


@pytest.fixture
def server() -> Server:
    return Server()


def make_session(tokens: Tokens | None = None) -> Session:
    pool = Pool("eu-central-1_example", "client", COGNITO)
    return Session(API, tokens or Tokens("access", "refresh", float("inf")), EMAIL, pool)


@pytest.fixture
def store() -> MemorySessionStore:
    return MemorySessionStore()


@pytest.fixture
def sightline(server: Server, store: MemorySessionStore) -> Iterator[Sightline]:
    with Sightline(make_session(), store=store) as sightline:
        sightline._http._transport = sightline._external_http._transport = server
        yield sightline


def test_address_is_stored_with_the_first_notification(
    sightline: Sightline, server: Server, store: MemorySessionStore
) -> None:
    assert sightline.email_notifications().email is None
    view = sightline.update_email_notifications(kinds=["webhook_paused"], language="ja")
    assert (view.kinds, view.language, view.email) == (["webhook_paused"], "ja", EMAIL)
    assert sightline.email_notifications() == view
    # The refreshed session is stored, because the pool may rotate refresh tokens.
    stored = store.load("default")
    assert stored is not None
    assert (stored.tokens.access, stored.tokens.refresh) == ("access-2", "refresh")
    server.session_has_expired = True
    assert sightline.update_email_notifications(kinds=[]).kinds == []


def test_address_requires_the_sign_in_of_a_user(sightline: Sightline, server: Server) -> None:
    server.session_has_expired = True
    with pytest.raises(SessionExpired, match="NotAuthorizedException"):
        sightline.update_email_notifications(kinds=["batch_done"])
    with Sightline.from_token(API, "token") as other:
        other._http._transport = server
        with pytest.raises(SessionExpired, match="email and password"):
            other.update_email_notifications(kinds=["batch_done"])


def test_unverified_address_is_reported(sightline: Sightline, server: Server) -> None:
    server.id_token = "of another user"
    with pytest.raises(InvalidRequest, match="email_not_verified"):
        sightline.update_email_notifications(kinds=["batch_done"])


def test_notification_commands(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    def open_client() -> AsyncSightline:
        sightline = AsyncSightline(make_session())
        sightline._http._transport = sightline._external_http._transport = server
        return sightline

    monkeypatch.setattr(notifications, "open_client", open_client)

    def run(*arguments: str) -> str:
        result = CliRunner().invoke(notifications.app, arguments)
        assert result.exit_code == 0, result.output
        return " ".join(result.stdout.split())

    assert "email none" in run("show")
    assert "quota_warning on" in run("on", "quota_warning", "budget_warning", "--language", "de")
    assert server.view["language"] == "de"
    shown = run("off", "quota_warning")
    assert "quota_warning off" in shown
    assert "budget_warning on" in shown
    assert f"language de email {EMAIL}" in shown
    view = json.loads(run("on", "batch_done", "--json"))
    assert sorted(view["kinds"]) == ["batch_done", "budget_warning"]
    assert CliRunner().invoke(notifications.app, ["on", "other"]).exit_code == 2
