"""Sign-in with MiniStack's Cognito: its page, which enforces PKCE, and a machine client."""

import re
import threading
import webbrowser
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from jose import jwt

from sightline_cli import browser
from sightline_cli.browser import LOOPBACK_PORTS, sign_in_with_browser
from sightline_client import ClientCredentials, Pool, SightlineError
from sightline_client._async.transport import fetch_token, run_auth_flow
from sightline_client.authorization_code import AuthorizationRequest
from sightline_client.cognito import Tokens, refresh
from sightline_client.errors import SignInRejected
from sightline_local import provisioning
from sightline_local.connection import TOKEN_PATH
from sightline_local.stack import Stack, consecutive_ports

ROOT = Path(__file__).parents[2]

_FIELD = re.compile(r'name="(\w+)" value="([^"]*)"')


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The emulator with its resources; no service runs."""
    folder = tmp_path_factory.mktemp("stack")
    with Stack(consecutive_ports(0), folder, cloud="ministack") as stack:
        stack.start_cloud()
        yield stack


class Visitor:
    """Plays the browser, in a thread: enters the password of the demo user."""

    def __init__(self, stack: Stack) -> None:
        self._user = stack.user
        self.url = ""
        #: Changes the URL of the callback before it is visited.
        self.change: Callable[[str], str] = str
        self._thread = threading.Thread(target=self._visit)

    def open(self, url: str) -> bool:
        self.url = url
        self._thread.start()
        return True

    def join(self) -> None:
        self._thread.join()

    def _visit(self) -> None:
        with httpx.Client() as http:
            page = http.get(self.url)
            form = dict(_FIELD.findall(page.text.replace("&amp;", "&")))
            form |= {"username": self._user.email, "password": self._user.password}
            callback = http.post(str(page.url.join("/login")), data=form).headers["location"]
            http.get(str(httpx.URL(callback).copy_with(path="/favicon.ico")))
            http.get(self.change(callback))


@pytest.fixture
def visitor(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Iterator[Visitor]:
    visitor = Visitor(stack)
    monkeypatch.setattr(webbrowser, "open", visitor.open)
    yield visitor
    visitor.join()


async def sign_in(stack: Stack) -> tuple[Tokens, str]:
    assert stack.resources is not None
    return await sign_in_with_browser(stack.ports.url("cloud"), stack.resources.client_id)


async def test_browser_signs_in(
    stack: Stack, visitor: Visitor, capsys: pytest.CaptureFixture[str]
) -> None:
    tokens, email = await sign_in(stack)
    assert stack.resources is not None
    claims = jwt.get_unverified_claims(tokens.access)
    assert claims["client_id"] == stack.resources.client_id
    assert (email, claims["token_use"]) == (stack.user.email, "access")
    parameters = parse_qs(urlsplit(visitor.url).query)
    assert parameters["code_challenge_method"] == ["S256"]
    assert urlsplit(parameters["redirect_uri"][0]).hostname == "127.0.0.1"
    # Without a browser, the user copies it.
    assert visitor.url in capsys.readouterr().err.replace("\n", "")
    # The session is renewed like one of a password.
    pool = Pool(stack.resources.pool_id, stack.resources.client_id, stack.ports.url("cloud"))
    assert tokens.refresh is not None
    async with httpx.AsyncClient() as http:
        renewed = await run_auth_flow(http, pool, refresh(pool, tokens.refresh))
    assert renewed.access


async def test_code_without_its_verifier_is_rejected(
    stack: Stack, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    build_form = AuthorizationRequest.build_form
    monkeypatch.setattr(
        AuthorizationRequest,
        "build_form",
        lambda self, code: build_form(replace(self, verifier="x" * 43), code),
    )
    with pytest.raises(SignInRejected) as rejected:
        await sign_in(stack)
    assert rejected.value.code == "invalid_grant"


async def test_error_of_the_page_is_reported(stack: Stack, visitor: Visitor) -> None:
    visitor.change = lambda url: url.replace("code=", "error=access_denied&unused=")
    with pytest.raises(SignInRejected) as rejected:
        await sign_in(stack)
    assert rejected.value.code == "access_denied"


async def test_forged_callback_does_not_end_the_sign_in(stack: Stack, visitor: Visitor) -> None:
    def forge_first(url: str) -> str:
        forged = httpx.get(re.sub("state=[^&]*", "state=forged", url))
        assert forged.status_code == 400
        return url

    visitor.change = forge_first
    tokens, _ = await sign_in(stack)
    assert tokens.access


async def test_machine_client_gets_a_token_of_its_scopes(stack: Stack) -> None:
    assert stack.resources is not None
    client = stack.resources.machine_client
    credentials = ClientCredentials(
        f"{stack.ports.url('cloud')}{TOKEN_PATH}",
        client.client_id,
        client.secret,
        ("images:read", "albums:write"),
    )
    async with httpx.AsyncClient() as http:
        claims = jwt.get_unverified_claims((await fetch_token(http, credentials)).access)
        with pytest.raises(SignInRejected):
            await fetch_token(http, replace(credentials, client_secret="wrong"))
    assert claims["sub"] == claims["client_id"] == client.client_id
    assert set(claims["scope"].split()) == {"sightline/images:read", "sightline/albums:write"}
    assert "username" not in claims


async def test_sign_in_ends_at_the_time_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webbrowser, "open", lambda _: False)
    with pytest.raises(SignInRejected) as rejected:
        await sign_in_with_browser("http://127.0.0.1:9", "client", timeout_seconds=0)
    assert rejected.value.code == "timeout"


async def test_ports_in_use_are_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser, "LOOPBACK_PORTS", ())
    with pytest.raises(SightlineError, match="in use"):
        await sign_in_with_browser("http://127.0.0.1:9", "client")


def test_nonce_of_another_sign_in_is_rejected() -> None:
    request = AuthorizationRequest.create("https://x", "client", "http://127.0.0.1:1/callback")
    claims = {"nonce": request.nonce, "aud": "client", "email": "a@example.com"}
    for changes, is_valid in (({}, True), ({"nonce": "x"}, False), ({"aud": "x"}, False)):
        token = jwt.encode({**claims, **changes}, "secret")
        body = {"id_token": token, "access_token": "a", "refresh_token": "r", "expires_in": 3600}
        if is_valid:
            tokens, email = request.parse_tokens(200, body)
            assert (tokens.access, tokens.refresh, email) == ("a", "r", "a@example.com")
        else:
            with pytest.raises(SignInRejected):
                request.parse_tokens(200, body)


def test_registered_ports_are_those_of_the_command_line() -> None:
    terraform = (ROOT / "infra" / "terraform" / "identity.tf").read_text()
    assert f"for port in {list(LOOPBACK_PORTS)}" in terraform
    assert provisioning.LOOPBACK_PORTS == LOOPBACK_PORTS
