"""Generated from `_async/transport.py` by `make clients`; edit that file instead.

The HTTP transport: access tokens, a connection limit, and retries."""

from collections.abc import Generator, Iterator

import httpx

from sightline_client._sync.concurrency import Lock, open_in_thread, sleep, to_thread
from sightline_client.client_credentials import ClientCredentials, parse_token
from sightline_client.cognito import (
    AuthFlow,
    CognitoRequest,
    Json,
    Pool,
    Tokens,
    parse_error,
    parse_id_token,
    parse_tokens,
    refresh,
    request_refresh,
)
from sightline_client.errors import (
    InvalidConfiguration,
    Problem,
    SessionExpired,
    SignInRejected,
    UnexpectedResponse,
    Unreachable,
)
from sightline_client.image_file import VerifiedReader
from sightline_client.multipart import CHUNK_SIZE, MultipartForm, ProgressCallback
from sightline_client.retry import RetryPolicy
from sightline_client.sessions import Session, SessionStore
from sightline_client.traceparent import make_traceparent

IDEMPOTENT_METHODS = frozenset({"GET", "HEAD", "PUT", "DELETE"})

#: Errors before any part of the request was sent.
NOT_SENT_ERRORS = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)

#: Seconds before its expiry at which an access token is renewed.
RENEWAL_MARGIN_SECONDS = 30.0


class RetryingTransport(httpx.BaseTransport):
    """Retries requests by a `RetryPolicy`, unless a repetition could have a second effect."""

    def __init__(self, inner: httpx.BaseTransport, retry: RetryPolicy) -> None:
        self._inner = inner
        self._retry = retry

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        attempt = 0
        while True:
            attempt += 1
            try:
                response = self._inner.handle_request(request)
            except httpx.TransportError as error:
                is_safe = isinstance(error, NOT_SENT_ERRORS) or is_idempotent(request)
                delay = self._retry.delay_after_error(attempt) if is_safe else None
                if delay is None:
                    raise
            else:
                status, headers = response.status_code, response.headers
                delay = self._retry.delay_after_response(attempt, status, headers)
                if delay is None:
                    return response
                response.close()
            sleep(delay)

    def close(self) -> None:
        self._inner.close()


def is_idempotent(request: httpx.Request) -> bool:
    """Return whether a repetition has no further effect, as when a response was lost."""
    if request.method == "PATCH":
        return "if-match" not in request.headers
    if request.method in IDEMPOTENT_METHODS or "idempotency-key" in request.headers:
        return True
    return isinstance(request.stream, MultipartStream)


def open_http(
    retry: RetryPolicy,
    max_connections: int,
    timeout: float,
    auth: httpx.Auth | None = None,
    base_url: str = "",
) -> httpx.Client:
    """Return an HTTP client; further requests wait for a free connection without a timeout.

    Raises `InvalidConfiguration` if `base_url` is not a URL.
    """
    limits = httpx.Limits(
        max_connections=max_connections, max_keepalive_connections=max_connections
    )
    transport = RetryingTransport(httpx.HTTPTransport(limits=limits), retry)
    timeouts = httpx.Timeout(timeout, pool=None)
    try:
        return httpx.Client(base_url=base_url, transport=transport, timeout=timeouts, auth=auth)
    except httpx.InvalidURL as error:
        raise InvalidConfiguration(f"invalid URL {base_url!r}: {error}") from error


def raise_for_foreign_error(response: httpx.Response) -> None:
    """Raise `Problem` for an error that is not the API's own, such as a load balancer's."""
    media_type = response.headers.get("content-type", "").partition(";")[0]
    is_foreign = media_type != "application/problem+json"
    if response.is_error and response.status_code != 401 and is_foreign:
        content = response.read()
        raise Problem.from_response(response.status_code, content, response.headers)


class MultipartStream(httpx.SyncByteStream):
    """The body of a multipart form, read from the beginning for each attempt."""

    def __init__(self, form: MultipartForm, progress: ProgressCallback | None) -> None:
        self._form = form
        self._progress = progress

    def __iter__(self) -> Iterator[bytes]:
        yield self._form.head
        source = self._form.file
        with open_in_thread(source.open) as file:
            reader = VerifiedReader(source, file)
            while chunk := to_thread(reader.read, CHUNK_SIZE):
                yield chunk
                if self._progress:
                    self._progress(reader.count, source.size)
        yield self._form.tail


