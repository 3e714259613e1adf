"""The steps of a delivery, as the pipeline and the GitHub workflows run them."""

import os
import re
import shutil
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from infra.terraform import ROOT, SOURCE
from infra.test_stack import OUTPUTS, ScriptRunner
from infra.tools import load_tool

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
BUILDSPECS = sorted((SOURCE / "pipeline" / "buildspecs").glob("*.yml"))

DELIVERY = "infra/terraform/delivery"

#: Commands besides make targets and scripts of the repository: values of a build, publication.
OTHER_COMMANDS = (
    r'export [A-Z_]+="\$\(cat [a-z/]+\.txt\)"',
    r"(?:cat|echo) [^|;&]* >> \"\$GITHUB_(?:STEP_SUMMARY|OUTPUT)\"",
    r"docker (?:login|buildx build) .*",
    r"npm publish dist/npm/\*\.tgz --access public",
    r"gh release create .*",
)


def find_commands(file: Path) -> list[str]:
    """Return the commands of a build specification or of a workflow."""
    content = YAML(typ="safe").load(file)
    if "phases" in content:
        return [each for phase in content["phases"].values() for each in phase["commands"]]
    steps = [step for job in content["jobs"].values() for step in job.get("steps", [])]
    return [step["run"] for step in steps if "run" in step]


def find_make_targets() -> set[str]:
    text = (ROOT / "Makefile").read_text()
    return set(re.findall(r"^([a-z-]+):.*## ", text, re.MULTILINE))


def find_delivery_steps() -> dict[str, int]:
    """Return the number of arguments of each step of the script."""
    text = (ROOT / DELIVERY).read_text()
    found = re.findall(r'^  "(\w+) (\d)"\)', text, re.MULTILINE)
    return {name: int(count) for name, count in found}


ALL_COMMANDS = sorted(
    {command for file in (*BUILDSPECS, *WORKFLOWS) for command in find_commands(file)}
)


@pytest.mark.parametrize("command", ALL_COMMANDS)
def test_commands_are_those_of_the_repository(command: str) -> None:
    """Each is a make target or a script with the right arguments, and valid in Bash."""
    subprocess.run(["bash", "-n", "-c", command], check=True)
    program, *arguments = command.partition(" > ")[0].split()
    if program == "make":
        targets = [each for each in arguments if not each.startswith("-") and "=" not in each]
        assert targets
        assert set(targets) <= find_make_targets()
    elif program == DELIVERY:
        assert find_delivery_steps()[arguments[0]] == len(re.findall(r'"[^"]*"|\S+', command)) - 1
    elif program == "sudo":
        assert os.access(ROOT / arguments[-1], os.X_OK)
    else:
        assert any(re.fullmatch(pattern, command) for pattern in OTHER_COMMANDS)


@pytest.mark.parametrize("file", BUILDSPECS, ids=lambda file: file.stem)
def test_build_specifications_have_the_documented_keys(file: Path) -> None:
    """https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html."""
    content: dict[str, Any] = YAML(typ="safe").load(file)
    assert content["version"] == 0.2
    assert set(content) <= {"version", "env", "phases", "artifacts"}
    assert content["env"]["shell"] == "bash"
    assert set(content["phases"]) <= {"install", "build"}
    exported = {
        match[1]
        for command in find_commands(file)
        if (match := re.match(r"export (\w+)=", command))
    }
    assert exported == set(content["env"].get("exported-variables", []))


def test_every_project_of_the_pipeline_has_a_build_specification() -> None:
    text = (SOURCE / "pipeline" / "projects.tf").read_text()
    projects = re.findall(r"^    (\w+) = \{$", text, re.MULTILINE)
    assert sorted(projects) == [file.stem for file in BUILDSPECS]


def test_pipeline_and_workflows_check_the_same() -> None:
    """A pull request runs what the pipeline runs before it builds the images."""
    gate = set(find_commands(SOURCE / "pipeline" / "buildspecs" / "gate.yml"))
    fast = {command.partition(" JOBS")[0] for command in find_commands(WORKFLOWS[0])}
    assert WORKFLOWS[0].name == "ci.yml"
    assert {each for each in gate if each.startswith("make ")} <= fast


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.stem)
def test_workflows_are_limited(file: Path) -> None:
    """Each job states its permissions and time limit, and each action is pinned by its commit."""
    content = YAML(typ="safe").load(file)
    assert content["permissions"] == {}
    for job in content["jobs"].values():
        assert job["permissions"]
        assert "uses" in job or job["timeout-minutes"] <= 240
        for step in job.get("steps", []):
            if "uses" in step:
                assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", step["uses"])
            if step.get("uses", "").startswith("actions/checkout"):
                assert step["with"] == {"persist-credentials": False}


