"""Requests as they go out: with a token, a few connections, and once more where that may help."""

from collections.abc import AsyncGenerator, AsyncIterator

import httpx

from sightline_client._async.concurrency import Lock, in_thread, sleep
from sightline_client.cognito import Conversation, Pool, Tokens, read_refusal, refresh
from sightline_client.errors import Problem, SessionExpired, Unreachable
from sightline_client.multipart import CHUNK, Form, Progress
from sightline_client.retry import Retries
from sightline_client.sessions import Session, SessionStore

#: Requests of these kinds do the same when they are made twice.
REPEATABLE = frozenset({"GET", "HEAD", "PUT", "DELETE"})

#: A request that went wrong before any of it was sent.
NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)

#: Seconds before its end in which a token is renewed.
MARGIN = 30.0


class RetryingTransport(httpx.AsyncBaseTransport):
    """Makes requests again as `Retries` says, unless a second one could do something else."""

    def __init__(self, inner: httpx.AsyncBaseTransport, retries: Retries) -> None:
        self._inner = inner
        self._retries = retries

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        attempt = 0
        while True:
            attempt += 1
            try:
                response = await self._inner.handle_async_request(request)
            except httpx.TransportError as error:
                may = isinstance(error, NOT_SENT) or is_repeatable(request)
                wait = self._retries.after_failure(attempt) if may else None
                if wait is None:
                    raise
            else:
                status, headers = response.status_code, response.headers
                wait = self._retries.after_answer(attempt, status, headers)
                if wait is None:
                    return response
                await response.aclose()
            await sleep(wait)

    async def aclose(self) -> None:
        await self._inner.aclose()


def is_repeatable(request: httpx.Request) -> bool:
    """Whether it does no more when it is made twice, as where the first answer was lost."""
    if request.method == "PATCH":
        return "if-match" not in request.headers
    if request.method in REPEATABLE or "idempotency-key" in request.headers:
        return True
    return isinstance(request.stream, FormStream)


def open_http(
    retries: Retries,
    connections: int,
    timeout: float,
    auth: httpx.Auth | None = None,
    base_url: str = "",
) -> httpx.AsyncClient:
    """An HTTP client with at most that many connections; whoever comes late waits for one."""
    limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections)
    transport = RetryingTransport(httpx.AsyncHTTPTransport(limits=limits), retries)
    waits = httpx.Timeout(timeout, pool=None)
    return httpx.AsyncClient(base_url=base_url, transport=transport, timeout=waits, auth=auth)


async def refuse_strange_answers(answer: httpx.Response) -> None:
    """Errors that are not the gateway's own, as of a load balancer. Raises `Problem`."""
    kind = answer.headers.get("content-type", "").partition(";")[0]
    if answer.is_error and answer.status_code != 401 and kind != "application/problem+json":
        content = await answer.aread()
        raise Problem.of_answer(answer.status_code, content, answer.headers)


class FormStream(httpx.AsyncByteStream):
    """A form with its picture, read from the beginning each time it is sent."""

    def __init__(self, form: Form, progress: Progress | None) -> None:
        self._form = form
        self._progress = progress

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._form.head
        picture, sent = self._form.picture, 0
        with picture.open() as file:
            while chunk := await in_thread(file.read, CHUNK):
                yield chunk
                sent += len(chunk)
                if self._progress:
                    self._progress(sent, picture.size)
        yield self._form.tail


class SessionKeeper(httpx.Auth):
    """Puts the access token on requests, and renews it: before it ends, or once it is refused."""

    def __init__(
        self, session: Session, http: httpx.AsyncClient, store: SessionStore | None
    ) -> None:
        self.session = session
        self._http = http
        self._store = store
        self._lock = Lock()

    async def async_auth_flow(
        self, request: httpx.Request
    ) -> AsyncGenerator[httpx.Request, httpx.Response]:
        if self.session.tokens.expires_in < MARGIN:
            await self._renew(self.session.tokens)
        used = self.session.tokens
        request.headers["Authorization"] = f"Bearer {used.access}"
        response = yield request
        if response.status_code == 401 and used.refresh is not None:
            await self._renew(used)
            request.headers["Authorization"] = f"Bearer {self.session.tokens.access}"
            yield request

    async def _renew(self, spent: Tokens) -> None:
        """Once for all that wait for it. Raises `SessionExpired`."""
        async with self._lock:
            if self.session.tokens is not spent:
                return
            pool = self.session.pool
            if pool is None or spent.refresh is None:
                raise SessionExpired("the session has ended; sign in again")
            tokens = await converse(self._http, pool, refresh(pool, spent.refresh))
            self.session = self.session.renewed(tokens)
            if self._store:
                await in_thread(self._store.save, self.session)


async def converse(http: httpx.AsyncClient, pool: Pool, conversation: Conversation) -> Tokens:
    """Speak with Cognito until it has given tokens. Raises `SignInRefused`, `Unreachable`."""
    call = next(conversation)
    while True:
        try:
            answer = await http.post(pool.url, headers=call.headers, json=call.body)
        except httpx.TransportError as error:
            raise Unreachable(f"Cognito does not answer at {pool.url}") from error
        said = answer.json() if "json" in answer.headers.get("content-type", "") else {}
        try:
            if answer.is_success:
                call = conversation.send(said)
            else:
                call = conversation.throw(read_refusal(answer.status_code, said))
        except StopIteration as ended:
            tokens: Tokens = ended.value
            return tokens
