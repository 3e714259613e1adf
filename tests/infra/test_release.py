"""The script that builds, scans and promotes images, with fake programs for Docker and AWS."""

import json
import os
import shutil
import stat
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from infra.terraform import ROOT
from infra.tools import load_tool

release = load_tool("release")

REGISTRY = "123456789012.dkr.ecr.eu-central-1.amazonaws.com"
DEV = f"{REGISTRY}/sightline-dev"
PROD = f"{REGISTRY}/sightline-prod"
TAG = "0123456789ab"

PACKAGES = {
    "python": [["pillow", "13.0.0"], ["sightline-api", "0.1.0"]],
    "debian": [["libc6", "2.41-12", "arm64"], ["libstdc++6", "14.2.0-19", "arm64"]],
    "distribution": "trixie",
}

#: Stores the digest of each `REPOSITORY:TAG` in a file. Each push has a digest of its own.
PROGRAM = """#!{python} -IS
import hashlib, json, os, sys
from pathlib import Path

arguments = sys.argv[1:]
state = Path(os.environ["STATE"])
images = json.loads(state.read_text())
with open(os.environ["CALLS"], "a") as calls:
    print(Path(sys.argv[0]).name, *arguments, file=calls)


def option(name):
    return arguments[arguments.index(name) + 1]


def save():
    state.write_text(json.dumps(images))


match arguments[:2]:
    case ["ecr", "get-login-password"]:
        print("password")
    case ["ecr", "batch-get-image"]:
        tag = option("--image-ids").removeprefix("imageTag=")
        digest = images.get("{registry}/" + option("--repository-name") + ":" + tag)
        found = [{{"imageId": {{"imageDigest": digest}}}}] if digest else []
        print(json.dumps({{"images": found}}))
    case ["ecr", "describe-image-scan-findings"]:
        print(os.environ["SCAN"])
    case ["login", _]:
        assert sys.stdin.read().strip() == "password"
    case ["buildx", "build"]:
        target = option("--tag")
        images[target] = "sha256:" + hashlib.sha256(target.encode()).hexdigest()
        save()
    case ["buildx", "imagetools"]:
        images[option("--tag")] = os.environ.get("COPIED") or arguments[-1].partition("@")[2]
        save()
    case ["run", _]:
        compile(sys.stdin.read(), "stdin", "exec")
        print(os.environ["PACKAGES"])
    case _:
        sys.exit("unexpected: " + " ".join(arguments))
"""


class Registries:
    """Runs the script with fake programs, and knows the images that they store."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "release"
        self._state = folder / "images.json"
        self._state.write_text("{}")
        self._calls = folder / "calls"
        self._calls.touch()
        programs = folder / "bin"
        programs.mkdir()
        for name in ("aws", "docker"):
            (programs / name).write_text(PROGRAM.format(python=sys.executable, registry=REGISTRY))
            (programs / name).chmod(stat.S_IRWXU)
        self._environment = {
            "PATH": f"{programs}:{os.environ['PATH']}",
            "STATE": str(self._state),
            "CALLS": str(self._calls),
            "PACKAGES": json.dumps(PACKAGES),
        }

    def run(self, command: str, *options: str, **environment: str) -> tuple[int, str]:
        script = ROOT / "infra" / "tools" / "release.py"
        done = subprocess.run(
            [sys.executable, str(script), command, "--release", str(self.folder), *options],
            env=self._environment | environment,
            capture_output=True,
            text=True,
        )
        return done.returncode, done.stdout + done.stderr

    def build(self) -> None:
        code, output = self.run("build", "--repositories", DEV, "--tag", TAG)
        assert code == 0, output

    def take_over(self, other: "Registries") -> None:
        """Copy the release and the images of other registries."""
        shutil.copytree(other.folder, self.folder)
        self._state.write_text(other._state.read_text())

    def images(self) -> dict[str, str]:
        images: dict[str, str] = json.loads(self._state.read_text())
        return images

    def calls(self, prefix: str) -> list[str]:
        return [line for line in self._calls.read_text().splitlines() if line.startswith(prefix)]


@pytest.fixture
def registries(tmp_path: Path) -> Registries:
    return Registries(tmp_path)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Registries:
    """Registries with a release, which tests do not change."""
    registries = Registries(tmp_path_factory.mktemp("built"))
    registries.build()
    return registries


@pytest.fixture
def promotable(built: Registries, registries: Registries) -> Registries:
    """Registries with a release, which a test may change."""
    registries.take_over(built)
    return registries


def test_build_records_the_digest_of_each_image(built: Registries) -> None:
    recorded = json.loads((built.folder / "images.json").read_text())
    assert recorded["tag"] == TAG
    assert set(recorded["images"]) == {"api", "worker", "resizer", "notifier", "ops"}
    pushed = built.images()
    for service, image in recorded["images"].items():
        assert image == {
            "repository": f"{DEV}/{service}",
            "digest": pushed[f"{DEV}/{service}:{TAG}"],
        }


def test_a_repeated_build_pushes_nothing(registries: Registries) -> None:
    """Tags are immutable: the images of a commit stay those of its first build."""
    registries.build()
    first = registries.images()
    registries.build()
    assert registries.images() == first
    assert len(registries.calls("docker buildx build")) == len(first)


def test_bills_of_materials_are_valid_and_complete(built: Registries) -> None:
    """CycloneDX's own validator accepts them."""
    text = (built.folder / "worker.cdx.json").read_text()
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    urls = {component["purl"] for component in json.loads(text)["components"]}
    assert urls == {
        "pkg:pypi/pillow@13.0.0",
        "pkg:pypi/sightline-api@0.1.0",
        "pkg:deb/debian/libc6@2.41-12?arch=arm64&distro=trixie",
        "pkg:deb/debian/libstdc%2B%2B6@14.2.0-19?arch=arm64&distro=trixie",
    }