def test_same_action_has_one_version() -> None:
    pinned = {
        match[1]
        for file in WORKFLOWS
        for match in re.finditer(r"uses: (\S+@\S+ # \S+)", file.read_text())
    }
    names = [each.partition("@")[0] for each in pinned]
    assert len(names) == len(set(names)) > 5


def test_environments_of_the_workflows_are_those_that_the_roles_trust() -> None:
    """A job that requests a token runs in an environment of the bootstrap, or publishes."""
    text = (SOURCE / "bootstrap" / "variables.tf").read_text()
    assert 'default     = ["dev", "prod"]' in text
    assert 'default     = "plan"' in text
    trusted = {"dev", "prod", "plan", "pypi", "npm", "${{ inputs.environment }}"}
    for file in WORKFLOWS:
        for job in YAML(typ="safe").load(file)["jobs"].values():
            if "uses" in job:
                assert job.get("with", {}).get("environment", "dev") in trusted
            elif "id-token" in job["permissions"]:
                environment = job["environment"]
                name = environment if isinstance(environment, str) else environment["name"]
                assert name in trusted


ACCOUNT = "123456789012"

TERRAFORM_SHOW = """#!/usr/bin/env bash
echo "terraform $*" >> "$CALLS"
case $1 in
  init) echo "versions" > .terraform.lock.hcl ;;
  output) cat "$OUTPUTS" ;;
  plan) for option in "$@"; do
          [[ $option != -out=* ]] || echo "the plan" > "${option#-out=}"
        done ;;
  show) echo "Plan: 1 to add, 2 to change, 0 to destroy." ;;
  apply) echo "applied $(cat "${@: -1}")" >> "$CALLS" ;;
esac
"""

AWS_WITH_ACCOUNT = """#!/usr/bin/env bash
[ "$1 $2" != "sts get-caller-identity" ] || { echo "123456789012"; exit; }
[ "$1 $2" != "ecr batch-get-image" ] || { echo "$BATCH"; exit; }
# The fake program has another variable of this name.
unset REVISION
"""


