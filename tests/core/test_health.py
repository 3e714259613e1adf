"""The health port."""

import socket

import httpx
import pytest

from sightline.consumer.health import serve_health


@pytest.mark.parametrize(("well", "code", "word"), [(True, 200, "ok"), (False, 503, "stuck")])
async def test_health_is_what_the_check_says(well: bool, code: int, word: str) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    async with (
        serve_health("127.0.0.1", port, lambda: (well, {"in_flight": 3})),
        httpx.AsyncClient() as http,
    ):
        answer = await http.get(f"http://127.0.0.1:{port}/health")
    assert answer.status_code == code
    assert answer.json() == {"status": word, "in_flight": 3}
