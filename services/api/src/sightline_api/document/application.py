"""An application that serves its OpenAPI document."""

import re
from typing import Any

from fastapi import FastAPI

from sightline_api.auth.middleware import describe_security
from sightline_api.auth.rate_limit import describe_headers
from sightline_api.auth.scopes import describe_scopes
from sightline_api.document.responses import complete_responses
from sightline_api.document.schemas import complete_schemas, operations
from sightline_api.problems import problem_schemas


class DescribedApplication(FastAPI):
    """An application whose OpenAPI document describes its errors and headers."""

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            self.openapi_schema = complete_document(super().openapi())
        return self.openapi_schema


def complete_document(document: dict[str, Any]) -> dict[str, Any]:
    """Add to FastAPI's document what it does not derive from the endpoints, and return it."""
    # FastAPI would describe the model of a response as plain JSON; a problem has its own type.
    document["components"]["schemas"].update(problem_schemas())
    describe_streams(document)
    complete_schemas(document)
    describe_security(document)
    describe_scopes(document)
    complete_responses(document)
    describe_headers(document)
    return document


def describe_streams(document: dict[str, Any]) -> None:
    """Describe a stream of JSON lines as a file, which generators return as it is.

    Generators ignore `itemSchema`, which is new in OpenAPI 3.2, or read the stream as one value.
    The schemas of its records are left out with it.
    """
    for operation in operations(document):
        for content in operation["responses"].get("200", {}).get("content", {}).values():
            if content.pop("itemSchema", None) is not None:
                content["schema"] = {"type": "string", "format": "binary"}
    schemas = document["components"]["schemas"]
    for name in [name for name in schemas if re.fullmatch(r"Export\w+Record", name)]:
        del schemas[name]
