"""Terraform's command line, on a copy of our configuration and never against AWS itself."""

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

#: Resources that are worked on at the same time.
PARALLELISM = 16

_LEFT_OUT = (".terraform*", "*.tfstate*", "*.tfvars", "backend.tf", "keys")


class Terraform:
    """One folder with a configuration in it."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder = folder
        self._environment = environment

    def run(self, *arguments: str) -> str:
        """What it printed. Raises `AssertionError` where it failed."""
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

    def apply(self) -> None:
        self.run(
            "apply", "-input=false", "-auto-approve", "-no-color", f"-parallelism={PARALLELISM}"
        )

    def destroy(self) -> None:
        self.run(
            "destroy", "-input=false", "-auto-approve", "-no-color", f"-parallelism={PARALLELISM}"
        )

    def plan(self) -> Json:
        """What it would change now."""
        self.run("plan", "-input=false", "-out=now.tfplan", f"-parallelism={PARALLELISM}")
        plan: Json = json.loads(self.run("show", "-json", "now.tfplan"))
        return plan

    def outputs(self) -> Json:
        answer = json.loads(self.run("output", "-json"))
        return {name: output["value"] for name, output in answer.items()}

    def resources(self) -> list[str]:
        return self.run("state", "list").split()


def copy_configuration(folder: Path) -> Path:
    """A copy of ours without anybody's state and settings."""
    return Path(
        shutil.copytree(SOURCE, folder / "terraform", ignore=shutil.ignore_patterns(*_LEFT_OUT))
    )


def clean_environment(endpoint: str | None = None) -> dict[str, str]:
    """The caller's own, less whatever would lead to an account of AWS."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("AWS_", "TF_VAR_", "TF_WORKSPACE"))
    }
    # A configuration of Terraform's own that is named but not there is only warned of, every time.
    if not Path(kept.get("TF_CLI_CONFIG_FILE", "/")).is_file():
        kept.pop("TF_CLI_CONFIG_FILE", None)
    return {
        **kept,
        "TF_IN_AUTOMATION": "1",
        "CHECKPOINT_DISABLE": "1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        # Without a stand-in there is nobody to talk to: nothing listens on this port.
        "AWS_ENDPOINT_URL": endpoint or "http://127.0.0.1:9",
    }


def changes(plan: Json) -> Iterator[tuple[str, str, str]]:
    """Address, type and attribute of whatever a plan would change."""
    for resource in plan.get("resource_changes", []):
        change = resource["change"]
        if resource["mode"] != "managed" or change["actions"] == ["no-op"]:
            continue
        before, after = change["before"] or {}, change["after"] or {}
        unknown = change.get("after_unknown") or {}
        for name in sorted({*before, *after}):
            if unknown.get(name) is True or before.get(name) != after.get(name):
                yield resource["address"], resource["type"], name
