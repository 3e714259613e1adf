"""The contract of `ApiKeyTable`."""

from datetime import timedelta

import pytest
from uuid_utils.compat import uuid4

from sightline.domain.api_keys import (
    USE_INTERVAL,
    ApiKey,
    ApiKeyNotFound,
    Scope,
    digest_secret,
    new_secret,
)
from sightline.domain.clock import now
from sightline.domain.ids import new_key_id
from sightline.optimistic import Conflict
from sightline.ports.tables import Tables


def build_key(owner: str | None = None) -> ApiKey:
    secret, at = new_secret(), now()
    return ApiKey(
        owner=owner or str(uuid4()),
        key_id=new_key_id(),
        name="nightly import",
        shown=secret[:8],
        digest=digest_secret(secret),
        scopes=frozenset({Scope.IMAGES_READ, Scope.IMAGES_WRITE}),
        created_at=at,
        ends_at=at + timedelta(days=90),
    )


async def test_a_key_is_found_by_its_digest(tables: Tables) -> None:
    key = build_key()
    await tables.api_keys.create(key)
    assert await tables.api_keys.find(key.digest) == key
    assert await tables.api_keys.find(digest_secret(new_secret())) is None


async def test_create_is_idempotent(tables: Tables) -> None:
    key = build_key()
    await tables.api_keys.create(key)
    await tables.api_keys.create(key)
    assert await tables.api_keys.list(key.owner) == [key]


@pytest.mark.parametrize("field", ["key_id", "digest"])
async def test_create_refuses_an_id_or_digest_in_use(tables: Tables, field: str) -> None:
    key, other = build_key("owner"), build_key("owner")
    await tables.api_keys.create(key)
    with pytest.raises(Conflict):
        await tables.api_keys.create(other.model_copy(update={field: getattr(key, field)}))
    assert await tables.api_keys.list("owner") == [key]
    assert await tables.api_keys.find(other.digest) is None


async def test_keys_are_listed_by_owner_newest_first(tables: Tables) -> None:
    old, new, foreign = build_key("owner"), build_key("owner"), build_key("other")
    for key in (old, new, foreign):
        await tables.api_keys.create(key)
    assert await tables.api_keys.list("owner") == [new, old]


async def test_a_revoked_key_is_gone(tables: Tables) -> None:
    revoked, kept = build_key("owner"), build_key("owner")
    for key in (revoked, kept):
        await tables.api_keys.create(key)
    await tables.api_keys.revoke("owner", revoked.key_id)
    assert await tables.api_keys.find(revoked.digest) is None
    assert await tables.api_keys.list("owner") == [kept]
    with pytest.raises(ApiKeyNotFound):
        await tables.api_keys.revoke("owner", revoked.key_id)


async def test_another_owner_cannot_revoke_a_key(tables: Tables) -> None:
    key = build_key()
    await tables.api_keys.create(key)
    with pytest.raises(ApiKeyNotFound):
        await tables.api_keys.revoke("other", key.key_id)
    assert await tables.api_keys.find(key.digest) == key


async def test_the_last_use_is_written_once_in_an_interval(tables: Tables) -> None:
    key, at = build_key(), now()
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
    key = build_key()
    await tables.api_keys.create(key)
    await tables.api_keys.revoke(key.owner, key.key_id)
    await tables.api_keys.record_use(key, now())
    assert await tables.api_keys.list(key.owner) == []


async def test_erasure_removes_the_keys_of_one_owner(tables: Tables) -> None:
    gone, kept = build_key(), build_key()
    for key in (gone, kept):
        await tables.api_keys.create(key)
    await tables.owner_data.erase(gone.owner)
    assert await tables.api_keys.list(gone.owner) == []
    assert await tables.api_keys.find(gone.digest) is None
    assert await tables.api_keys.find(kept.digest) == kept
