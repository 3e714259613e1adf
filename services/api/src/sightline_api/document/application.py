"""An application that serves its OpenAPI document."""

from typing import Any

from fastapi import FastAPI

from sightline_api.auth.middleware import describe_security
from sightline_api.auth.rate_limit import describe_headers
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
    describe_security(document)
    describe_headers(document)
    describe_streams(document)
    return document


def describe_streams(document: dict[str, Any]) -> None:
    """Use the schema of the items of a stream as its schema: `itemSchema` is new in OpenAPI 3.2."""
    for path in document["paths"].values():
        for operation in path.values():
            for content in operation["responses"].get("200", {}).get("content", {}).values():
                if "itemSchema" in content:
                    content["schema"] = content.pop("itemSchema")
