"""Machine clients get tokens for their credentials, and new ones before or when those expire."""

import base64
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import pytest

from sightline_client import ClientCredentials, MemorySessionStore, Session, Sightline
from sightline_client.errors import SignInRejected, Unauthorized, UnexpectedResponse

CLIENT_ID, SECRET = "1example23456789", "s3cret/with+signs"


class Server(ThreadingHTTPServer):
    """A token endpoint and an API that accepts only the last token."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.lifetimes = [3600]
        self.forms: list[dict[str, str]] = []
        self.body: bytes | None = None
        self.accepts_tokens = True

    def issue(self, authorization: str, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        expected = base64.b64encode(f"{CLIENT_ID}:s3cret%2Fwith%2Bsigns".encode()).decode()
        if authorization != f"Basic {expected}":
            return 400, {"error": "invalid_client"}
        self.forms.append(form)
        index = min(len(self.forms), len(self.lifetimes)) - 1
        token = f"token-{len(self.forms)}"
        return 200, {"access_token": token, "expires_in": self.lifetimes[index]}


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        text = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = {name: values[0] for name, values in parse_qs(text).items()}
        status, body = self.server.issue(self.headers.get("Authorization", ""), form)
        self.respond(status, json.dumps(body).encode(), "application/json")

    def do_GET(self) -> None:
        last = f"Bearer token-{len(self.server.forms)}"
        if self.headers["Authorization"] != last or not self.server.accepts_tokens:
            problem = {
                "type": "about:blank",
                "title": "Unauthorized",
                "status": 401,
                "detail": "The token is not valid.",
                "code": "invalid_access_token",
            }
            self.respond(401, json.dumps(problem).encode(), "application/problem+json")
        else:
            self.respond(200, b'{"items": [], "next_cursor": null}', "application/json")

    def respond(self, status: int, body: bytes, media_type: str) -> None:
        body = self.server.body or body
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def make_credentials(server: Server, *scopes: str, secret: str = SECRET) -> ClientCredentials:
    return ClientCredentials(f"{server.url}/oauth2/token", CLIENT_ID, secret, scopes)


def test_a_token_is_used_until_it_is_about_to_expire(server: Server) -> None:
    with Sightline.from_client_credentials(server.url, make_credentials(server)) as sightline:
        list(sightline.albums())
        list(sightline.albums())
        assert len(server.forms) == 1
    server.forms.clear()
    server.lifetimes = [10, 3600]
    with Sightline.from_client_credentials(server.url, make_credentials(server)) as sightline:
        list(sightline.albums())
        list(sightline.albums())
        assert len(server.forms) == 2


def test_a_rejected_token_is_replaced_once(server: Server) -> None:
    with Sightline.from_client_credentials(server.url, make_credentials(server)) as sightline:
        server.forms.append({})
        list(sightline.albums())
        server.accepts_tokens = False
        with pytest.raises(Unauthorized):
            list(sightline.albums())
    assert len(server.forms) == 4


def test_requested_scopes_name_the_resource_server(server: Server) -> None:
    credentials = make_credentials(server, "images:read", "account:read")
    Sightline.from_client_credentials(server.url, credentials).close()
    assert server.forms == [
        {
            "grant_type": "client_credentials",
            "scope": "sightline/images:read sightline/account:read",
        }
    ]


def test_a_stored_session_renews_its_token(server: Server) -> None:
    server.lifetimes = [10, 3600]
    store, credentials = MemorySessionStore(), make_credentials(server, "images:read")
    Sightline.from_client_credentials(server.url, credentials, store=store).close()
    session = store.load("default")
    assert session is not None
    restored = Session.from_json(session.to_json())
    assert restored == session
    assert SECRET not in repr(restored)
    with Sightline(restored, store=store) as sightline:
        list(sightline.albums())
    renewed = store.load("default")
    assert renewed is not None
    assert (renewed.tokens.access, renewed.credentials) == ("token-2", credentials)


def test_failures_of_the_token_endpoint_are_specific(server: Server) -> None:
    with pytest.raises(SignInRejected) as rejected:
        Sightline.from_client_credentials(server.url, make_credentials(server, secret="wrong"))
    assert rejected.value.code == "invalid_client"
    server.body = b"<html>"
    with pytest.raises(UnexpectedResponse):
        Sightline.from_client_credentials(server.url, make_credentials(server))
