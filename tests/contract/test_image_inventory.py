"""The contract of `ImageInventory`."""

from sightline.ports.tables import Tables
from sightline_testing.builders import (
    create_image,
    make_image,
)


async def test_inventory_contains_hidden_images_of_every_owner(tables: Tables) -> None:
    """`find_existing` accepts more keys than one batch read."""
    images = [await create_image(tables) for _ in range(105)]
    hidden = await tables.images.begin_deletion(images[0].key)
    assert await tables.inventory.find(images[0].key) == hidden
    absent = make_image()
    assert await tables.inventory.find(absent.key) is None
    keys = [image.key for image in (*images, absent)]
    assert await tables.inventory.find_existing(keys) == set(keys) - {absent.key}
    scanned = {image.key: image async for image in tables.inventory.scan()}
    assert scanned == {image.key: image for image in (hidden, *images[1:])}
