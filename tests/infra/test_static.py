"""Static checks of the Terraform configuration; nothing is applied."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.conftest import Applied
from infra.terraform import ROOT, SOURCE, Terraform, clean_environment, copy_configuration

MODULES = sorted(path.name for path in (SOURCE / "modules").iterdir())

#: Everything that has variables and a provider of its own.
ROOTS = [".", "bootstrap", "pipeline", "standby", *(f"modules/{name}" for name in MODULES)]

#: The environment that `requirements/infra.in` is installed into.
TOOLS = ROOT / os.environ.get("SIGHTLINE_INFRA_TOOLS", ".venv-infra") / "bin"


@pytest.fixture
def terraform(configuration: Path) -> Terraform:
    return Terraform(configuration, clean_environment())


def _find_tool(name: str) -> str:
    """Return the path of a checker. Without it, skip the test, or fail in CI."""
    for path in (shutil.which(name, path=str(TOOLS)), shutil.which(name)):
        if path:
            return path
    message = f"{name} is not installed: make test-infra installs it"
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)


def find_tool_data(path: str) -> Path:
    """Return the path of a data file in the environment of the checkers."""
    for file in (TOOLS.parent / "lib").glob(f"python*/site-packages/{path}"):
        return file
    message = f"{path} is not installed: make test-infra installs it"
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)


def test_files_are_formatted(terraform: Terraform) -> None:
    """`terraform fmt` has nothing to change."""
    terraform.run("fmt", "-check", "-recursive", "-diff")


def test_configuration_is_valid(terraform: Terraform) -> None:
    """`terraform validate` resolves every reference and knows every argument."""
    terraform.run("validate")


@pytest.mark.parametrize("name", sorted(path.name for path in SOURCE.glob("tests/*.tftest.hcl")))
def test_terraform_tests_pass(terraform: Terraform, name: str) -> None:
    """The tests in `tests/*.tftest.hcl` cover sizes, data protection and invalid settings."""
    output = terraform.run("test", "-no-color", f"-filter=tests/{name}")
    assert re.search(r"Success! [1-9]\d* passed, 0 failed", output), output


@pytest.mark.parametrize("script", ["reference", "costs"])
def test_readmes_are_up_to_date(script: str) -> None:
    """The generated tables match the configuration."""
    command = [sys.executable, str(ROOT / "infra" / "tools" / f"{script}.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("module", MODULES)
def test_modules_do_not_reference_each_other(module: str) -> None:
    """Only the root module wires modules together."""
    for file in (SOURCE / "modules" / module).glob("*.tf"):
        assert not re.search(r"^module ", file.read_text(), re.MULTILINE), file


@pytest.mark.parametrize("module", ROOTS)
def test_variables_are_described(module: str) -> None:
    """Each has a description and a type, and is nullable only if its default is null."""
    for text in _blocks((SOURCE / module / "variables.tf").read_text(), "variable"):
        assert re.search(r"^  description +=", text, re.MULTILINE), text
        assert re.search(r"^  type +=", text, re.MULTILINE), text
        nullable = re.search(r"^  default += null$", text, re.MULTILINE)
        assert bool(nullable) != bool(re.search(r"^  nullable += false$", text, re.MULTILINE)), text


@pytest.mark.parametrize("module", ROOTS)
def test_provider_is_pinned(module: str) -> None:
    """The version is exact, because a lock file would hold the checksums of one platform only."""
    assert 'version = "5.100.0"' in (SOURCE / module / "versions.tf").read_text()


def _blocks(text: str, kind: str) -> Iterator[str]:
    for match in re.finditer(rf'^{kind} "\w+" {{\n((?s:.*?))^}}', text, re.MULTILINE):
        yield match[0]


def test_checkov_finds_no_unexplained_issue(configuration: Path) -> None:
    """Every finding is fixed, or skipped in place with a reason."""
    command = [_find_tool("checkov"), "--directory", ".", "--framework", "terraform"]
    command += ["--skip-download", "--compact", "--output", "json", "--skip-path", r"\.terraform"]
    done = subprocess.run(
        command, cwd=configuration, env=clean_environment(), capture_output=True, text=True
    )
    results = json.loads(done.stdout)["results"]
    failed = [f"{each['check_id']} {each['resource']}" for each in results["failed_checks"]]
    assert failed == []
    assert len(results["passed_checks"]) > 500
    # A skip without a finding is obsolete.
    used = {(each["file_path"], each["check_id"]) for each in results["skipped_checks"]}
    written = {
        (f"/{file.relative_to(SOURCE)}", check)
        for file in SOURCE.rglob("*.tf")
        if ".terraform" not in file.parts
        for check in re.findall(r"checkov:skip=(\w+):\S", file.read_text())
    }
    assert written - used == set()


@pytest.mark.parametrize("script", ["delivery", "stack"])
def test_shellcheck_finds_no_issue(script: str) -> None:
    """The scripts pass ShellCheck."""
    done = subprocess.run(
        [_find_tool("shellcheck"), str(SOURCE / script)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("example", ["dev", "prod"])
def test_examples_can_be_planned(
    configuration: Path, cloud: str, example: str, tmp_path: Path
) -> None:
    """The example settings produce a plan, with and without a domain."""
    folder = copy_configuration(tmp_path)
    terraform = Terraform(folder, clean_environment(cloud))
    terraform.init()
    zone = (
        Applied(terraform, {}, cloud)
        .client("route53")
        .create_hosted_zone(Name="example.com", CallerReference=example)
    )
    try:
        terraform.run(
            "plan",
            "-input=false",
            f"-var-file=environments/{example}.tfvars.example",
            "-var=max_retries=2",
        )
    finally:
        Applied(terraform, {}, cloud).client("route53").delete_hosted_zone(
            Id=zone["HostedZone"]["Id"]
        )
