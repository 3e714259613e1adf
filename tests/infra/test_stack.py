"""The `stack` script, run with fake programs that record their calls."""

import json
import os
import shutil
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest

from infra.terraform import copy_configuration

OUTPUTS: dict[str, Any] = {
    "architecture": "ARM64",
    "buckets": {"web": "web"},
    "cluster": "sightline-dev",
    "distribution_id": "E1",
    "event_queue_prefix": "sightline-dev-events-",
    "image_tag": "current",
    "url_signing": {"version": 7, "public_key": "-----BEGIN PUBLIC KEY-----\nA\n"},
    "protected": False,
    "region": "eu-central-1",
    "repositories": {name: f"registry/dev/{name}" for name in ("api", "worker", "resizer")},
    "task_definitions": {name: f"arn:{name}:2" for name in ("api", "worker", "resizer")},
    "url": "https://photos.example.com",
    "web_settings": {"api": "", "signUp": True},
}

TERRAFORM = """#!/usr/bin/env bash
echo "terraform $*" >> "$CALLS"
case $1 in
  output) cat "$OUTPUTS" ;;
  plan) echo "signing ${TF_VAR_url_signing:-}" >> "$CALLS"
        echo "private ${TF_VAR_url_signing_private_key:0:11}" >> "$CALLS" ;;
esac
"""

AWS = """#!/usr/bin/env bash
echo "aws $*" >> "$CALLS"
case "$1 $2" in
  "ecr describe-images") [ -n "${PUSHED:-}" ] ;;
  "ecr get-login-password") echo password ;;
  "ecs describe-services") printf '%s\\tarn:%s:%s\\n' "${STATE:-COMPLETED}" "$8" "${REVISION:-2}" ;;
  "s3 cp") [ "$3" != - ] || echo "stdin $(cat)" >> "$CALLS" ;;
  "sqs list-queues") echo "https://queue/orphaned" ;;
esac
"""

#: Creates a minimal build of the web application.
NPM = """#!/usr/bin/env bash
echo "npm $*" >> "$CALLS"
[ "$1" != run ] || { mkdir -p ../../web/dist/assets; echo page > ../../web/dist/index.html; }
"""

DOCKER = """#!/usr/bin/env bash
echo "docker $*" >> "$CALLS"
[ "$1" != login ] || cat >/dev/null
"""


FAKE_PROGRAMS = {"terraform": TERRAFORM, "aws": AWS, "docker": DOCKER, "npm": NPM}


