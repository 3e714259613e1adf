"""The Terraform command line, run on a copy of the configuration and never against AWS."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Json = dict[str, Any]

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "infra" / "terraform"

#: Concurrent resource operations of Terraform.
PARALLELISM = 16

_EXCLUDED_PATTERNS = (".terraform*", "*.tfstate*", "*.tfvars", "backend.tf", "keys")


class Terraform:
    """A directory with a Terraform configuration."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder = folder
        self._environment = environment

    def run(self, *arguments: str) -> str:
        """Run a command and return its output. Raises `AssertionError` if it fails."""
        done = subprocess.run(
            ["terraform", *arguments],
            cwd=self.folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, f"terraform {arguments[0]}: {done.stdout[-4000:]}{done.stderr}"
        return done.stdout

    def init(self) -> None:
        self.run("init", "-input=false", "-backend=false")

    def apply(self, *options: str) -> str:
        return self.run(
            "apply",
            "-input=false",
            "-auto-approve",
            "-no-color",
            f"-parallelism={PARALLELISM}",
            *options,
        )

    def destroy(self, *options: str) -> None:
        self.run(
            "destroy",
            "-input=false",
            "-auto-approve",
            "-no-color",
            f"-parallelism={PARALLELISM}",
            *options,
        )

    def plan(self, *arguments: str) -> Json:
        """Return the changes that an apply with these further arguments would make."""
        self.run(
            "plan", "-input=false", "-out=test.tfplan", f"-parallelism={PARALLELISM}", *arguments
        )
        plan: Json = json.loads(self.run("show", "-json", "test.tfplan"))
        return plan

    def outputs(self) -> Json:
        outputs = json.loads(self.run("output", "-json"))
        return {name: output["value"] for name, output in outputs.items()}

    def state(self) -> Json:
        """Return the state with the values of all resources."""
        state: Json = json.loads(self.run("show", "-json"))
        return state

    def resources(self) -> list[str]:
        return self.run("state", "list").split()


def copy_configuration(folder: Path) -> Path:
    """Copy the configuration without state and personal settings, and package its functions."""
    copied = Path(
        shutil.copytree(
            SOURCE, folder / "terraform", ignore=shutil.ignore_patterns(*_EXCLUDED_PATTERNS)
        )
    )
    subprocess.run([copied / "package-functions"], check=True)
    return copied


def clean_environment(endpoint: str | None = None) -> dict[str, str]:
    """Return the process's environment without variables that could lead to an AWS account."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("AWS_", "TF_VAR_", "TF_WORKSPACE"))
    }
    # Terraform prints a warning on every command if its CLI configuration file does not exist.
    if not Path(environment.get("TF_CLI_CONFIG_FILE", "/")).is_file():
        environment.pop("TF_CLI_CONFIG_FILE", None)
    return {
        **environment,
        "TF_IN_AUTOMATION": "1",
        "CHECKPOINT_DISABLE": "1",
        "HANDOVER_SECONDS": "0",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        # Without an emulator, every call must fail: nothing listens on this port.
        "AWS_ENDPOINT_URL": endpoint or "http://127.0.0.1:9",
    }


def changes(plan: Json) -> Iterator[tuple[str, str, str]]:
    """Yield the address, type and attribute of every change in a plan."""
    for resource in plan.get("resource_changes", []):
        change = resource["change"]
        if resource["mode"] != "managed" or change["actions"] == ["no-op"]:
            continue
        before, after = change["before"] or {}, change["after"] or {}
        unknown = change.get("after_unknown") or {}
        for name in sorted({*before, *after}):
            if unknown.get(name) is True or before.get(name) != after.get(name):
                yield resource["address"], resource["type"], name
