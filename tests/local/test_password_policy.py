"""The password policy, which Terraform and the local stack share."""

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from sightline_local.password_policy import read_password_policy

ROOT = Path(__file__).parents[2]
IDENTITY = ROOT / "infra/terraform/modules/identity"
POLICY = IDENTITY / "password_policy.json"


def test_the_local_stack_reads_the_policy_of_terraform() -> None:
    assert read_password_policy() == json.loads(POLICY.read_text())


def test_terraform_takes_every_value_from_the_policy() -> None:
    block = re.search(r"password_policy \{(.*?)\}", (IDENTITY / "main.tf").read_text(), re.DOTALL)
    assert block is not None
    values = dict(re.findall(r"(\w+) += (\S+)", block[1]))
    assert values == {
        re.sub("(?<!^)(?=[A-Z])", "_", name).lower(): f"local.password_policy.{name}"
        for name in json.loads(POLICY.read_text())
    }


@pytest.fixture
def shallow_folder() -> Iterator[Path]:
    """A folder as near to the root as that of the image."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def test_the_container_image_has_the_policy(shallow_folder: Path) -> None:
    """Only the package and the copied file, as in the image: without the repository around them."""
    dockerfile = (ROOT / "services/local/Dockerfile").read_text()
    copied = f"COPY {POLICY.relative_to(ROOT)} services/local/src/sightline_local/"
    assert copied in dockerfile.splitlines()
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert f"!{POLICY.relative_to(ROOT)}" in ignored
    package = shallow_folder / "sightline_local"
    package.mkdir()
    for source in (POLICY, ROOT / "services/local/src/sightline_local/password_policy.py"):
        (package / source.name).write_bytes(source.read_bytes())
    code = "from sightline_local.password_policy import read_password_policy as p; print(p())"
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=shallow_folder, capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == str(read_password_policy())


def test_the_web_form_has_the_policy() -> None:
    """Its rules are computed from the file, which the web application imports."""
    account = ROOT / "web/src/account"
    assert json.loads((account / "passwordPolicy.json").read_text()) == read_password_policy()
    assert 'from "./passwordPolicy.json"' in (account / "passwordRules.ts").read_text()
