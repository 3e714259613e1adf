"""The `stack` script, run with fake programs that record their calls."""

import json
import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from infra.terraform import copy_configuration

SERVICES = ("api", "worker", "resizer", "notifier")

#: `ops` is the image of the scheduled tasks.
IMAGES = (*SERVICES, "ops")

OUTPUTS: dict[str, Any] = {
    "architecture": "ARM64",
    "buckets": {"web": "web"},
    "cluster": "sightline-dev",
    "distribution_id": "E1",
    "event_queue_prefix": "sightline-dev-events-",
    "image_tag": "applied",
    "image_tag_parameter": "/sightline-dev/image-tag",
    "url_signing": {
        "version": 7,
        "public_key": "-----BEGIN PUBLIC KEY-----\nA\n",
        "other_public_keys": ["-----BEGIN PUBLIC KEY-----\nB\n"],
    },
    "protected": False,
    "region": "eu-central-1",
    "repositories": {name: f"registry/dev/{name}" for name in IMAGES},
    "task_definitions": {name: f"arn:{name}:2" for name in SERVICES},
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
  "ssm get-parameter") echo "${TAG:-current}" ;;
  "iam get-role") [ -n "${ROLE:-}" ] ;;
  "ecs describe-services")
    [[ $* != *taskSets* ]] || { echo "${PRIMARY:-arn:api:1}"; exit; }
    printf '%s\\tarn:%s:%s\\t%s\\n' "${STATE:-COMPLETED}" "$8" "${REVISION:-2}" "${DESIRED:-1}" ;;
  "deploy create-deployment") echo d-1 ;;
  "deploy get-deployment-target")
    echo step >> "$CALLS.steps"
    printf 'AfterAllowTraffic\\t%s\\n' "$(( $(wc -l < "$CALLS.steps") > 2 ? 100 : 10 ))" ;;
  "deploy get-deployment")
    steps=$(wc -l 2>/dev/null < "$CALLS.steps" || echo 0)
    [ "$steps" -gt 3 ] || { printf 'InProgress\\tNone\\n'; exit; }
    printf '%b\\n' "${SHIFT:-Succeeded\\tNone}" ;;
  "ecs run-task") echo arn:task ;;
  "ecs describe-tasks") printf '%b\\n' "${TASK:-RUNNING\\tHEALTHY}" ;;
  "ecs list-task-definitions") echo "arn:$6:1" ;;
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
            # A wrapper of a version manager would take longer than what the script does in Python.
            "PATH": f"{programs}:{sys.base_prefix}/bin:{os.environ['PATH']}",
            "HOME": str(folder),
            "CALLS": str(self.calls_file),
            "OUTPUTS": str(self.outputs),
            "GIT_CONFIG_GLOBAL": os.devnull,
            "PROPAGATION_SECONDS": "0",
            "POLL_SECONDS": "0",
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


def test_apply_keeps_the_images_that_became_healthy(script: ScriptRunner) -> None:
    """The tag is read from its parameter: the state may have one that ECS rolled back."""
    code, output = script.run("apply", CONFIRM="dev")
    assert code == 0, output
    (plan,) = script.calls("terraform plan")
    assert "image_tag=current" in plan


def test_apply_before_the_first_deployment_has_no_tag(script: ScriptRunner) -> None:
    """The value `none` means that no images are deployed."""
    code, output = script.run("apply", CONFIRM="dev", TAG="none")
    assert code == 0, output
    assert "image_tag" not in script.calls("terraform plan")[0]


def test_apply_without_the_parameter_keeps_the_applied_images(script: ScriptRunner) -> None:
    """A stack that was created before the parameter existed keeps its images."""
    script.set_outputs({**OUTPUTS, "image_tag_parameter": None})
    code, output = script.run("apply", CONFIRM="dev")
    assert code == 0, output
    assert "image_tag=applied" in script.calls("terraform plan")[0]