class Steps:
    """Runs the script with fake programs, in a copy of the configuration."""

    def __init__(self, folder: Path) -> None:
        self.script = ScriptRunner(folder)
        self.root = self.script.repository
        programs = folder / "bin"
        aws = (programs / "aws").read_text().removeprefix("#!/usr/bin/env bash\n")
        (programs / "aws").write_text(AWS_WITH_ACCOUNT + aws)
        (programs / "terraform").write_text(TERRAFORM_SHOW)
        # A version manager would put its own programs first in the path.
        (programs / "python3").write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
        (programs / "python3").chmod(stat.S_IRWXU)
        (self.root / "infra" / "tools").mkdir()
        shutil.copy(ROOT / "infra" / "tools" / "release.py", self.root / "infra" / "tools")
        self.release = self.root / "delivery" / "release"
        self.plan = self.root / "delivery" / "plan"

    def write_release(self, digest: str = "sha256:1") -> None:
        """Write the artifact of the release step."""
        (self.release / "web").mkdir(parents=True)
        (self.release / "web" / "index.html").write_text("page")
        (self.release / "web" / "assets").mkdir()
        registry = f"{ACCOUNT}.dkr.ecr.eu-central-1.amazonaws.com"
        images = {
            service: f'{{"repository": "{registry}/sightline-dev/{service}", "digest": "{digest}"}}'
            for service in ("api", "worker", "resizer", "notifier")
        }
        entries = ", ".join(f'"{name}": {image}' for name, image in images.items())
        (self.release / "images.json").write_text(
            f'{{"tag": "{"a" * 12}", "images": {{{entries}}}}}'
        )

    def run(self, *arguments: str, **environment: str) -> tuple[int, str]:
        variables = {
            "AWS_REGION": "eu-central-1",
            "REVISION": "a" * 40,
            "BATCH": '{"images": [{"imageId": {"imageDigest": "sha256:1"}}]}',
        }
        done = subprocess.run(
            [self.script.configuration / "delivery", *arguments],
            env=self.script.environment | variables | environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        return done.returncode, done.stdout + done.stderr


@pytest.fixture
def steps(tmp_path: Path) -> Steps:
    return Steps(tmp_path)


def test_plan_is_an_artifact_with_its_text_and_summary(steps: Steps) -> None:
    """It uses the settings and the backend of the pipeline, and the tag of the release."""
    code, output = steps.run("plan", "qa", SETTINGS='environment = "qa"', BACKEND="terraform {}")
    assert code == 0, output
    assert (steps.plan / "tfplan").read_text() == "the plan\n"
    assert (
        steps.plan / "summary.txt"
    ).read_text() == "Plan: 1 to add, 2 to change, 0 to destroy.\n"
    assert (steps.plan / "terraform.lock.hcl").read_text() == "versions\n"
    configuration = steps.script.configuration
    assert (configuration / "environments" / "qa.tfvars").read_text() == 'environment = "qa"\n'
    assert (configuration / "backend.tf").read_text() == "terraform {}\n"
    (call,) = steps.script.calls("terraform plan")
    assert f"image_tag={'a' * 12}" in call
    assert steps.script.calls("terraform apply") == []


def test_apply_takes_the_plan_and_the_images_of_the_release(steps: Steps) -> None:
    """Nothing is planned or built again, and the approval replaces the confirmation."""
    assert steps.run("plan", "dev")[0] == 0
    steps.write_release()
    code, output = steps.run("apply", "dev")
    assert code == 0, output
    assert steps.script.calls("applied") == ["applied the plan"]
    assert len(steps.script.calls("terraform plan")) == 1
    assert steps.script.calls("docker buildx") == []
    assert steps.script.calls("npm") == []
    assert (steps.root / "delivery" / "url.txt").read_text().strip() == OUTPUTS["url"]
    (record,) = steps.script.calls("aws ssm put-parameter")
    assert "a" * 12 in record
    assert steps.script.calls("aws s3 cp ../../web/dist/index.html") != []


def test_nothing_is_applied_if_an_image_differs(steps: Steps) -> None:
    assert steps.run("plan", "dev")[0] == 0
    steps.write_release(digest="sha256:2")
    code, output = steps.run("apply", "dev")
    assert code == 1
    assert "is sha256:1, and not sha256:2" in output
    assert steps.script.calls("applied") == []


def test_artifacts_of_codebuild_are_found_by_their_names(steps: Steps, tmp_path: Path) -> None:
    assert steps.run("plan", "dev")[0] == 0
    steps.write_release()
    moved = {"CODEBUILD_SRC_DIR_release": "release", "CODEBUILD_SRC_DIR_plan_dev": "plan"}
    for name, folder in moved.items():
        shutil.move(steps.root / "delivery" / folder, tmp_path / name)
    code, output = steps.run("apply", "dev", **{name: str(tmp_path / name) for name in moved})
    assert code == 0, output
    assert steps.script.calls("applied") == ["applied the plan"]


def test_plans_on_github_are_encrypted(steps: Steps) -> None:
    """The plan contains secret settings, and readers of a repository can download artifacts."""
    code, output = steps.run("plan", "dev", GITHUB_ACTIONS="true")
    assert code == 1
    assert "PLAN_KEY is empty" in output
    assert steps.run("plan", "dev", GITHUB_ACTIONS="true", PLAN_KEY="passphrase")[0] == 0
    assert not (steps.plan / "tfplan").exists()
    assert b"the plan" not in (steps.plan / "tfplan.enc").read_bytes()
    steps.write_release()
    assert steps.run("apply", "dev", PLAN_KEY="wrong")[0] != 0
    assert steps.script.calls("applied") == []
    assert steps.run("apply", "dev", PLAN_KEY="passphrase")[0] == 0
    assert steps.script.calls("applied") == ["applied the plan"]


@pytest.mark.parametrize(("output", "message"), [("cluster", "make apply"), ("url_signing", "key")])
def test_a_stack_is_not_created_by_a_delivery(steps: Steps, output: str, message: str) -> None:
    """The first apply needs an operator: it creates the key that signs image URLs."""
    steps.script.set_outputs({**OUTPUTS, output: None})
    code, text = steps.run("plan", "dev")
    assert code == 1
    assert message in text
    assert steps.script.calls("terraform plan") == []


def test_revision_of_a_bucket_becomes_a_tag(steps: Steps) -> None:
    """Versions of objects contain characters that a tag must not have."""
    assert steps.run("plan", "dev", REVISION="3/L4kqtJlcpXroDTDmJ+rmSpXd3dIbrHY")[0] == 0
    (call,) = steps.script.calls("terraform plan")
    assert re.search(r"image_tag=[0-9a-f]{12}( |$)", call)


@pytest.mark.parametrize("arguments", [(), ("plan",), ("smoke", "a", "b"), ("unknown", "dev")])
def test_wrong_arguments_show_the_usage(steps: Steps, arguments: tuple[str, ...]) -> None:
    code, output = steps.run(*arguments)
    assert code == 2
    assert "infra/terraform/delivery smoke URL" in output


PAGES = {
    "/health": (200, '{"status": "ok"}'),
    "/v1/images": (401, '{"code": "token_missing"}'),
    "/config.json": (200, '{"api": "", "cognito": {}}'),
    "/": (200, '<script type="module"></script>'),
}


@pytest.fixture
def site() -> Iterator[tuple[str, dict[str, tuple[int, str]]]]:
    """A server with the pages of a stack, which a test may replace."""
    pages = dict(PAGES)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, text = pages[self.path]
            self.send_response(status)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", pages
    server.shutdown()
    thread.join()
    server.server_close()


def smoke(url: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"SMOKE_ATTEMPTS": "2", "SMOKE_PAUSE_SECONDS": "0"}
    command = [str(ROOT / DELIVERY), "smoke", url]
    return subprocess.run(command, env=environment, capture_output=True, text=True)


def test_smoke_test_passes_for_a_complete_stack(
    site: tuple[str, dict[str, tuple[int, str]]],
) -> None:
    done = smoke(f"{site[0]}/")
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == len(PAGES)


@pytest.mark.parametrize("path", PAGES)
def test_smoke_test_fails_if_a_page_is_wrong(
    site: tuple[str, dict[str, tuple[int, str]]], path: str
) -> None:
    """The api is down, does not check tokens, or the web application is not published."""
    url, pages = site
    pages[path] = (503, "unavailable") if path != "/v1/images" else (200, '{"images": []}')
    done = smoke(url)
    assert done.returncode == 1
    assert f"{url}{path} does not respond with" in done.stderr


version = load_tool("version")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with two projects of the version 0.2.0, and a changelog."""
    for name in ("services/api", "clients/python"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "pyproject.toml").write_text('[project]\nversion = "0.2.0"\n')
    for name in version.NODE_PROJECTS:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text('{"version": "0.2.0"}')
    (tmp_path / "CHANGELOG.md").write_text(
        "# Changelog\n\n## [0.3.0] - Unreleased\n\n- Later.\n\n"
        "## [0.2.0] - 2026-12-01\n\n### Added\n\n- Albums.\n\n## [0.1.0] - 2026-01-01\n\n- First.\n"
    )
    return tmp_path


def test_consistent_versions_can_be_released(repository: Path) -> None:
    assert list(version.find_problems(repository, "0.2.0")) == []


def test_differing_versions_and_missing_dates_are_reported(repository: Path) -> None:
    (repository / "clients" / "python" / "pyproject.toml").write_text(
        '[project]\nversion = "0.3.0"\n'
    )
    assert list(version.find_problems(repository, "0.2.0")) == [
        "clients/python/pyproject.toml has the version 0.3.0"
    ]
    problems = list(version.find_problems(repository, "0.3.0"))
    assert problems[-1] == "CHANGELOG.md has no date for [0.3.0], but: Unreleased"
    assert "CHANGELOG.md has no section [9.9.9]" in version.find_problems(repository, "9.9.9")


def test_release_notes_are_one_section_of_the_changelog(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    version.print_notes(repository, "0.2.0")
    assert capsys.readouterr().out == "### Added\n\n- Albums.\n"


def test_all_projects_of_this_repository_have_the_same_version() -> None:
    assert len(set(version.read_versions(ROOT).values())) == 1
