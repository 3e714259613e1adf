"""The pool's keys: cached, looked up again within bounds, kept while the pool is away."""

import asyncio

import httpx
import pytest

from sightline_api.auth.jwks import JwksCache, JwksUnavailable, UnknownKey
from sightline_testing.tokens import TokenIssuer


class FakePool:
    """Answers with the keys it holds now, and counts how often it was asked."""

    def __init__(self, *pools: TokenIssuer) -> None:
        self.pools = list(pools)
        self.asked = 0
        self.status = 200
        self.time = 1000.0
        http = httpx.AsyncClient(transport=httpx.MockTransport(self._answer))
        self.keys = JwksCache(http, "http://pool/jwks.json", clock=lambda: self.time)

    def _answer(self, _: httpx.Request) -> httpx.Response:
        self.asked += 1
        keys = [key for pool in self.pools for key in pool.jwks()["keys"]]
        return httpx.Response(self.status, json={"keys": keys})


async def test_keys_are_fetched_once(pool: TokenIssuer) -> None:
    fake = FakePool(pool)
    for _ in range(3):
        await fake.keys.find(pool.key_id)
    assert fake.asked == 1


async def test_simultaneous_requests_share_one_fetch(pool: TokenIssuer) -> None:
    fake = FakePool(pool)
    await asyncio.gather(*(fake.keys.find(pool.key_id) for _ in range(20)))
    assert fake.asked == 1


async def test_invented_key_ids_cause_one_fetch_a_minute(pool: TokenIssuer) -> None:
    fake = FakePool(pool)
    await fake.keys.find(pool.key_id)
    for number in range(100):
        fake.time += 1
        with pytest.raises(UnknownKey):
            await fake.keys.find(f"invented {number}")
    assert fake.asked == 2


async def test_a_new_key_is_found(pool: TokenIssuer) -> None:
    fake, new = FakePool(pool), TokenIssuer("second")
    await fake.keys.find(pool.key_id)
    fake.pools = [new]
    fake.time += 61
    await fake.keys.find(new.key_id)


async def test_a_withdrawn_key_is_dropped_in_time(pool: TokenIssuer) -> None:
    fake = FakePool(pool)
    await fake.keys.find(pool.key_id)
    fake.pools = [TokenIssuer("second")]
    fake.time += 3601
    with pytest.raises(UnknownKey):
        await fake.keys.find(pool.key_id)


async def test_known_keys_serve_while_the_pool_is_away(pool: TokenIssuer) -> None:
    fake = FakePool(pool)
    await fake.keys.find(pool.key_id)
    fake.status = 503
    for _ in range(10):
        fake.time += 3601
        await fake.keys.find(pool.key_id)


async def test_without_any_key_nothing_can_be_verified(pool: TokenIssuer) -> None:
    fake = FakePool(pool)
    fake.status = 503
    with pytest.raises(JwksUnavailable):
        await fake.keys.find(pool.key_id)
    fake.status = 200
    fake.time += 3
    await fake.keys.find(pool.key_id)


@pytest.mark.parametrize("document", ["", "[]", "{}", '{"keys": 7}', '{"keys": [{"kty": "RSA"}]}'])
async def test_an_answer_that_makes_no_sense_is_no_answer(document: str) -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(200, text=document))
    keys = JwksCache(httpx.AsyncClient(transport=transport), "http://pool/jwks.json")
    with pytest.raises(JwksUnavailable):
        await keys.find("any")
