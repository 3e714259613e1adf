"""The contract of `UsageTable`."""

from sightline.domain.clock import now
from sightline.domain.recognition import Feature
from sightline.ports.tables import Tables
from sightline.ports.usage_table import MonthlyUsage, Usage
from sightline_testing.builders import (
    ETAG,
    count_calls,
    create_image,
    new_owner,
    with_recognition,
)

MONTH = now().strftime("%Y-%m")


async def test_each_paid_call_is_counted_once(tables: Tables) -> None:
    owner = new_owner()
    first, second = await create_image(tables, owner=owner), await create_image(tables, owner=owner)
    labeled = with_recognition(first, "Dog")
    await tables.images.store(first, labeled)
    await tables.images.store(labeled, with_recognition(labeled, "Dog", calls=2))
    await tables.images.store(second, with_recognition(second, "Dog", calls=0))
    assert await count_calls(tables, owner, MONTH) == {Feature.LABELS: 2}
    assert await count_calls(tables, owner, "2001-01") == {}
    assert await count_calls(tables, new_owner(), MONTH) == {}


async def test_deleting_an_image_keeps_its_paid_calls(tables: Tables) -> None:
    image = await create_image(tables)
    await tables.images.store(image, with_recognition(image, "Dog"))
    await tables.images.remove(await tables.images.begin_deletion(image.key))
    assert await count_calls(tables, image.owner, MONTH) == {Feature.LABELS: 1}


async def test_uploads_and_deletions_are_counted_once(tables: Tables) -> None:
    owner = new_owner()
    assert await tables.usage.read(owner) == Usage(0, 0, [])
    first, second = await create_image(tables, owner=owner), await create_image(tables, owner=owner)
    for image in (first, second):
        begun = image.with_part("renditions", image.renditions.begin(ETAG))
        await tables.images.store(image, begun)
        await tables.images.store(
            image, image.with_part("recognition", image.recognition.begin(ETAG))
        )
        again = begun.with_part("renditions", begun.renditions.begin("other"))
        await tables.images.store(begun, again)
    assert await tables.usage.read(owner) == Usage(2, 10, [MonthlyUsage(MONTH, 2, 10, {})])
    await tables.images.remove(await tables.images.begin_deletion(first.key))
    unused = await create_image(tables, owner=owner)
    await tables.images.remove(await tables.images.begin_deletion(unused.key))
    assert await tables.usage.read(owner) == Usage(1, 5, [MonthlyUsage(MONTH, 2, 10, {})])
