"""`sightline login --browser`: sign in on the page of the user pool (RFC 8252)."""

import asyncio
import time
import webbrowser
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import urlsplit

import httpx

from sightline_cli.runner import ERR
from sightline_client import SightlineError
from sightline_client.authorization_code import OWN_USERS, AuthorizationRequest
from sightline_client.cognito import Tokens
from sightline_client.errors import SignInRejected, UnexpectedResponse, Unreachable

#: Ports of the callback. Cognito accepts registered URLs only (infra/terraform/identity.tf).
LOOPBACK_PORTS = (47821, 47822, 47823)

CALLBACK_PATH = "/callback"

#: Time that the user has to sign in.
TIMEOUT_SECONDS = 300.0

#: Timeout of a request of the browser, and of the token request.
REQUEST_TIMEOUT_SECONDS = 10.0

_PAGE = b"<!doctype html><title>Sightline</title><p>%s You can close this tab.</p>"


async def sign_in_with_browser(
    domain: str,
    client_id: str,
    identity_provider: str = OWN_USERS,
    timeout_seconds: float = TIMEOUT_SECONDS,
) -> tuple[Tokens, str]:
    """Open the sign-in page, and return the tokens and the email address of the user.

    Raises `SignInRejected`, `SightlineError` if every port is in use, `Unreachable`.
    """
    with _listen() as server:
        redirect_uri = f"http://127.0.0.1:{server.server_port}{CALLBACK_PATH}"
        request = AuthorizationRequest.create(domain, client_id, redirect_uri)
        url = request.build_url(identity_provider)
        ERR.print("Sign in with your browser. If it does not open, visit this URL:")
        ERR.print(url, markup=False, soft_wrap=True)
        await asyncio.to_thread(webbrowser.open, url)
        code = await asyncio.to_thread(server.wait, request, timeout_seconds)
    return await _fetch_tokens(request, code)


class CallbackServer(HTTPServer):
    """Receives the redirect of one sign-in, on the loopback interface."""

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", port), _CallbackHandler)
        self.pending: AuthorizationRequest | None = None
        self.result: str | SignInRejected | None = None

    def wait(self, request: AuthorizationRequest, timeout_seconds: float) -> str:
        """Return the code of the callback. Raises `SignInRejected`, also after the timeout."""
        self.pending = request
        end = time.monotonic() + timeout_seconds
        while self.result is None:
            self.timeout = end - time.monotonic()
            if self.timeout <= 0:
                raise SignInRejected("timeout", "no sign-in in the browser within the time limit")
            # Returns after one connection, which may be one for another path, or at the timeout.
            self.handle_request()
        if isinstance(self.result, SignInRejected):
            raise self.result
        return self.result


class _CallbackHandler(BaseHTTPRequestHandler):
    server: CallbackServer
    timeout = REQUEST_TIMEOUT_SECONDS

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if parts.path != CALLBACK_PATH or self.server.pending is None:
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        try:
            self.server.result = self.server.pending.parse_callback(parts.query)
            self._respond(HTTPStatus.OK, b"You are signed in.")
        except SignInRejected as rejected:
            self._respond(HTTPStatus.BAD_REQUEST, b"The sign-in failed.")
            # A forged callback must not end the sign-in of the user.
            if rejected.code != "state_mismatch":
                self.server.result = rejected

    def _respond(self, status: HTTPStatus, message: bytes) -> None:
        body = _PAGE % message
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", "default-src 'none'")
        self.send_header("Referrer-Policy", "no-referrer")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Log nothing: the path has the code."""


def _listen() -> CallbackServer:
    for port in LOOPBACK_PORTS:
        try:
            return CallbackServer(port)
        except OSError:
            continue
    ports = ", ".join(map(str, LOOPBACK_PORTS))
    raise SightlineError(f"the ports {ports} are in use; close another sign-in first")


async def _fetch_tokens(request: AuthorizationRequest, code: str) -> tuple[Tokens, str]:
    url = request.token_url
    try:
        async with httpx.AsyncClient(timeout=REQUEST_TIMEOUT_SECONDS) as http:
            response = await http.post(url, data=request.build_form(code))
        return request.parse_tokens(response.status_code, response.json())
    except httpx.HTTPError as error:
        raise Unreachable(f"cannot reach the token endpoint at {url}") from error
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise UnexpectedResponse(f"unexpected response from the token endpoint at {url}") from error
