"""What a hostile client does to a gateway, each attack for a number of seconds.

Run as a process of its own, `python -m sightline_reliability.attacks NAME`, which reads the
`Target` from its input and writes the outcomes, by their names, to its output as JSON: an attack
must not share the interpreter of those who measure what others notice of it.
"""

import asyncio
import contextlib
import itertools
import json
import resource
import sys
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import asdict, dataclass
from urllib.parse import urlsplit

#: Connections that send as slowly as they can.
SLOW_CONNECTIONS = 400

#: Connections that send as much as they can.
FLOODING_CONNECTIONS = 8

#: Event streams that are opened together, and how many of them one owner tries to open.
EVENT_STREAMS = 1_000
STREAMS_PER_OWNER = 25

#: Size of the headers that one request tries to send, bytes.
HEADERS_BYTES = 300_000_000

#: Unknown keys in a body just below the limit of 1 MiB.
UNKNOWN_KEYS = 60_000

#: Depth of nested arrays in a body.
NESTED_ARRAYS = 500_000

#: Interval at which a slow client sends one more byte, seconds.
SLOW_INTERVAL_SECONDS = 0.5

#: Exceptions of a connection that the gateway refuses or closes.
CLOSED = (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError)

#: Longest time for one answer, seconds.
ANSWER_TIMEOUT_SECONDS = 40


@dataclass(frozen=True, slots=True)
class Target:
    """The gateway at `url`, the access tokens of hostile owners, and the time of the attack."""

    url: str
    tokens: list[str]
    seconds: float

    def to_json(self) -> str:
        return json.dumps(asdict(self))


