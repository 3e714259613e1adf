"""Adding and removing labels keeps the image's other labels, also if others change them."""

from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from sightline_client import Sightline
from sightline_client._sync import client as client_module
from sightline_client.errors import PreconditionFailed
from sightline_client.image_labels import change_labels


def build_image(added: list[str], hidden: list[str], detected: list[str] | None) -> Any:
    labels = None if detected is None else [SimpleNamespace(name=name) for name in detected]
    recognition = SimpleNamespace(labels=labels)
    return SimpleNamespace(labels_added=added, labels_hidden=hidden, recognition=recognition)


@pytest.mark.parametrize(
    ("add", "remove", "expected"),
    [
        (["New"], [], (["Own", "New"], ["Cat"])),
        (["own"], [], (["Own"], ["Cat"])),
        (["dog"], [], (["Own"], ["Cat"])),
        (["cat"], [], (["Own"], [])),
        ([], ["OWN"], ([], ["Cat"])),
        ([], ["dog"], (["Own"], ["Cat", "Dog"])),
        ([], ["Unknown"], (["Own"], ["Cat"])),
    ],
)
def test_labels_change(
    add: list[str], remove: list[str], expected: tuple[list[str], list[str]]
) -> None:
    image = build_image(["Own"], ["Cat"], ["Dog", "Cat"])
    assert change_labels(image, add, remove) == expected


def test_labels_change_before_recognition() -> None:
    assert change_labels(build_image([], [], None), ["New"], ["Dog"]) == (["New"], [])


@pytest.mark.parametrize(("conflicts", "fails"), [(1, False), (3, False), (4, True)])
def test_change_is_repeated_if_the_image_changed_meanwhile(
    monkeypatch: pytest.MonkeyPatch, conflicts: int, fails: bool
) -> None:
    """Each attempt reads the image again, and sends its ETag."""
    sightline = Sightline.from_token("http://api.test", "token")
    sent: list[str] = []
    reads: list[str] = []

    class View(SimpleNamespace):
        pass

    def respond(*_: object, **__: object) -> Any:
        reads.append(f'"{len(reads)}"')
        image = View(**vars(build_image([], [], [])))
        return SimpleNamespace(parsed=image, headers=httpx.Headers({"etag": reads[-1]}))

    def call(*_: object, **arguments: Any) -> Any:
        sent.append(arguments["if_match"])
        if len(sent) <= conflicts:
            raise PreconditionFailed.from_response(412, b"", {})
        return arguments["body"].labels_added

    monkeypatch.setattr(client_module, "ImageView", View)
    monkeypatch.setattr(sightline, "_respond", respond)
    monkeypatch.setattr(sightline, "call", call)
    if fails:
        with pytest.raises(PreconditionFailed):
            sightline.edit_labels("image", add=["New"])
    else:
        changed: Any = sightline.edit_labels("image", add=["New"])
        assert changed == ["New"]
    assert sent == reads
