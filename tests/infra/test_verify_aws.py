"""The script behind `make verify-aws`, without an account."""

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from infra.terraform import ROOT, SOURCE
from infra.tools import load_tool

verify_aws = load_tool("verify_aws")

OUTPUTS = {"region": "eu-central-1", "cluster": "c", "url": "https://example.com"}


def test_dry_run_lists_what_each_step_proves() -> None:
    """It needs no credentials and changes nothing."""
    script = ROOT / "infra" / "tools" / "verify_aws.py"
    command = [sys.executable, str(script), "--region", "eu-central-1", "--dry-run"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    lines = done.stdout.splitlines()
    assert len(lines) > 10
    assert lines[0].startswith("[1/")
    assert all(line.count(": ") and line.endswith(".") for line in lines)


def test_settings_are_those_of_the_dev_example_with_a_firewall() -> None:
    example = (SOURCE / "environments" / "dev.tfvars.example").read_text()
    lines = verify_aws.render_settings(example, "us-east-2").splitlines()
    assert {'environment = "verify"', 'region = "us-east-2"', "firewall = true"} <= set(lines)
    assert "protect_data = false" in lines
    assert len(lines) == len(example.splitlines())


def make_steps(*names: str, failing: str | None = None) -> tuple[list[Any], list[str]]:
    calls: list[str] = []

    def make(name: str) -> Callable[[], None]:
        def run() -> None:
            calls.append(name)
            verify_aws.require(name != failing, "it does not hold")

        return run

    return [verify_aws.Step(name, "It holds.", make(name)) for name in names], calls


def test_all_steps_run_in_order() -> None:
    steps, calls = make_steps("account", "apply", "destroy")
    assert verify_aws.verify(steps, cleanup=lambda: calls.append("cleanup"))
    assert calls == ["account", "apply", "destroy"]


@pytest.mark.parametrize(
    ("failing", "expected"),
    [("apply", ["account", "apply", "cleanup"]), ("account", ["account"])],
)
def test_a_failure_ends_the_verification_and_destroys_the_stack(
    failing: str, expected: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is destroyed before something was created."""
    steps, calls = make_steps("account", "apply", "destroy", failing=failing)
    assert not verify_aws.verify(steps, cleanup=lambda: calls.append("cleanup"))
    assert calls == expected
    assert "it does not hold" in capsys.readouterr().err


class MemoryEcs:
    """An ECS client whose rollouts pass through the given states."""

    def __init__(self, states: list[str], final: str) -> None:
        self._states = states
        self._final = final
        self.rolled_out: list[str] = []

    def update_service(self, taskDefinition: str, **_: str) -> None:  # noqa: N803
        self.rolled_out.append(taskDefinition)

    def describe_services(self, **_: Any) -> dict[str, Any]:
        if not self.rolled_out:
            return {"services": [{"taskDefinition": "good"}]}
        state = self._states.pop(0) if self._states else "COMPLETED"
        definition = "broken" if state == "IN_PROGRESS" else self._final
        primary = {"status": "PRIMARY", "rolloutState": state, "taskDefinition": definition}
        deployments = [primary]
        if state == "FAILED":
            primary["rolloutState"] = "IN_PROGRESS"
            deployments.append(
                {"status": "ACTIVE", "rolloutState": state, "taskDefinition": "broken"}
            )
        return {"services": [{"taskDefinition": definition, "deployments": deployments}]}


@pytest.fixture
def roll_out(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    monkeypatch.setattr(verify_aws, "POLL_SECONDS", 0)
    monkeypatch.setattr(verify_aws.Rollout, "_push_broken_image", lambda _: "image")
    monkeypatch.setattr(verify_aws.Rollout, "_register", lambda *_: "broken")

    def run(ecs: MemoryEcs, status: int = 200) -> None:
        transport = httpx.MockTransport(lambda _: httpx.Response(status))
        http = httpx.Client(transport=transport)
        monkeypatch.setattr(verify_aws.httpx, "get", http.get)
        verify_aws.Rollout(OUTPUTS, lambda *_: ecs).run()

    return run


def test_rollback_of_a_bad_image_is_awaited(roll_out: Callable[..., None]) -> None:
    ecs = MemoryEcs(["IN_PROGRESS", "FAILED"], "good")
    roll_out(ecs)
    assert ecs.rolled_out == ["broken"]


def test_a_rollout_that_never_failed_proves_nothing(roll_out: Callable[..., None]) -> None:
    with pytest.raises(verify_aws.VerificationFailed, match="never reported"):
        roll_out(MemoryEcs([], "good"))


def test_an_outage_during_the_rollback_is_a_failure(roll_out: Callable[..., None]) -> None:
    with pytest.raises(verify_aws.VerificationFailed, match="503"):
        roll_out(MemoryEcs(["IN_PROGRESS", "FAILED"], "good"), 503)