class Attack:
    """The connections of one attack, and what became of them."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.outcomes: Counter[str] = Counter()
        self._host = urlsplit(target.url).netloc

    @contextlib.asynccontextmanager
    async def connect(self) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        """Open a connection, and close it without waiting for the gateway."""
        url = urlsplit(self.target.url)
        reader, writer = await asyncio.open_connection(url.hostname, url.port)
        try:
            yield reader, writer
        finally:
            writer.transport.abort()

    def head(self, request: str, token: str = "", **headers: str) -> bytes:
        """Return the lines of a request up to its last header."""
        lines = [f"{request} HTTP/1.1", f"Host: {self._host}"]
        if token:
            lines.append(f"Authorization: Bearer {token}")
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        return "".join(f"{line}\r\n" for line in lines).encode("latin-1")

    async def request(self, head: bytes, body: bytes = b"") -> None:
        """Send a request on a connection of its own, and count the status of the answer."""
        async with self.connect() as (reader, writer):
            writer.write(head + b"\r\n" + body)
            await self.count_answer(reader)

    async def count_answer(self, reader: asyncio.StreamReader) -> None:
        status = await reader.readuntil(b"\r\n")
        self.outcomes[status.split()[1].decode()] += 1

    async def repeat(self, connections: int, work: Callable[[], Awaitable[None]]) -> None:
        """Do the work on this many connections, over and over until the attack ends."""

        async def run() -> None:
            while True:
                try:
                    async with asyncio.timeout(ANSWER_TIMEOUT_SECONDS):
                        await work()
                except CLOSED:
                    self.outcomes["closed"] += 1
                    # A refused connection fails at once.
                    await asyncio.sleep(0.01)
                except TimeoutError:
                    self.outcomes["no answer"] += 1

        tasks = [asyncio.create_task(run()) for _ in range(connections)]
        await asyncio.wait(tasks, timeout=self.target.seconds)
        for task in tasks:
            task.cancel()
        for result in await asyncio.gather(*tasks, return_exceptions=True):
            if not isinstance(result, asyncio.CancelledError):
                raise result if isinstance(result, Exception) else AssertionError(result)


async def _trickle(
    attack: Attack, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    """Send a byte now and then, until the gateway answers."""
    answer = asyncio.create_task(attack.count_answer(reader))
    try:
        while not answer.done():
            writer.write(b"x")
            await asyncio.wait({answer}, timeout=SLOW_INTERVAL_SECONDS)
        answer.result()
    finally:
        answer.cancel()


async def send_slow_heads(attack: Attack) -> None:
    """Never end the headers of a request."""

    async def work() -> None:
        async with attack.connect() as (reader, writer):
            writer.write(attack.head("GET /health") + b"X-Slow: ")
            await _trickle(attack, reader, writer)

    await attack.repeat(SLOW_CONNECTIONS, work)


async def send_slow_bodies(attack: Attack) -> None:
    """Never end the body of a request."""
    tokens = itertools.cycle(attack.target.tokens)

    async def work() -> None:
        async with attack.connect() as (reader, writer):
            headers = {"Content_Type": "application/json", "Content_Length": "100000"}
            writer.write(attack.head("POST /v1/images", next(tokens), **headers) + b"\r\n")
            await _trickle(attack, reader, writer)

    await attack.repeat(SLOW_CONNECTIONS, work)


async def send_endless_heads(attack: Attack) -> None:
    """Send 300 MB of headers as fast as the gateway reads them."""
    chunk = b"X-Filler: " + b"x" * 65_000 + b"\r\n"

    async def work() -> None:
        async with attack.connect() as (reader, writer):
            writer.write(attack.head("GET /health"))
            for _ in range(HEADERS_BYTES // len(chunk)):
                writer.write(chunk)
                await writer.drain()
            await attack.count_answer(reader)

    await attack.repeat(FLOODING_CONNECTIONS, work)


async def send_unknown_keys(attack: Attack) -> None:
    """Send bodies of 60,000 keys that no operation has."""
    body = json.dumps({f"key{number}": 0 for number in range(UNKNOWN_KEYS)}).encode()
    await _post(attack, body)


async def send_nested_arrays(attack: Attack) -> None:
    """Send bodies that a parser without a limit would recurse into."""
    await _post(attack, b"[" * NESTED_ARRAYS + b"]" * NESTED_ARRAYS)


async def send_invalid_bodies(attack: Attack) -> None:
    """Send bodies of nearly 1 MiB that cannot be parsed, and ones with an invalid value."""
    filler = "x" * 1_000_000
    await asyncio.gather(
        _post(attack, b'{"media_type": "' + filler.encode()),
        _post(attack, json.dumps({"media_type": filler}).encode()),
        _post(attack, json.dumps({"title": "\u202e" * 160_000}).encode(), "/v1/albums"),
    )


async def send_many_errors(attack: Attack) -> None:
    """Send bodies with as many errors as are validated: 4,500 unknown keys in 50 kB."""
    await _post(attack, json.dumps(dict.fromkeys(map(str, range(4_500)), 0)).encode())


async def _post(attack: Attack, body: bytes, path: str = "/v1/images") -> None:
    tokens = itertools.cycle(attack.target.tokens)
    headers = {"Content_Type": "application/json", "Content_Length": str(len(body))}

    async def work() -> None:
        await attack.request(attack.head(f"POST {path}", next(tokens), **headers), body)

    await attack.repeat(FLOODING_CONNECTIONS, work)


async def vary_tokens(attack: Attack) -> None:
    """Write one valid token in ever new ways, which a lenient decoder accepts."""
    token, numbers = attack.target.tokens[0], itertools.count()

    async def work() -> None:
        # Padding, and characters outside of the alphabet, have no meaning in base64.
        variant = f"{token}{'=' * (next(numbers) % 7_000)}"
        await attack.request(attack.head("GET /v1/usage", variant))

    await attack.repeat(FLOODING_CONNECTIONS, work)


async def forge_tokens(attack: Attack) -> None:
    """Present tokens with a wrong signature, each of which must be verified."""
    signed, numbers = attack.target.tokens[0].rpartition(".")[0], itertools.count()

    async def work() -> None:
        forged = f"{signed}.{next(numbers):0342d}"
        await attack.request(attack.head("GET /v1/usage", forged))

    await attack.repeat(FLOODING_CONNECTIONS, work)


async def open_event_streams(attack: Attack) -> None:
    """Hold a thousand event streams, and ask for more than an owner may have."""
    tokens = itertools.cycle(
        token for token in attack.target.tokens for _ in range(STREAMS_PER_OWNER)
    )

    async def work() -> None:
        async with attack.connect() as (reader, writer):
            writer.write(attack.head("GET /v1/events", next(tokens)) + b"\r\n")
            status = await reader.readuntil(b"\r\n")
            attack.outcomes[status.split()[1].decode()] += 1
            # Nothing of it is read: the gateway must not wait for a client that does not.
            await asyncio.sleep(ANSWER_TIMEOUT_SECONDS / 2)

    await attack.repeat(EVENT_STREAMS, work)


async def exceed_the_rate(attack: Attack) -> None:
    """Request pages and batches of uploads without regard to the rate limit of the owner."""
    token = attack.target.tokens[0]
    upload = {"media_type": "image/jpeg", "bytes": 1_000}
    numbers = itertools.count()

    async def work() -> None:
        number = next(numbers)
        if number % 2:
            await attack.request(attack.head("GET /v1/images?limit=100", token))
            return
        images = [{**upload, "sha256": f"{number:032x}{each:032x}"} for each in range(100)]
        body = json.dumps({"images": images}).encode()
        headers = {"Content_Type": "application/json", "Content_Length": str(len(body))}
        await attack.request(attack.head("POST /v1/images/batch", token, **headers), body)

    await attack.repeat(FLOODING_CONNECTIONS, work)


#: Every attack by its name on the command line and in the report.
ATTACKS: dict[str, Callable[[Attack], Awaitable[None]]] = {
    "slow-heads": send_slow_heads,
    "slow-bodies": send_slow_bodies,
    "endless-heads": send_endless_heads,
    "unknown-keys": send_unknown_keys,
    "nested-arrays": send_nested_arrays,
    "invalid-bodies": send_invalid_bodies,
    "many-errors": send_many_errors,
    "token-variants": vary_tokens,
    "forged-tokens": forge_tokens,
    "event-streams": open_event_streams,
    "greedy-owner": exceed_the_rate,
}


def allow_open_files() -> None:
    """Raise the number of files that this process and its children may open to what is allowed."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def main() -> None:
    allow_open_files()
    attack = Attack(Target(**json.load(sys.stdin)))
    asyncio.run(ATTACKS[sys.argv[1]](attack))  # type: ignore[arg-type]
    json.dump(attack.outcomes, sys.stdout)


if __name__ == "__main__":
    main()
