"""The JWKS cache: bounded fetches, and known keys while the JWKS cannot be fetched."""

import asyncio

import httpx
import pytest

from sightline_api.auth.jwks import JwksCache, JwksUnavailable, UnknownKey
from sightline_testing.tokens import TokenIssuer


class FakeJwksServer:
    """Serves the keys of its pools, and counts requests; `cache` is a cache of them."""

    def __init__(self, *pools: TokenIssuer) -> None:
        self.pools = list(pools)
        self.requests = 0
        self.status = 200
        self.time = 1000.0
        http = httpx.AsyncClient(transport=httpx.MockTransport(self._handle))
        self.cache = JwksCache(http, "http://pool/jwks.json", clock=lambda: self.time)

    def _handle(self, _: httpx.Request) -> httpx.Response:
        self.requests += 1
        keys = [key for pool in self.pools for key in pool.jwks()["keys"]]
        return httpx.Response(self.status, json={"keys": keys})


async def test_keys_are_fetched_once(pool: TokenIssuer) -> None:
    server = FakeJwksServer(pool)
    for _ in range(3):
        await server.cache.find(pool.key_id)
    assert server.requests == 1


async def test_simultaneous_requests_share_one_fetch(pool: TokenIssuer) -> None:
    server = FakeJwksServer(pool)
    await asyncio.gather(*(server.cache.find(pool.key_id) for _ in range(20)))
    assert server.requests == 1


async def test_unknown_key_ids_cause_one_fetch_a_minute(pool: TokenIssuer) -> None:
    server = FakeJwksServer(pool)
    await server.cache.find(pool.key_id)
    for number in range(100):
        server.time += 1
        with pytest.raises(UnknownKey):
            await server.cache.find(f"unknown {number}")
    assert server.requests == 2


async def test_a_rotated_key_is_fetched(pool: TokenIssuer) -> None:
    server, new = FakeJwksServer(pool), TokenIssuer("second")
    await server.cache.find(pool.key_id)
    server.pools = [new]
    server.time += 61
    await server.cache.find(new.key_id)


async def test_a_revoked_key_is_dropped_after_the_maximum_age(pool: TokenIssuer) -> None:
    server = FakeJwksServer(pool)
    await server.cache.find(pool.key_id)
    server.pools = [TokenIssuer("second")]
    server.time += 3601
    with pytest.raises(UnknownKey):
        await server.cache.find(pool.key_id)


async def test_known_keys_are_used_while_fetches_fail(pool: TokenIssuer) -> None:
    server = FakeJwksServer(pool)
    await server.cache.find(pool.key_id)
    server.status = 503
    for _ in range(10):
        server.time += 3601
        await server.cache.find(pool.key_id)


async def test_an_empty_cache_is_unavailable_until_a_fetch_succeeds(pool: TokenIssuer) -> None:
    server = FakeJwksServer(pool)
    server.status = 503
    with pytest.raises(JwksUnavailable):
        await server.cache.find(pool.key_id)
    server.status = 200
    server.time += 3
    await server.cache.find(pool.key_id)


@pytest.mark.parametrize("document", ["", "[]", "{}", '{"keys": 7}', '{"keys": [{"kty": "RSA"}]}'])
async def test_an_invalid_jwks_counts_as_a_failed_fetch(document: str) -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(200, text=document))
    cache = JwksCache(httpx.AsyncClient(transport=transport), "http://pool/jwks.json")
    with pytest.raises(JwksUnavailable):
        await cache.find("any")
