"""Writes the API's OpenAPI document: `python -m sightline_api.openapi`, for `make openapi`."""

import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI

from sightline_api.app import create_app
from sightline_api.settings import ApiSettings


def make_document() -> dict[str, Any]:
    """The document as the gateway serves it; it is the same with any settings."""
    return create_app(_opens_nothing, ApiSettings.model_construct()).openapi()


def render_document() -> str:
    return json.dumps(make_document(), indent=2, ensure_ascii=False) + "\n"


@asynccontextmanager
async def _opens_nothing(_: FastAPI, /) -> AsyncIterator[None]:
    yield


if __name__ == "__main__":
    sys.stdout.write(render_document())