@pytest.mark.parametrize(
    ("cluster", "role", "creates"), [(None, "", True), (None, "yes", False), ("dev", "", False)]
)
def test_first_apply_creates_the_service_linked_role_of_ecs(
    script: ScriptRunner, cluster: str | None, role: str, creates: bool
) -> None:
    """It is created if the account has none, because the first services would fail without it."""
    script.set_outputs({**OUTPUTS, "cluster": cluster})
    code, output = script.run("apply", CONFIRM="dev", ROLE=role)
    assert code == 0, output
    expected = ["aws iam create-service-linked-role --aws-service-name ecs.amazonaws.com"]
    assert script.calls("aws iam create") == (expected if creates else [])


def _signing_keys(script: ScriptRunner) -> list[dict[str, Any]]:
    """Return the value of `url_signing` in each plan."""
    return [json.loads(call.removeprefix("signing ")) for call in script.calls("signing")]


def test_key_pair_is_generated_on_first_apply(script: ScriptRunner) -> None:
    """The private key is passed in memory, and is not output."""
    script.set_outputs({**OUTPUTS, "url_signing": None})
    code, output = script.run("apply", CONFIRM="dev")
    assert code == 0, output
    (signing,) = _signing_keys(script)
    assert signing["version"] > 1_700_000_000
    assert signing["public_key"].startswith("-----BEGIN PUBLIC KEY-----\n")
    assert signing["public_key"].endswith("-----END PUBLIC KEY-----\n")
    assert signing["other_public_keys"] == []
    assert script.calls("private")[0] == "private -----BEGIN "
    assert "PRIVATE" not in output


def test_rotation_accepts_the_new_key_before_the_api_uses_it(script: ScriptRunner) -> None:
    """One apply adds the key to CloudFront; another uses it, and still accepts the old one."""
    code, output = script.run("rotate-key", CONFIRM="dev")
    assert code == 0, output
    current = OUTPUTS["url_signing"]
    added, switched = _signing_keys(script)
    assert (added["version"], added["public_key"]) == (7, current["public_key"])
    assert added["other_public_keys"] == [switched["public_key"]]
    assert switched["version"] > 1_700_000_000
    assert switched["other_public_keys"] == [current["public_key"]]
    assert script.calls("private") == ["private ", "private -----BEGIN "]
    assert "PRIVATE" not in output
    order = [
        call.split(" -")[0]
        for call in script.calls("")
        if call.startswith(("terraform apply", "aws cloudfront wait"))
    ]
    assert order == [
        "terraform apply",
        "aws cloudfront wait distribution-deployed",
        "terraform apply",
    ]


def test_revocation_accepts_the_current_key_only(script: ScriptRunner) -> None:
    """URLs that were signed with earlier keys are rejected, those of the current key are not."""
    code, output = script.run("revoke-key", CONFIRM="dev")
    assert code == 0, output
    (signing,) = _signing_keys(script)
    assert signing == {**OUTPUTS["url_signing"], "other_public_keys": []}


@pytest.mark.parametrize("command", ["rotate-key", "revoke-key"])
def test_key_commands_require_a_key(script: ScriptRunner, command: str) -> None:
    """Without URL signing there is nothing to rotate."""
    script.set_outputs({**OUTPUTS, "url_signing": None})
    code, output = script.run(command, CONFIRM="dev")
    assert code == 1
    assert "the stack has no key that signs image URLs" in output
    assert script.calls("terraform plan") == []


