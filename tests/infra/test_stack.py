"""The script behind `make apply` and its kin, with programs that only write down their calls."""

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
    "image_tag": "before",
    "picture_signing": {"version": 7, "public_key": "-----BEGIN PUBLIC KEY-----\nA\n"},
    "protected": False,
    "region": "eu-central-1",
    "repositories": {name: f"registry/dev/{name}" for name in ("api", "worker", "resizer")},
    "task_definitions": {name: f"arn:{name}:2" for name in ("api", "worker", "resizer")},
    "url": "https://pictures.example.com",
    "web_settings": {"api": "", "signUp": True},
}

TERRAFORM = """#!/usr/bin/env bash
echo "terraform $*" >> "$CALLS"
case $1 in
  output) cat "$OUTPUTS" ;;
  plan) echo "signing ${TF_VAR_picture_signing:-}" >> "$CALLS"
        echo "private ${TF_VAR_picture_private_key:0:11}" >> "$CALLS" ;;
esac
"""

AWS = """#!/usr/bin/env bash
echo "aws $*" >> "$CALLS"
case "$1 $2" in
  "ecr describe-images") [ -n "${PUSHED:-}" ] ;;
  "ecr get-login-password") echo password ;;
  "ecs describe-services") printf '%s\\tarn:%s:%s\\n' "${STATE:-COMPLETED}" "$8" "${REVISION:-2}" ;;
  "s3 cp") [ "$3" != - ] || echo "stdin $(cat)" >> "$CALLS" ;;
  "sqs list-queues") echo "https://queue/left" ;;
esac
"""

#: Builds what a real one would, in the least form.
NPM = """#!/usr/bin/env bash
echo "npm $*" >> "$CALLS"
[ "$1" != run ] || { mkdir -p ../../web/dist/assets; echo page > ../../web/dist/index.html; }
"""

DOCKER = """#!/usr/bin/env bash
echo "docker $*" >> "$CALLS"
[ "$1" != login ] || cat >/dev/null
"""


PROGRAMS = {"terraform": TERRAFORM, "aws": AWS, "docker": DOCKER, "npm": NPM}


class Workbench:
    """A copy of the script in a repository of its own, and what it called."""

    def __init__(self, folder: Path) -> None:
        self.repository = folder / "repository"
        (self.repository / "infra").mkdir(parents=True)
        self.configuration = copy_configuration(self.repository / "infra")
        self.calls_file = folder / "calls"
        self.outputs = folder / "outputs.json"
        self.tell(OUTPUTS)
        programs = folder / "bin"
        programs.mkdir()
        for name, text in PROGRAMS.items():
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

    def tell(self, outputs: dict[str, Any]) -> None:
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

    def calls(self, beginning: str) -> list[str]:
        lines = self.calls_file.read_text().splitlines() if self.calls_file.exists() else []
        return [line for line in lines if line.startswith(beginning)]

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
def bench(tmp_path: Path) -> Workbench:
    return Workbench(tmp_path)


def test_environment_without_settings_is_named(bench: Workbench) -> None:
    """The message says what to copy, and nothing has been called."""
    code, printed = bench.run("apply", "prod")
    assert code == 1
    assert "environments/prod.tfvars is not there" in printed
    assert bench.calls("terraform") == []


def test_name_is_checked(bench: Workbench) -> None:
    """A name that could be a path or an option goes nowhere."""
    code, printed = bench.run("apply", "../dev")
    assert code == 1
    assert "is no name" in printed
    assert bench.calls("terraform") == []


def test_plan_changes_nothing(bench: Workbench) -> None:
    """In the environment's own workspace, with the image that runs."""
    code, _ = bench.run("plan")
    assert code == 0
    assert bench.calls("terraform workspace select -or-create dev")
    (plan,) = bench.calls("terraform plan")
    assert "-var-file=environments/dev.tfvars" in plan
    assert "image_tag=before" in plan
    assert bench.calls("terraform apply") == []


@pytest.mark.parametrize("answer", ["", "yes", "prod"])
def test_apply_asks(bench: Workbench, answer: str) -> None:
    """Only the environment's name is a yes."""
    code, printed = bench.run("apply", CONFIRM=answer)
    assert code == 1
    assert "nothing was changed" in printed
    assert bench.calls("terraform apply") == []


def test_apply_does_what_was_planned(bench: Workbench) -> None:
    """The plan that was shown, with the keys that are in use and without their private half."""
    code, printed = bench.run("apply", CONFIRM="dev")
    assert code == 0, printed
    (plan,) = bench.calls("terraform plan")
    (apply,) = bench.calls("terraform apply")
    assert apply.endswith(plan.split("-out=")[1].split()[0])
    assert '"version": 7' in bench.calls("signing")[0]
    assert bench.calls("private")[0] == "private "


