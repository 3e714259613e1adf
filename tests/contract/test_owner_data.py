"""The contract of `OwnerData`."""

import pytest

from sightline.ports.idempotency_store import RequestClaimed
from sightline.ports.tables import Tables
from sightline.ports.usage_table import Usage
from sightline_testing.builders import (
    create_image,
    with_recognition,
)


async def test_erase_removes_usage_and_responses_of_one_owner(tables: Tables) -> None:
    """Usage and responses of other owners stay."""
    gone, other = await create_image(tables), await create_image(tables)
    for image in (gone, other):
        await tables.images.store(image, with_recognition(image, "Dog"))
        await tables.idempotency.claim(image.owner, "key", "print", 60)
    await tables.images.remove(await tables.images.begin_deletion(gone.key))
    await tables.owner_data.erase(gone.owner)
    assert await tables.usage.read(gone.owner) == Usage(0, 0, [])
    assert await tables.idempotency.claim(gone.owner, "key", "print", 60) is None
    assert (await tables.usage.read(other.owner)).months
    with pytest.raises(RequestClaimed):
        await tables.idempotency.claim(other.owner, "key", "print", 60)
