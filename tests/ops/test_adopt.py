"""Adopting the images of another region, with the emulator of the ops tests."""

import asyncio
import json
from pathlib import Path

import pytest

from ops.conftest import REGION, Drain, UploadImage
from sightline.consumer.messages import Upload, parse_uploads
from sightline.domain.images import Image
from sightline_ops.__main__ import ExitCode, main
from sightline_ops.adopt import adopt, find_adoptable
from sightline_ops.stack import Stack
from sightline_testing.builders import (
    create_image,
    make_rendition_set,
    with_recognition,
    without_index,
)

LOST_REGION = "eu-west-1"


async def find(stack: Stack, home: str | None = LOST_REGION) -> set[str]:
    return {image.image_id async for image in find_adoptable(stack, home)}


async def set_home(stack: Stack, image: Image, home: str = LOST_REGION) -> Image:
    moved = image.with_home(home)
    await stack.tables.images.store(image, moved)
    return moved


async def process(stack: Stack, image: Image) -> Image:
    recognized = with_recognition(image, "Dog")
    await stack.tables.images.store(image, recognized)
    part = recognized.renditions.begin("etag").succeed(make_rendition_set())
    processed = recognized.with_part("renditions", part)
    await stack.tables.images.store(recognized, processed)
    return processed


async def test_only_unfinished_images_of_the_region_are_found(
    stack: Stack, upload: UploadImage
) -> None:
    unfinished = await set_home(stack, await upload())
    await process(stack, await set_home(stack, await upload()))
    await set_home(stack, await upload(), REGION)
    deleted = await set_home(stack, await upload())
    await stack.tables.images.begin_deletion(deleted.key)
    await create_image(stack.tables, home=LOST_REGION, expires_at=1)
    without_home = await process(stack, await upload())
    assert await find(stack) == {unfinished.image_id}
    assert await find(stack, None) == {without_home.image_id}


async def test_adopt_moves_an_image_and_sends_messages_for_its_unfinished_parts(
    stack: Stack, upload: UploadImage, drain: Drain
) -> None:
    image = await set_home(stack, await upload())
    recognized = with_recognition(image, "Dog")
    await stack.tables.images.store(image, recognized)
    # `image` is outdated: what was written since stays.
    assert await adopt(stack, image)
    adopted = without_index(await stack.tables.images.get(image.key))
    assert adopted == recognized.with_home(REGION)
    assert await drain("recognition") == []
    (message,) = await drain("renditions")
    assert parse_uploads(message) == [Upload(image.key)]
    assert await find(stack) == set()
    assert not await adopt(stack, image)


async def test_adopt_sends_no_message_without_an_original(stack: Stack, drain: Drain) -> None:
    """The object may still be replicated, which causes an event."""
    image = await create_image(stack.tables, home=LOST_REGION)
    assert await adopt(stack, image)
    assert (await stack.tables.images.get(image.key)).home == REGION
    assert await drain("recognition") == []


async def test_adopt_ignores_an_image_that_was_deleted_meanwhile(
    stack: Stack, upload: UploadImage
) -> None:
    image = await set_home(stack, await upload())
    await stack.tables.images.begin_deletion(image.key)
    assert not await adopt(stack, image)


async def test_the_command_adopts_only_with_apply(
    stack: Stack,
    outputs_path: Path,
    upload: UploadImage,
    drain: Drain,
    capsys: pytest.CaptureFixture[str],
) -> None:
    image = await set_home(stack, await upload())
    command = ["--stack", str(outputs_path), "--json", "adopt", "--from", LOST_REGION]
    expected = {**image.key._asdict(), "adopted": False}
    for apply, code in (([], ExitCode.PROBLEMS_FOUND), (["--apply"], ExitCode.OK)):
        with pytest.raises(SystemExit) as ended:
            await asyncio.to_thread(main, [*command, *apply])
        assert ended.value.code == code
        expected["adopted"] = bool(apply)
        assert json.loads(capsys.readouterr().out) == expected
    assert (await stack.tables.images.get(image.key)).home == REGION
    assert len(await drain("recognition")) == len(await drain("renditions")) == 1


async def test_images_without_a_home_get_one_and_no_message(
    stack: Stack,
    outputs_path: Path,
    upload: UploadImage,
    drain: Drain,
    capsys: pytest.CaptureFixture[str],
) -> None:
    image = await upload()
    with pytest.raises(SystemExit):
        await asyncio.to_thread(main, ["--stack", str(outputs_path), "adopt", "--unset", "--apply"])
    assert (await stack.tables.images.get(image.key)).home == REGION
    assert await drain("recognition") == []
    assert "New home eu-central-1: 1" in capsys.readouterr().err