@pytest.mark.parametrize("command", ["apply", "new-key"])
def test_keys_are_made_where_they_are_needed(bench: Workbench, command: str) -> None:
    """The first time, and when asked to; the number is not one that was there."""
    if command == "apply":
        bench.tell({**OUTPUTS, "picture_signing": None})
    code, printed = bench.run(command, CONFIRM="dev")
    assert code == 0, printed
    signing = json.loads(bench.calls("signing")[0].removeprefix("signing "))
    assert signing["version"] > 1_700_000_000
    assert signing["public_key"].startswith("-----BEGIN PUBLIC KEY-----\n")
    assert signing["public_key"].endswith("-----END PUBLIC KEY-----\n")
    assert bench.calls("private")[0] == "private -----BEGIN "
    assert "PRIVATE" not in printed


def test_deploy_rolls_the_commit_out(bench: Workbench) -> None:
    """Three images under the commit's name, for the right processor, before the roll-out."""
    code, printed = bench.run("deploy", CONFIRM="dev")
    assert code == 0, printed
    builds = bench.calls("docker buildx")
    assert len(builds) == 3
    for build, service in zip(builds, ("api", "worker", "resizer"), strict=True):
        assert "--platform linux/arm64" in build
        assert f"--tag registry/dev/{service}:{bench.tag()} --push" in build
    (plan,) = bench.calls("terraform plan")
    assert f"image_tag={bench.tag()}" in plan
    assert f"resizer runs {bench.tag()}" in printed


def test_deploy_publishes_the_web_application(bench: Workbench) -> None:
    """After the roll-out; hashed files for good, the page last, and then the edge is told."""
    code, printed = bench.run("deploy", CONFIRM="dev")
    assert code == 0, printed
    assert [call.split()[1] for call in bench.calls("npm")] == ["ci", "run"]
    calls = bench.calls("aws s3") + bench.calls("aws cloudfront")
    places = [next(word for word in call.split() if word.startswith("s3:")) for call in calls[:4]]
    assert places == ["s3://web/assets", "s3://web", "s3://web/config.json", "s3://web/index.html"]
    assert "max-age=31536000, immutable" in calls[0]
    assert all("--cache-control no-cache" in call for call in calls[1:4])
    assert "create-invalidation --distribution-id E1 --paths /index.html" in calls[4]
    assert [json.loads(line.removeprefix("stdin ")) for line in bench.calls("stdin")] == [
        OUTPUTS["web_settings"]
    ]


def test_deploy_builds_nothing_twice(bench: Workbench) -> None:
    """A tag never changes, so what is there stays."""
    code, printed = bench.run("deploy", CONFIRM="dev", PUSHED="yes")
    assert code == 0, printed
    assert bench.calls("docker") == []


@pytest.mark.parametrize("fault", [{"STATE": "FAILED"}, {"REVISION": "1"}])
def test_roll_back_is_a_failure(bench: Workbench, fault: dict[str, str]) -> None:
    """Whether ECS is still at it or already back at the earlier image."""
    code, printed = bench.run("deploy", CONFIRM="dev", **fault)
    assert code == 1
    assert "did not become healthy" in printed


def test_deploy_refuses_what_is_not_committed(bench: Workbench) -> None:
    """An image is named by its commit, and must be what that commit is."""
    (bench.repository / "new").write_text("new")
    code, printed = bench.run("deploy", CONFIRM="dev")
    assert code == 1
    assert "not committed" in printed
    assert bench.calls("docker") == []


def test_protected_stack_is_not_destroyed(bench: Workbench) -> None:
    """Whatever was answered: it takes an apply first."""
    bench.tell({**OUTPUTS, "protected": True})
    code, printed = bench.run("destroy", CONFIRM="dev")
    assert code == 1
    assert "is protected" in printed
    assert bench.calls("terraform destroy") == []


def test_destroy_asks(bench: Workbench) -> None:
    """What would go is shown, and stays."""
    code, _ = bench.run("destroy")
    assert code == 1
    assert "-destroy" in bench.calls("terraform plan")[0]
    assert bench.calls("terraform destroy") == []


def test_destroy_takes_what_the_api_left(bench: Workbench) -> None:
    """Queues of tasks that were killed are not Terraform's, and go too; so does the workspace."""
    code, printed = bench.run("destroy", CONFIRM="dev")
    assert code == 0, printed
    assert bench.calls("terraform destroy")
    assert bench.calls("aws sqs delete-queue")[0].endswith("--queue-url https://queue/left")
    assert bench.calls("terraform workspace delete dev")