class SessionAuth(httpx.Auth):
    """Adds the access token to requests; renews it before it expires, or after a 401.

    Each request starts a trace, unless the application has set a `traceparent`.
    """

    def __init__(self, session: Session, http: httpx.Client, store: SessionStore | None) -> None:
        self.session = session
        self._http = http
        self._store = store
        self._lock = Lock()

    def sync_auth_flow(
        self, request: httpx.Request
    ) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers.setdefault("traceparent", make_traceparent())
        self.fresh_token()
        used = self.session.tokens
        request.headers["Authorization"] = f"Bearer {used.access}"
        response = yield request
        if response.status_code == 401 and self.session.can_renew:
            self._renew(used)
            request.headers["Authorization"] = f"Bearer {self.session.tokens.access}"
            yield request

    def fresh_token(self) -> str:
        """Return an access token that does not expire at once. Raises `SessionExpired`."""
        if self.session.tokens.expires_in < RENEWAL_MARGIN_SECONDS:
            self._renew(self.session.tokens)
        return self.session.tokens.access

    def _renew(self, expired: Tokens) -> None:
        """Renew the tokens once for all concurrent requests. Raises `SessionExpired`."""
        with self._lock:
            if self.session.tokens is not expired:
                return
            self._replace(self._request_tokens())

    def fetch_id_token(self) -> str:
        """Renew the tokens of a user, and return the ID token.

        Raises `SessionExpired`, also for a session that is not the sign-in of a user, `Unreachable`
        and `UnexpectedResponse`.
        """
        with self._lock:
            pool, refresh_token = self.session.pool, self.session.tokens.refresh
            if pool is None or refresh_token is None:
                raise SessionExpired("this requires a sign-in with email and password")
            try:
                request = request_refresh(pool, refresh_token)
                body = call_cognito(self._http, pool, request)
                id_token, tokens = parse_id_token(body), parse_tokens(body, refresh_token)
            except SignInRejected as rejected:
                raise SessionExpired(f"the session has expired ({rejected.code})") from rejected
            except (KeyError, TypeError, ValueError) as error:
                raise UnexpectedResponse("unexpected response from Cognito") from error
            self._replace(tokens)
            return id_token

    def _replace(self, tokens: Tokens) -> None:
        self.session = self.session.with_tokens(tokens)
        if self._store:
            to_thread(self._store.save, self.session)

    def _request_tokens(self) -> Tokens:
        pool, expired = self.session.pool, self.session.tokens
        if self.session.credentials is not None:
            return fetch_token(self._http, self.session.credentials)
        if pool is None or expired.refresh is None:
            raise SessionExpired("the session has expired")
        return run_auth_flow(self._http, pool, refresh(pool, expired.refresh))


def fetch_token(http: httpx.Client, credentials: ClientCredentials) -> Tokens:
    """Request an access token for client credentials.

    Raises `SignInRejected`, `Unreachable`, `UnexpectedResponse`, and `InvalidConfiguration` if the
    token endpoint is not a URL.
    """
    url = credentials.token_url
    try:
        response = http.post(url, headers=credentials.headers, data=credentials.form)
        is_json = "json" in response.headers.get("content-type", "")
        return parse_token(response.status_code, response.json() if is_json else {})
    except httpx.TransportError as error:
        raise Unreachable(f"cannot reach the token endpoint at {url}") from error
    except httpx.InvalidURL as error:
        raise InvalidConfiguration(f"invalid URL {url!r}: {error}") from error
    except (ValueError, KeyError, TypeError, AttributeError, httpx.DecodingError) as error:
        raise UnexpectedResponse(f"unexpected response from the token endpoint at {url}") from error


def run_auth_flow(http: httpx.Client, pool: Pool, flow: AuthFlow) -> Tokens:
    """Send the flow's requests to Cognito.

    Raises `SignInRejected`, `SessionExpired`, and the other errors of `call_cognito`.
    """
    try:
        request = next(flow)
        while True:
            try:
                body = call_cognito(http, pool, request)
            except SignInRejected as rejected:
                request = flow.throw(rejected)
            else:
                request = flow.send(body)
    except StopIteration as stop:
        tokens: Tokens = stop.value
        return tokens
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnexpectedResponse(f"unexpected response from Cognito at {pool.url}") from error


def call_cognito(http: httpx.Client, pool: Pool, request: CognitoRequest) -> Json:
    """Send one request to Cognito.

    Raises `SignInRejected` with Cognito's error code, `Unreachable`, `UnexpectedResponse`, and
    `InvalidConfiguration` if the pool's endpoint is not a URL.
    """
    try:
        response = http.post(pool.url, headers=request.headers, json=request.body)
        body: Json = response.json() if "json" in response.headers.get("content-type", "") else {}
        if response.is_success:
            return body
        rejected = parse_error(response.status_code, body)
    except httpx.TransportError as error:
        raise Unreachable(f"cannot reach Cognito at {pool.url}") from error
    except httpx.InvalidURL as error:
        raise InvalidConfiguration(f"invalid URL {pool.url!r}: {error}") from error
    except (ValueError, KeyError, TypeError, AttributeError, httpx.DecodingError) as error:
        raise UnexpectedResponse(f"unexpected response from Cognito at {pool.url}") from error
    raise rejected