def test_packages_are_listed_where_the_image_runs() -> None:
    """The listing needs only the Python of the image; here it lists this environment."""
    done = subprocess.run(
        [sys.executable, "-"], input=release.LIST_PACKAGES, capture_output=True, text=True
    )
    packages = json.loads(done.stdout)
    assert "sightline-core" in {name for name, _ in packages["python"]}
    if Path("/var/lib/dpkg/status").exists():
        assert "libc6" in {name for name, _, _ in packages["debian"]}
        assert packages["distribution"]


def test_promotion_keeps_the_digests(promotable: Registries) -> None:
    code, output = promotable.run("promote", "--repositories", PROD)
    assert code == 0, output
    images = promotable.images()
    for service in ("api", "worker", "resizer", "notifier", "ops"):
        assert images[f"{PROD}/{service}:{TAG}"] == images[f"{DEV}/{service}:{TAG}"]
    # The source of the copy is a digest: a tag could have moved.
    assert all("@sha256:" in call for call in promotable.calls("docker buildx imagetools"))


def test_promotion_to_the_repositories_of_the_build_copies_nothing(promotable: Registries) -> None:
    assert promotable.run("promote", "--repositories", DEV)[0] == 0
    assert promotable.calls("docker buildx imagetools") == []


def test_promotion_fails_if_the_digest_differs(promotable: Registries) -> None:
    """The tag exists with another image, or the copy was built again."""
    code, output = promotable.run("promote", "--repositories", PROD, COPIED="sha256:other")
    assert code == 1
    assert "is sha256:other, and not sha256:" in output


def scan_result(status: str, **findings: Any) -> str:
    return json.dumps({"imageScanStatus": {"status": status}, "imageScanFindings": findings})


def test_scan_without_critical_findings_passes_and_is_recorded(promotable: Registries) -> None:
    finding = {"name": "CVE-2026-1", "severity": "HIGH"}
    result = scan_result("COMPLETE", findings=[finding], findingSeverityCounts={"HIGH": 1})
    code, output = promotable.run("scan", SCAN=result)
    assert (code, "api: 1 HIGH" in output) == (0, True), output
    recorded = json.loads((promotable.folder / "api.scan.json").read_text())
    assert recorded["findings"] == [finding]


def test_a_critical_finding_fails_the_release(promotable: Registries) -> None:
    result = scan_result("COMPLETE", findings=[{"name": "CVE-2026-2", "severity": "CRITICAL"}])
    code, output = promotable.run("scan", SCAN=result)
    assert code == 1
    assert "resizer: CVE-2026-2" in output


def test_an_image_that_cannot_be_scanned_fails_the_release(promotable: Registries) -> None:
    code, output = promotable.run("scan", SCAN=scan_result("UNSUPPORTED_IMAGE"))
    assert code == 1
    assert "was not scanned: UNSUPPORTED_IMAGE" in output


ACCEPTED = {"CVE-1": release.Accepted(date(2026, 12, 1), "The function is not called.")}
BASIC = {"findings": [{"name": "CVE-1", "severity": "CRITICAL"}]}
ENHANCED = {
    "enhancedFindings": [
        {
            "title": "CVE-1 - openssl",
            "severity": "CRITICAL",
            "packageVulnerabilityDetails": {"vulnerabilityId": "CVE-1"},
        }
    ]
}


@pytest.mark.parametrize("findings", [BASIC, ENHANCED])
@pytest.mark.parametrize(
    ("today", "failing"),
    [
        (date(2026, 12, 1), []),
        (date(2026, 12, 2), ["CVE-1 (accepted until 2026-12-01)"]),
    ],
)
def test_accepted_vulnerabilities_expire(
    findings: dict[str, Any], today: date, failing: list[str]
) -> None:
    assert list(release.find_failing(findings, ACCEPTED, today)) == failing


def test_accepted_vulnerabilities_are_readable(tmp_path: Path) -> None:
    """The committed list, and an entry with all its fields."""
    release.read_accepted(release.ACCEPTED)
    file = tmp_path / "accepted.json"
    file.write_text('{"CVE-1": {"until": "2026-12-01", "reason": "The function is not called."}}')
    assert release.read_accepted(file) == ACCEPTED


def test_a_pending_scan_is_awaited(monkeypatch: pytest.MonkeyPatch) -> None:
    results = [
        scan_result("PENDING"),
        scan_result("IN_PROGRESS"),
        scan_result("ACTIVE", findings=[]),
    ]
    monkeypatch.setattr(release, "call_ecr", lambda *_: json.loads(results.pop(0)))
    pauses: list[float] = []
    findings = release.await_findings(release.Repository(f"{DEV}/api"), "sha256:1", pauses.append)
    assert findings == {"findings": []}
    assert len(pauses) == 2
