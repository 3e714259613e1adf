"""The contract of `RecognitionCache`."""

import pytest

from sightline.domain.recognition import Feature, RecognitionProfile
from sightline.ports.recognition_cache import ContentClaimed
from sightline.ports.tables import Tables
from sightline_testing.builders import (
    ETAG,
    SHA256,
    create_image,
    make_recognition,
    make_rendition_set,
    new_owner,
    with_recognition,
)

PROFILE = RecognitionProfile()
OTHER_PROFILE = RecognitionProfile(features=(Feature.LABELS, Feature.TEXT))


async def test_claim_returns_the_known_result_of_the_same_bytes_and_profile(tables: Tables) -> None:
    """Only for the same owner; the result counts no paid calls."""
    image = await create_image(tables)
    assert await tables.recognition_cache.claim(image, PROFILE, 60) is None
    await tables.images.store(image, with_recognition(image, "Dog"))
    twin = await create_image(tables, owner=image.owner)
    assert await tables.recognition_cache.claim(twin, PROFILE, 60) == make_recognition(
        "Dog"
    ).model_copy(update={"calls": {}})
    assert await tables.recognition_cache.claim(twin, OTHER_PROFILE, 60) is None
    assert await tables.recognition_cache.claim(await create_image(tables), PROFILE, 60) is None


async def test_bytes_are_claimed_by_one_image_at_a_time(tables: Tables) -> None:
    image = await create_image(tables)
    twin = await create_image(tables, owner=image.owner)
    assert await tables.recognition_cache.claim(image, PROFILE, 60) is None
    with pytest.raises(ContentClaimed):
        await tables.recognition_cache.claim(twin, PROFILE, 60)
    await tables.recognition_cache.release(image, PROFILE)
    await tables.recognition_cache.release(image, PROFILE)
    assert await tables.recognition_cache.claim(twin, PROFILE, 60) is None


async def test_an_image_may_renew_its_own_claim(tables: Tables) -> None:
    """The former holder crashed; the redelivered message need not wait for the claim to expire."""
    image = await create_image(tables)
    for _ in range(2):
        assert await tables.recognition_cache.claim(image, PROFILE, 3600) is None


async def test_a_claim_expires(tables: Tables) -> None:
    image = await create_image(tables)
    twin = await create_image(tables, owner=image.owner)
    assert await tables.recognition_cache.claim(image, PROFILE, 0) is None
    assert await tables.recognition_cache.claim(twin, PROFILE, 60) is None


async def test_release_does_not_remove_a_result(tables: Tables) -> None:
    image = await create_image(tables)
    await tables.images.store(image, with_recognition(image, "Dog"))
    await tables.recognition_cache.release(image, PROFILE)
    assert await tables.recognition_cache.claim(image, PROFILE, 60) is not None


async def test_a_result_with_another_profile_replaces_the_known_one(tables: Tables) -> None:
    image = await create_image(tables)
    labeled = with_recognition(image, "Dog")
    await tables.images.store(image, labeled)
    await tables.images.store(labeled, with_recognition(labeled, "Dog", profile=OTHER_PROFILE))
    assert await tables.recognition_cache.claim(image, PROFILE, 60) is None
    assert await tables.recognition_cache.claim(image, OTHER_PROFILE, 60) is not None


async def test_deleting_an_image_removes_its_results_and_claims(tables: Tables) -> None:
    image = await create_image(tables)
    await tables.images.store(image, with_recognition(image, "Dog"))
    await tables.recognition_cache.claim(image, OTHER_PROFILE, 60)
    await tables.images.remove(await tables.images.begin_deletion(image.key))
    twin = await create_image(tables, owner=image.owner)
    assert await tables.recognition_cache.claim(twin, PROFILE, 60) is None
    assert await tables.recognition_cache.claim(twin, OTHER_PROFILE, 60) is None


async def test_find_duplicates_returns_images_that_have_renditions(tables: Tables) -> None:
    owner = new_owner()
    images = [await create_image(tables, owner=owner) for _ in range(3)]
    await create_image(tables)
    assert await tables.recognition_cache.find_duplicates(owner, SHA256) == []
    for image in images[:2]:
        part = image.renditions.begin(ETAG).succeed(make_rendition_set())
        await tables.images.store(image, image.with_part("renditions", part))
    assert await tables.recognition_cache.find_duplicates(owner, SHA256) == [
        images[1].image_id,
        images[0].image_id,
    ]
    await tables.images.remove(await tables.images.begin_deletion(images[1].key))
    assert await tables.recognition_cache.find_duplicates(owner, SHA256) == [images[0].image_id]
    assert await tables.recognition_cache.find_duplicates(new_owner(), SHA256) == []
