"""`sightline edit`: how many requests it sends, and how it reports their outcomes."""

from collections.abc import Sequence
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, Self

import pytest
from typer.testing import CliRunner

from sightline_cli import edit
from sightline_cli.__main__ import app
from sightline_client.generated.models import ItemOutcome, ProblemBody

MISSING = "missing"


class FakeClient:
    """Records what it is asked to update; one id belongs to no image."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.changes: dict[str, Any] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        pass

    async def update_many(self, ids: Sequence[str], **changes: Any) -> list[ItemOutcome]:
        self.batches.append(list(ids))
        self.changes = changes
        problem = ProblemBody(
            type_="about:blank",
            title="Not found",
            status=404,
            detail="No such image.",
            code="image_not_found",
        )
        return [
            ItemOutcome(404, each, problem) if each == MISSING else ItemOutcome(204, each, None)
            for each in ids
        ]

    async def image(self, image_id: str) -> Any:
        return SimpleNamespace(to_dict=lambda: {"id": image_id})


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> FakeClient:
    fake = FakeClient()
    monkeypatch.setattr(edit, "open_client", lambda: fake)
    return fake


def test_images_are_updated_a_hundred_at_a_time(client: FakeClient) -> None:
    ids = [f"image-{number}" for number in range(250)]
    options = ["--taken", "+2h", "--title", "Trip", "--add-label", "Sea", "--rating", "3"]
    result = CliRunner().invoke(app, ["edit", "-", *options], input="\n".join(ids))
    assert result.exit_code == 0, result.output
    assert [len(batch) for batch in client.batches] == [100, 100, 50]
    assert [each for batch in client.batches for each in batch] == ids
    assert client.changes == {
        "title": "Trip",
        "taken_at_shift": timedelta(hours=2),
        "rating": 3,
        "add_labels": ["Sea"],
    }
    assert "Updated 250 images" in result.output


def test_each_failure_is_reported(client: FakeClient) -> None:
    result = CliRunner().invoke(app, ["edit", "a", MISSING, "b", "--favorite", "--json"])
    assert result.exit_code == 4
    assert "missing: No such image" in result.output
    assert '"a"' in result.output
    assert '"b"' in result.output
