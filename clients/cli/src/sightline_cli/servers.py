"""Where a server is described: the web application's configuration, or the local server's file."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import httpx

from sightline_client import SightlineError
from sightline_client.errors import Unreachable

#: Where `make run` writes the connection details of the local server.
CONNECTION_FILE = Path(".sightline") / "stack.json"

#: The web application's configuration, which names the API and the user pool.
CONFIG_FILE = "config.json"

#: Timeout for the request of the configuration.
CONFIG_TIMEOUT_SECONDS = 10.0


def normalize_url(url: str) -> str:
    """Return the URL with a scheme, `https` by default."""
    return url if "://" in url else f"https://{url}"


async def fetch_config(url: str) -> dict[str, Any] | None:
    """Return the web application's configuration, None if the URL has none."""
    try:
        async with httpx.AsyncClient(timeout=CONFIG_TIMEOUT_SECONDS, follow_redirects=True) as http:
            response = await http.get(urljoin(url.rstrip("/") + "/", CONFIG_FILE))
            config = response.json()
    except httpx.HTTPError as error:
        raise Unreachable(f"cannot reach {url}") from error
    except ValueError:
        return None
    return config if response.is_success and "cognito" in config else None


def read_connection_file() -> dict[str, Any]:
    """Return the connection details of the local server. Raises `SightlineError`."""
    try:
        fields: dict[str, Any] = json.loads(CONNECTION_FILE.read_text())
    except (OSError, ValueError):
        raise SightlineError(
            "no server is running from this folder; add the URL, as in "
            "`sightline login https://sightline.example.com`"
        ) from None
    return fields
