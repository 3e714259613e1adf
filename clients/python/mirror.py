"""Generates the blocking client from the asyncio client by replacing words: `make clients`.

Only `concurrency.py` is maintained by hand in both.
"""

import re
from pathlib import Path

SOURCE = Path(__file__).parent / "src" / "sightline_client"

NOTICE = '"""Generated from `_async/{name}` by `make clients`; edit that file instead.\n\n'

#: The blocking form of each asyncio name; longer names first where they overlap.
REPLACEMENTS = {
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

_PATTERN = re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, REPLACEMENTS)) + r")(?!\w)")


def mirror(text: str, name: str) -> str:
    """Return the blocking form of a module's source text."""
    text = _PATTERN.sub(lambda match: REPLACEMENTS[match.group()], text.replace("await ", ""))
    return text.replace('"""', NOTICE.format(name=name), 1)


def main() -> None:
    for module in sorted((SOURCE / "_async").glob("*.py")):
        if module.name not in {"concurrency.py", "__init__.py"}:
            target = SOURCE / "_sync" / module.name
            target.write_text(mirror(module.read_text(), module.name))


if __name__ == "__main__":
    main()