def test_deploy_rolls_out_the_current_commit(script: ScriptRunner) -> None:
    """It builds the images for the right platform and tags them with the commit."""
    code, output = script.run("deploy", CONFIRM="dev")
    assert code == 0, output
    builds = script.calls("docker buildx")
    assert len(builds) == len(IMAGES)
    for build, service in zip(builds, IMAGES, strict=True):
        assert "--platform linux/arm64" in build
        assert f"--file ../../services/{service}/Dockerfile" in build
        assert f"--tag registry/dev/{service}:{script.tag()} --push" in build
    (plan,) = script.calls("terraform plan")
    assert f"image_tag={script.tag()}" in plan
    # The state is read before and after the apply, not once for each value.
    assert len(script.calls("terraform output")) == 2
    assert f"resizer runs {script.tag()}" in output
    # Recorded after the rollout, so that no later apply ships images that were rolled back.
    order = [call for call in script.calls("aws") if "put-parameter" in call or "ecs" in call]
    assert order[-1].startswith("aws ssm put-parameter")
    assert f"--name /sightline-dev/image-tag --value {script.tag()} " in order[-1]


def test_deploy_without_a_notifier(script: ScriptRunner) -> None:
    """Its image is pushed, so that an apply can add the service, but there is no rollout."""
    definitions = {name: f"arn:{name}:2" for name in SERVICES if name != "notifier"}
    script.set_outputs({**OUTPUTS, "task_definitions": definitions})
    code, output = script.run("deploy", CONFIRM="dev")
    assert code == 0, output
    assert len(script.calls("docker buildx")) == len(IMAGES)
    assert "notifier runs" not in output


def test_deploy_requires_the_repositories(script: ScriptRunner) -> None:
    """A stack of an earlier version lacks that of the notifier until it is applied."""
    repositories = {name: f"registry/dev/{name}" for name in IMAGES if name != "notifier"}
    script.set_outputs({**OUTPUTS, "repositories": repositories})
    code, output = script.run("deploy", CONFIRM="dev")
    assert code == 1
    assert "notifier has no repository yet: run make apply ENV=dev first" in output
    assert script.calls("terraform plan") == []


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
    # Browsers find a new version by the service worker.
    assert {"/sw.js", "/app.webmanifest"} <= set(calls[4].split())
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
    assert script.calls("aws ssm put-parameter") == []


def test_deploy_tries_one_task_of_a_resting_service(script: ScriptRunner) -> None:
    """A rollout to zero tasks completes at once, so one task must become healthy first."""
    code, output = script.run("deploy", CONFIRM="dev", DESIRED="0")
    assert code == 0, output
    tasks = script.calls("aws ecs run-task")
    assert len(tasks) == len(SERVICES)
    assert "--task-definition arn:api:2" in tasks[0]
    assert len(script.calls("aws ecs stop-task")) == len(SERVICES)
    assert script.calls("aws ssm put-parameter")


@pytest.mark.parametrize("task", ["STOPPED\\tUNKNOWN", "RUNNING\\tUNHEALTHY"])
def test_deploy_rolls_back_a_resting_service(script: ScriptRunner, task: str) -> None:
    """If its task fails, the service gets its earlier task definition, and no tag is recorded."""
    code, output = script.run("deploy", CONFIRM="dev", DESIRED="0", TASK=task)
    assert code == 1
    assert "api did not become healthy and was rolled back" in output
    (restored,) = script.calls("aws ecs update-service")
    assert restored.endswith("--service api --task-definition arn:api:2")
    assert script.calls("aws ssm put-parameter") == []


CANARY: dict[str, Any] = {
    "application": "sightline-dev-api",
    "deployment_group": "api-canary",
    "service": "api-canary",
    "hook": "arn:aws:lambda:eu-central-1:123456789012:function:sightline-dev-api-smoke-test",
    "settings": {
        "PlatformVersion": "1.4.0",
        "LoadBalancerInfo": {"ContainerName": "api", "ContainerPort": 8000},
    },
}


def _deployment_requests(script: ScriptRunner) -> list[dict[str, Any]]:
    """Return the input of each call that starts a canary deployment."""
    calls = script.calls("aws deploy create-deployment")
    return [json.loads(re.findall(r"--cli-input-json (\{.*\}) --query", call)[0]) for call in calls]


