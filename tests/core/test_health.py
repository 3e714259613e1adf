"""The health endpoint."""

import socket

import httpx
import pytest

from sightline.consumer.health import serve_health


@pytest.mark.parametrize(
    ("is_healthy", "code", "status"), [(True, 200, "ok"), (False, 503, "stuck")]
)
async def test_health_endpoint_returns_the_result_of_the_check(
    is_healthy: bool, code: int, status: str
) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    async with (
        serve_health("127.0.0.1", port, lambda: (is_healthy, {"in_flight": 3})),
        httpx.AsyncClient() as http,
    ):
        response = await http.get(f"http://127.0.0.1:{port}/health")
    assert response.status_code == code
    assert response.json() == {"status": status, "in_flight": 3}
