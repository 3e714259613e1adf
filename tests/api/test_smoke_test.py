"""The smoke test of canary deployments, against the real API and against failing ones."""

import importlib.util
import io
import json
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from api.conftest import Gateway

SOURCE = Path(__file__).parents[2] / "infra/terraform/modules/canary/smoke_test/smoke_test.py"

#: What a healthy task responds, by path.
HEALTHY = {
    "/health": (200, "application/json"),
    "/v1/capabilities": (401, "application/problem+json"),
}


@pytest.fixture
def smoke_test(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    spec = importlib.util.spec_from_file_location("smoke_test", SOURCE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "RETRY_SECONDS", 0)
    return module


class Server(ThreadingHTTPServer):
    """Responds as configured, and counts requests."""

    def __init__(self) -> None:
        self.responses: dict[str, tuple[int, str]] = dict(HEALTHY)
        self.requests = 0
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.requests += 1
        status, media_type = self.server.responses[self.path]
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_checks_hold_for_the_api(gateway: Gateway, smoke_test: ModuleType) -> None:
    """The API responds without an access token as the smoke test expects."""
    for path, status, media_type in smoke_test.CHECKS:
        response = gateway.client.get(path)
        assert response.status_code == status
        assert response.headers["content-type"].split(";")[0] == media_type
    assert {check[0]: tuple(check[1:]) for check in smoke_test.CHECKS} == HEALTHY


def test_probe_reports_problems(server: Server, smoke_test: ModuleType) -> None:
    """A wrong status, a wrong media type and a refused connection fail the test, after retries."""
    event = {"base_url": f"http://127.0.0.1:{server.server_port}"}
    assert smoke_test.probe(event, None) == {"problems": []}
    assert server.requests == 2
    server.responses["/health"] = (503, "application/json")
    server.responses["/v1/capabilities"] = (401, "text/html")
    problems = smoke_test.probe(event, None)["problems"]
    assert len(problems) == 2
    assert "503" in problems[0]
    assert "text/html" in problems[1]
    assert server.requests == 2 + 2 * smoke_test.ATTEMPTS
    (unreachable, _) = smoke_test.probe({"base_url": "http://127.0.0.1:9"}, None)["problems"]
    assert "refused" in unreachable


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        ({"Payload": {"problems": []}}, "Succeeded"),
        ({"Payload": {"problems": ["503"]}}, "Failed"),
        ({"Payload": {"errorMessage": "timeout"}, "FunctionError": "Unhandled"}, "Failed"),
        (ConnectionError("unreachable"), "Failed"),
    ],
)
def test_result_is_reported(
    smoke_test: ModuleType, monkeypatch: pytest.MonkeyPatch, response: Any, expected: str
) -> None:
    """CodeDeploy always receives a result; without one, it would wait for an hour."""
    calls: list[dict[str, Any]] = []

    class Client:
        def invoke(self, **arguments: Any) -> Any:
            assert arguments["FunctionName"] == "probe"
            assert json.loads(arguments["Payload"]) == {"base_url": "http://balancer:8080"}
            if isinstance(response, Exception):
                raise response
            return {**response, "Payload": io.BytesIO(json.dumps(response["Payload"]).encode())}

        def put_lifecycle_event_hook_execution_status(self, **arguments: Any) -> None:
            calls.append(arguments)

    boto3 = ModuleType("boto3")
    monkeypatch.setattr(boto3, "client", lambda _: Client(), raising=False)
    monkeypatch.setitem(sys.modules, "boto3", boto3)
    monkeypatch.setenv("PROBE", "probe")
    monkeypatch.setenv("BASE_URL", "http://balancer:8080")
    event = {"DeploymentId": "d-1", "LifecycleEventHookExecutionId": "e-1"}
    try:
        smoke_test.report(event, None)
    except ConnectionError:
        assert isinstance(response, ConnectionError)
    assert calls == [
        {"deploymentId": "d-1", "lifecycleEventHookExecutionId": "e-1", "status": expected}
    ]
