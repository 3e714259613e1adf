"""The contract of `ApiKeyTable`."""

from datetime import timedelta

import pytest

from sightline.domain.api_keys import (
    USE_INTERVAL,
    ApiKeyNotFound,
    digest_secret,
    new_secret,
)
from sightline.domain.clock import now
from sightline.optimistic import Conflict
from sightline.ports.tables import Tables
from sightline_testing.builders import make_api_key


async def test_a_key_is_found_by_its_digest(tables: Tables) -> None:
    key = make_api_key()
    await tables.api_keys.create(key)
    assert await tables.api_keys.find(key.digest) == key
    assert await tables.api_keys.find(digest_secret(new_secret())) is None


async def test_create_is_idempotent(tables: Tables) -> None:
    key = make_api_key()
    await tables.api_keys.create(key)
    await tables.api_keys.create(key)
    assert await tables.api_keys.list(key.owner) == [key]


@pytest.mark.parametrize("field", ["key_id", "digest"])
async def test_create_refuses_an_id_or_digest_in_use(tables: Tables, field: str) -> None:
    key, other = make_api_key("owner"), make_api_key("owner")
    await tables.api_keys.create(key)
    with pytest.raises(Conflict):
        await tables.api_keys.create(other.model_copy(update={field: getattr(key, field)}))
    assert await tables.api_keys.list("owner") == [key]
    assert await tables.api_keys.find(other.digest) is None


async def test_keys_are_listed_by_owner_newest_first(tables: Tables) -> None:
    old, new, foreign = make_api_key("owner"), make_api_key("owner"), make_api_key("other")
    for key in (old, new, foreign):
        await tables.api_keys.create(key)
    assert await tables.api_keys.list("owner") == [new, old]


async def test_a_revoked_key_is_gone(tables: Tables) -> None:
    revoked, kept = make_api_key("owner"), make_api_key("owner")
    for key in (revoked, kept):
        await tables.api_keys.create(key)
    await tables.api_keys.revoke("owner", revoked.key_id)
    assert await tables.api_keys.find(revoked.digest) is None
    assert await tables.api_keys.list("owner") == [kept]
    with pytest.raises(ApiKeyNotFound):
        await tables.api_keys.revoke("owner", revoked.key_id)


async def test_another_owner_cannot_revoke_a_key(tables: Tables) -> None:
    key = make_api_key()
    await tables.api_keys.create(key)
    with pytest.raises(ApiKeyNotFound):
        await tables.api_keys.revoke("other", key.key_id)
    assert await tables.api_keys.find(key.digest) == key


async def test_the_last_use_is_written_once_in_an_interval(tables: Tables) -> None:
    key, at = make_api_key(), now()
    await tables.api_keys.create(key)

    async def last_use() -> object:
        (listed,) = await tables.api_keys.list(key.owner)
        return listed.last_used_at

    assert await last_use() is None
    await tables.api_keys.record_use(key, at)
    assert await last_use() == at
    await tables.api_keys.record_use(key, at + USE_INTERVAL - timedelta(seconds=1))
    assert await last_use() == at
    await tables.api_keys.record_use(key, at + USE_INTERVAL)
    assert await last_use() == at + USE_INTERVAL


async def test_the_last_use_does_not_restore_a_revoked_key(tables: Tables) -> None:
    key = make_api_key()
    await tables.api_keys.create(key)
    await tables.api_keys.revoke(key.owner, key.key_id)
    await tables.api_keys.record_use(key, now())
    assert await tables.api_keys.list(key.owner) == []


async def test_erasure_removes_the_keys_of_one_owner(tables: Tables) -> None:
    gone, kept = make_api_key(), make_api_key()
    for key in (gone, kept):
        await tables.api_keys.create(key)
    await tables.owner_data.erase(gone.owner)
    assert await tables.api_keys.list(gone.owner) == []
    assert await tables.api_keys.find(gone.digest) is None
    assert await tables.api_keys.find(kept.digest) == kept