def test_new_task_definition_starts_a_canary_deployment(script: ScriptRunner) -> None:
    """It repeats the settings of the service, runs the smoke test, and shows its progress."""
    script.set_outputs({**OUTPUTS, "canary": CANARY})
    code, output = script.run("deploy", CONFIRM="dev")
    assert code == 0, output
    (request,) = _deployment_requests(script)
    assert request["applicationName"] == "sightline-dev-api"
    assert request["deploymentGroupName"] == "api-canary"
    assert "overrideAlarmConfiguration" not in request
    content = json.loads(request["revision"]["appSpecContent"]["content"])
    (resource,) = content["Resources"]
    assert resource["TargetService"]["Properties"] == {
        "TaskDefinition": "arn:api:2",
        **CANARY["settings"],
    }
    assert content["Hooks"] == [{"AfterAllowTestTraffic": CANARY["hook"]}]
    assert "traffic of the new tasks: 10%" in output
    assert "traffic of the new tasks: 100%" in output
    # Each step once, however often it is read.
    assert output.count("traffic of the new tasks") == 2
    assert "stop-deployment --region eu-central-1 --deployment-id d-1" in output
    # The tag is recorded at the end: a later apply must not ship an image that was rolled back.
    calls = [" ".join(call.split()[1:3]) for call in script.calls("aws")]
    last_check = len(calls) - 1 - calls[::-1].index("deploy get-deployment")
    assert last_check < calls.index("ssm put-parameter")
    # The consumers are still rolled out by ECS.
    rollouts = [call for call in script.calls("aws ecs describe") if "deployments" in call]
    assert [call.split("--services ")[1].split()[0] for call in rollouts] == [
        "worker",
        "resizer",
        "notifier",
    ]


def test_applied_plan_of_a_delivery_starts_a_canary_deployment(script: ScriptRunner) -> None:
    """A pipeline applies the plan that was approved, and shifts the traffic in the same way."""
    script.set_outputs({**OUTPUTS, "canary": CANARY})
    code, output = script.run("apply", CONFIRM="dev", PLAN_FILE="approved.tfplan")
    assert code == 0, output
    assert len(_deployment_requests(script)) == 1


def test_apply_without_a_new_task_definition_starts_no_deployment(script: ScriptRunner) -> None:
    script.set_outputs({**OUTPUTS, "canary": CANARY})
    code, output = script.run("apply", CONFIRM="dev", PRIMARY="arn:api:2")
    assert code == 0, output
    assert script.calls("aws deploy") == []


def test_deploy_fails_on_a_rollback_of_the_canary(script: ScriptRunner) -> None:
    """The reason is shown, and the tag is not recorded. An incident's alarms can be ignored."""
    script.set_outputs({**OUTPUTS, "canary": CANARY})
    code, output = script.run(
        "deploy", CONFIRM="dev", SHIFT="Stopped\\tAn alarm is active.", ALARMS="ignore"
    )
    assert code == 1
    (request,) = _deployment_requests(script)
    assert request["overrideAlarmConfiguration"] == {"enabled": False, "alarms": []}
    assert "the deployment of the api was rolled back: An alarm is active." in output
    assert script.calls("aws ssm put-parameter") == []


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


def test_destroy_removes_what_terraform_keeps(script: ScriptRunner) -> None:
    """Earlier task definitions, and a log group that ECS creates again."""
    code, output = script.run("destroy", CONFIRM="dev")
    assert code == 0, output
    families = [f"sightline-dev-{name}" for name in SERVICES]
    for command in ("deregister-task-definition", "delete-task-definitions"):
        calls = script.calls(f"aws ecs {command}")
        assert [call.split()[-1] for call in calls] == [f"arn:{name}:1" for name in families]
    (deleted,) = script.calls("aws logs delete-log-group")
    assert deleted.endswith("/aws/ecs/containerinsights/sightline-dev/performance")
