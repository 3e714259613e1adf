"""Writes the blocking client from the one for asyncio, word by word: `make clients`.

Only `concurrency.py` is written twice, by hand.
"""

import re
from pathlib import Path

SOURCE = Path(__file__).parent / "src" / "sightline_client"

NOTICE = '"""Made of `_async/{name}` by `make clients`: change it there.\n\n'

#: What a word or phrase of the one is in the other; longer ones first where they overlap.
WORDS = {
    "AsyncSightline": "Sightline",
    "AsyncGenerator[httpx.Request, httpx.Response]": (
        "Generator[httpx.Request, httpx.Response, None]"
    ),
    "AsyncGenerator": "Generator",
    "AsyncIterator": "Iterator",
    "AsyncBaseTransport": "BaseTransport",
    "AsyncByteStream": "SyncByteStream",
    "AsyncClient": "Client",
    "AsyncHTTPTransport": "HTTPTransport",
    "__aenter__": "__enter__",
    "__aexit__": "__exit__",
    "__aiter__": "__iter__",
    "_async": "_sync",
    "aclose": "close",
    "aclosing": "closing",
    "aiter_bytes": "iter_bytes",
    "aiter_lines": "iter_lines",
    "aread": "read",
    "async_auth_flow": "sync_auth_flow",
    "asyncio_detailed": "sync_detailed",
    "handle_async_request": "handle_request",
    "set_async_httpx_client": "set_httpx_client",
    "async for": "for",
    "async with": "with",
    "async def": "def",
}

_ANY = re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, WORDS)) + r")(?!\w)")


def mirror(text: str, name: str) -> str:
    """The blocking form of a module of this name."""
    text = _ANY.sub(lambda found: WORDS[found.group()], text.replace("await ", ""))
    return text.replace('"""', NOTICE.format(name=name), 1)


def main() -> None:
    for module in sorted((SOURCE / "_async").glob("*.py")):
        if module.name not in {"concurrency.py", "__init__.py"}:
            target = SOURCE / "_sync" / module.name
            target.write_text(mirror(module.read_text(), module.name))


if __name__ == "__main__":
    main()