class ScriptRunner:
    """Runs a copy of the script in its own Git repository and records the calls that it makes."""

    def __init__(self, folder: Path) -> None:
        self.repository = folder / "repository"
        (self.repository / "infra").mkdir(parents=True)
        self.configuration = copy_configuration(self.repository / "infra")
        self.calls_file = folder / "calls"
        self.outputs = folder / "outputs.json"
        self.set_outputs(OUTPUTS)
        programs = folder / "bin"
        programs.mkdir()
        for name, text in FAKE_PROGRAMS.items():
            (programs / name).write_text(text)
            (programs / name).chmod(stat.S_IRWXU)
        self.environment = {
            "PATH": f"{programs}:{os.environ['PATH']}",
            "HOME": str(folder),
            "CALLS": str(self.calls_file),
            "OUTPUTS": str(self.outputs),
            "GIT_CONFIG_GLOBAL": os.devnull,
        }
        settings = self.configuration / "environments"
        shutil.copy(settings / "dev.tfvars.example", settings / "dev.tfvars")
        self._git("init", "--quiet")
        self._git("add", "--all")
        author = ("-c", "user.name=Test", "-c", "user.email=test@example.com")
        self._git(*author, "commit", "--quiet", "--message=first")

    def set_outputs(self, outputs: dict[str, Any]) -> None:
        values = {name: {"value": value} for name, value in outputs.items()}
        self.outputs.write_text(json.dumps(values))

    def run(self, command: str, environment: str = "dev", **more: str) -> tuple[int, str]:
        done = subprocess.run(
            [self.configuration / "stack", command, environment],
            env=self.environment | more,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        return done.returncode, done.stdout + done.stderr

    def calls(self, prefix: str) -> list[str]:
        lines = self.calls_file.read_text().splitlines() if self.calls_file.exists() else []
        return [line for line in lines if line.startswith(prefix)]

    def tag(self) -> str:
        return self._git("rev-parse", "--short=12", "HEAD").strip()

    def _git(self, *arguments: str) -> str:
        return subprocess.run(
            ["git", *arguments],
            cwd=self.repository,
            env=self.environment,
            capture_output=True,
            check=True,
            text=True,
        ).stdout


@pytest.fixture
def script(tmp_path: Path) -> ScriptRunner:
    return ScriptRunner(tmp_path)


def test_apply_rejects_an_environment_without_settings(script: ScriptRunner) -> None:
    """The error names the missing file, and no program is called."""
    code, output = script.run("apply", "prod")
    assert code == 1
    assert "environments/prod.tfvars does not exist" in output
    assert script.calls("terraform") == []


def test_apply_rejects_an_invalid_environment_name(script: ScriptRunner) -> None:
    """A name that could be a path or an option is rejected before any call."""
    code, output = script.run("apply", "../dev")
    assert code == 1
    assert "invalid environment name: ../dev" in output
    assert script.calls("terraform") == []


def test_plan_changes_nothing(script: ScriptRunner) -> None:
    """It plans in the environment's workspace, with the tag of the running image."""
    code, _ = script.run("plan")
    assert code == 0
    assert script.calls("terraform workspace select -or-create dev")
    (plan,) = script.calls("terraform plan")
    assert "-var-file=environments/dev.tfvars" in plan
    assert "image_tag=current" in plan
    assert script.calls("terraform apply") == []


@pytest.mark.parametrize("answer", ["", "yes", "prod"])
def test_apply_requires_confirmation(script: ScriptRunner, answer: str) -> None:
    """Only the environment's name confirms."""
    code, output = script.run("apply", CONFIRM=answer)
    assert code == 1
    assert "not confirmed; nothing was changed" in output
    assert script.calls("terraform apply") == []


def test_apply_applies_the_saved_plan(script: ScriptRunner) -> None:
    """It applies the plan that was shown, with the current public key and no private key."""
    code, output = script.run("apply", CONFIRM="dev")
    assert code == 0, output
    (plan,) = script.calls("terraform plan")
    (apply,) = script.calls("terraform apply")
    assert apply.endswith(plan.split("-out=")[1].split()[0])
    assert '"version": 7' in script.calls("signing")[0]
    assert script.calls("private")[0] == "private "


@pytest.mark.parametrize("command", ["apply", "rotate-key"])
def test_key_pair_is_generated_on_first_apply_and_on_rotation(
    script: ScriptRunner, command: str
) -> None:
    """The new key pair has a new version, and its private key is not output."""
    if command == "apply":
        script.set_outputs({**OUTPUTS, "url_signing": None})
    code, output = script.run(command, CONFIRM="dev")
    assert code == 0, output
    signing = json.loads(script.calls("signing")[0].removeprefix("signing "))
    assert signing["version"] > 1_700_000_000
    assert signing["public_key"].startswith("-----BEGIN PUBLIC KEY-----\n")
    assert signing["public_key"].endswith("-----END PUBLIC KEY-----\n")
    assert script.calls("private")[0] == "private -----BEGIN "
    assert "PRIVATE" not in output


def test_deploy_rolls_out_the_current_commit(script: ScriptRunner) -> None:
    """It builds three images for the right platform and tags them with the commit."""
    code, output = script.run("deploy", CONFIRM="dev")
    assert code == 0, output
    builds = script.calls("docker buildx")
    assert len(builds) == 3
    for build, service in zip(builds, ("api", "worker", "resizer"), strict=True):
        assert "--platform linux/arm64" in build
        assert f"--tag registry/dev/{service}:{script.tag()} --push" in build
    (plan,) = script.calls("terraform plan")
    assert f"image_tag={script.tag()}" in plan
    assert f"resizer runs {script.tag()}" in output


def test_deploy_publishes_the_web_application(script: ScriptRunner) -> None:
    """It uploads immutable assets first and the page last, then invalidates the edge caches."""
    code, output = script.run("deploy", CONFIRM="dev")
    assert code == 0, output
    assert [call.split()[1] for call in script.calls("npm")] == ["ci", "run"]
    calls = script.calls("aws s3") + script.calls("aws cloudfront")
    targets = [next(word for word in call.split() if word.startswith("s3:")) for call in calls[:4]]
    assert targets == ["s3://web/assets", "s3://web", "s3://web/config.json", "s3://web/index.html"]
    assert "max-age=31536000, immutable" in calls[0]
    assert all("--cache-control no-cache" in call for call in calls[1:4])
    assert "create-invalidation --distribution-id E1 --paths /index.html" in calls[4]
    assert [json.loads(line.removeprefix("stdin ")) for line in script.calls("stdin")] == [
        OUTPUTS["web_settings"]
    ]


def test_deploy_skips_existing_images(script: ScriptRunner) -> None:
    """Tags are immutable, so an image that is already pushed is not built again."""
    code, output = script.run("deploy", CONFIRM="dev", PUSHED="yes")
    assert code == 0, output
    assert script.calls("docker") == []


@pytest.mark.parametrize("fault", [{"STATE": "FAILED"}, {"REVISION": "1"}])
def test_deploy_fails_on_a_rollback(script: ScriptRunner, fault: dict[str, str]) -> None:
    """A rollback fails the command, whether it is in progress or already complete."""
    code, output = script.run("deploy", CONFIRM="dev", **fault)
    assert code == 1
    assert "did not become healthy" in output


def test_deploy_rejects_uncommitted_changes(script: ScriptRunner) -> None:
    """Images are tagged with the commit, so they must match it."""
    (script.repository / "new").write_text("new")
    code, output = script.run("deploy", CONFIRM="dev")
    assert code == 1
    assert "uncommitted changes" in output
    assert script.calls("docker") == []


def test_destroy_rejects_a_protected_stack(script: ScriptRunner) -> None:
    """Confirmation is not enough: an apply must remove the protection first."""
    script.set_outputs({**OUTPUTS, "protected": True})
    code, output = script.run("destroy", CONFIRM="dev")
    assert code == 1
    assert "dev is protected against deletion" in output
    assert script.calls("terraform destroy") == []


def test_destroy_requires_confirmation(script: ScriptRunner) -> None:
    """Without confirmation, it shows the plan and deletes nothing."""
    code, _ = script.run("destroy")
    assert code == 1
    assert "-destroy" in script.calls("terraform plan")[0]
    assert script.calls("terraform destroy") == []


def test_destroy_deletes_orphaned_event_queues(script: ScriptRunner) -> None:
    """It deletes the workspace and the event queues of killed tasks, which Terraform lacks."""
    code, output = script.run("destroy", CONFIRM="dev")
    assert code == 0, output
    assert script.calls("terraform destroy")
    assert script.calls("aws sqs delete-queue")[0].endswith("--queue-url https://queue/orphaned")
    assert script.calls("terraform workspace delete dev")
