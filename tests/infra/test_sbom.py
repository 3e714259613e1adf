"""The bills of materials of the container images, with a fake Docker."""

import json
import os
import stat
import sys
from pathlib import Path
from typing import Any

import pytest
from cyclonedx.model.bom import Bom

from infra.terraform import ROOT
from infra.tools import load_tool

sbom = load_tool("sbom")

DOCKERFILES = sorted(
    path.parent.name for path in (ROOT / "services").glob("*/Dockerfile") if path.is_file()
)

STATUS = """Package: libc6
Status: install ok installed
Architecture: amd64
Version: 2.41-12

Package: libstdc++6
Status: install ok installed
Architecture: amd64
Version: 14.2.0-19

Package: removed
Status: deinstall ok config-files
Architecture: amd64
Version: 1.0
"""

#: `docker run … --entrypoint cat IMAGE FILE`
DOCKER = """#!{python} -IS
import sys
release = "ID=debian\\nVERSION_CODENAME=trixie\\n"
files = {{"/etc/os-release": release, "/var/lib/dpkg/status": {status!r}}}
assert sys.argv[-3:-1] == ["cat", "ghcr.io/example/sightline/worker:0.1.0"], sys.argv
print(files[sys.argv[-1]])
"""


@pytest.fixture(scope="module")
def worker() -> dict[str, Any]:
    """The bill of the worker, made once: `cyclonedx-py` takes seconds to start."""
    bill: dict[str, Any] = sbom.describe("worker", "0.1.0")
    return bill


def test_every_image_has_a_bill() -> None:
    assert sorted(sbom.SERVICES) == DOCKERFILES


def test_the_bill_of_a_service_is_valid_and_lists_its_locked_packages(
    worker: dict[str, Any],
) -> None:
    """The library of CycloneDX reads what its schema accepts."""
    bill = Bom.from_json(json.loads(sbom.validate(worker)))  # type: ignore[attr-defined]
    assert bill.metadata.component is not None
    assert bill.metadata.component.name == "sightline-worker"
    components = {each.name: each for each in bill.components}
    locked = (ROOT / "services" / "worker" / "requirements.txt").read_text()
    assert f"pillow=={components['pillow'].version} " in locked
    (files,) = components["pillow"].external_references
    assert all(f"sha256:{each.content}" in locked for each in files.hashes)
    assert len(files.hashes) > 10
    assert {"sightline-core", "sightline-worker", "python"} <= components.keys()


def test_without_an_image_the_packages_of_the_base_image_are_stated_to_be_missing(
    worker: dict[str, Any],
) -> None:
    (composition,) = worker["compositions"]
    assert composition["aggregate"] == "incomplete"
    assert composition["assemblies"] == ["pkg:docker/python@3.13-slim-trixie"]


def test_packages_of_other_platforms_and_removed_ones_are_not_listed() -> None:
    text = (
        "here==1 \\\n    --hash=sha256:1\n    # via other\n"
        "windows==1 ; sys_platform == 'win32' \\\n    --hash=sha256:2\n"
        "old==1 ; python_full_version < '3.12' \\\n    --hash=sha256:3\n"
        "arm==1 ; platform_machine == 'aarch64' \\\n    --hash=sha256:4\n"
        "removed==1 \\\n    --hash=sha256:5\n"
    )
    selected = sbom.select_requirements(text, "3.13", {"removed"})
    assert [line.split("==")[0] for line in selected.splitlines()] == ["here", "arm"]


def test_what_the_dockerfile_of_the_api_removes_is_known() -> None:
    dockerfile = (ROOT / "services" / "api" / "Dockerfile").read_text()
    assert sbom.read_uninstalled(dockerfile) == {"ecdsa", "rsa", "pyasn1"}


def test_debian_packages_come_from_the_image(
    worker: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    docker = tmp_path / "docker"
    docker.write_text(DOCKER.format(python=sys.executable, status=STATUS))
    docker.chmod(stat.S_IRWXU)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    base = sbom.BaseImage("python", "3.13-slim-trixie")
    bill: dict[str, Any] = {"metadata": {}, "components": [], "dependencies": []}
    image = "ghcr.io/example/sightline/worker:0.1.0"
    complete = sbom.add_image(bill, "worker", "0.1.0", base, image)
    assert [each["purl"] for each in complete["components"]] == [
        "pkg:docker/python@3.13-slim-trixie",
        "pkg:deb/debian/libc6@2.41-12?arch=amd64&distro=trixie",
        "pkg:deb/debian/libstdc%2B%2B6@14.2.0-19?arch=amd64&distro=trixie",
    ]
    assert complete["compositions"][0]["aggregate"] == "complete"


def test_the_bill_of_the_web_application_lists_what_its_lock_file_has_at_run_time() -> None:
    bill = sbom.describe("web", "0.1.0")
    sbom.validate(bill)
    names = {each["name"] for each in bill["components"]}
    assert {"react", "nginx"} <= names
    assert "vite" not in names
    links = {each["ref"]: each["dependsOn"] for each in bill["dependencies"]}
    assert any(ref.startswith("react@") for ref in links["sightline-web@0.1.0"])


def test_an_invalid_bill_is_not_written() -> None:
    with pytest.raises(SystemExit, match="not valid"):
        sbom.validate({"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [{}]})
