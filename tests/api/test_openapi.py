"""The OpenAPI document: committed and served."""

from pathlib import Path

from api.conftest import Gateway
from sightline_api.openapi import make_document, render_document

COMMITTED = Path(__file__).parents[2] / "openapi.json"


def test_the_committed_document_is_up_to_date() -> None:
    """If it is not, run `make openapi` and review the changes for clients."""
    assert COMMITTED.read_text() == render_document()


def test_the_served_document_equals_the_generated_one(gateway: Gateway) -> None:
    assert gateway.client.get("/openapi.json").json() == make_document()
