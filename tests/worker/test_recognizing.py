"""The worker's use case."""

from collections.abc import Awaitable, Callable

import pytest

from samples import make_image, make_recognition
from sightline.keys import original_key
from sightline.memory import MemoryObjectStore
from sightline.processing import Superseded
from sightline.recognition import Recognition
from sightline_worker.recognizing import Recognizing


class ScriptedDetector:
    """Sees a dog, and lets something happen meanwhile."""

    def __init__(self, meanwhile: Callable[[], Awaitable[None]]) -> None:
        self._meanwhile = meanwhile

    async def detect(self, key: str) -> Recognition:
        await self._meanwhile()
        return make_recognition("Dog")


async def test_what_was_seen_is_the_result() -> None:
    image, originals = make_image(), MemoryObjectStore()
    key = original_key(image.key)
    await originals.write(key, b"hello", "image/jpeg")

    async def nothing() -> None:
        pass

    work = Recognizing(ScriptedDetector(nothing), originals)
    assert await work.perform(image, await originals.head(key)) == make_recognition("Dog")


@pytest.mark.parametrize("body", [b"other", None])
async def test_what_was_replaced_meanwhile_was_not_seen(body: bytes | None) -> None:
    """Rekognition reads by key: it may have seen the bytes before or after."""
    image, originals = make_image(), MemoryObjectStore()
    key = original_key(image.key)
    await originals.write(key, b"hello", "image/jpeg")

    async def change() -> None:
        if body is None:
            await originals.delete(key)
        else:
            await originals.write(key, body, "image/jpeg")

    work = Recognizing(ScriptedDetector(change), originals)
    with pytest.raises(Superseded):
        await work.perform(image, await originals.head(key))
