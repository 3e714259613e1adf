"""Print the OpenAPI document of the API: `python -m sightline_api.openapi`."""

import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI

from sightline_api.app import create_app
from sightline_api.settings import ApiSettings


def make_document() -> dict[str, Any]:
    """Build the document as the API serves it; it does not depend on the settings."""
    return create_app(_empty_lifespan, ApiSettings.model_construct()).openapi()


def render_document() -> str:
    """Return the document as formatted JSON."""
    return json.dumps(make_document(), indent=2, ensure_ascii=False) + "\n"


@asynccontextmanager
async def _empty_lifespan(_: FastAPI, /) -> AsyncIterator[None]:
    yield


if __name__ == "__main__":
    sys.stdout.write(render_document())
