"""The committed document is the one that is served."""

from pathlib import Path

from api.conftest import Gateway
from sightline_api.openapi import make_document, render_document

COMMITTED = Path(__file__).parents[2] / "openapi.json"


def test_the_committed_document_is_up_to_date() -> None:
    """Where it is not: `make openapi`, and look at what has changed for clients."""
    assert COMMITTED.read_text() == render_document()


def test_the_document_is_what_is_served(gateway: Gateway) -> None:
    assert gateway.client.get("/openapi.json").json() == make_document()
