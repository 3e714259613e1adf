"""Build, scan and promote the container images of one release.

    python3 infra/tools/release.py build  --repositories REGISTRY/PREFIX --tag TAG --release FOLDER
    python3 infra/tools/release.py scan   --release FOLDER
    python3 infra/tools/release.py promote --repositories REGISTRY/PREFIX --release FOLDER

`build` pushes an image per service and writes `images.json` with their digests, and a software bill
of materials (CycloneDX 1.6) per image. `scan` waits for the scan of Amazon ECR, and fails if it
finds a critical vulnerability that `accepted-vulnerabilities.json` does not list. `promote` copies
the same digests to the repositories of another environment, and verifies them there.

It needs Python, the AWS CLI and Docker with Buildx, but no Python package.
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple, NoReturn
from urllib.parse import quote

Json = dict[str, Any]

ROOT = Path(__file__).parents[2]

#: Folders of services/; `ops` runs the scheduled tasks.
SERVICES = ("api", "worker", "resizer", "notifier", "ops")

#: Lists the vulnerabilities that do not fail a release, each with a reason and a date of expiry.
ACCEPTED = Path(__file__).with_name("accepted-vulnerabilities.json")

#: Severities that fail a release:
#: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ImageScanFinding.html
FAILING_SEVERITIES = ("CRITICAL",)

#: A scan takes less than a minute for an image of this size.
SCAN_TIMEOUT_SECONDS = 600
SCAN_POLL_SECONDS = 5

#: Basic scans end with COMPLETE. Enhanced scans continue, and are ACTIVE when findings are there.
SCANNED = ("COMPLETE", "ACTIVE")
PENDING = ("IN_PROGRESS", "PENDING")

#: Runs in an image, and prints the Python distributions and the Debian packages in it.
LIST_PACKAGES = """
import json, re
from importlib.metadata import distributions
from pathlib import Path
python = {(each.name.lower().replace("_", "-"), each.version) for each in distributions()}
status = Path("/var/lib/dpkg/status")
debian = []
for block in (status.read_text() if status.exists() else "").split("\\n\\n"):
    fields = dict(re.findall(r"^(Package|Version|Architecture|Status): (.*)$", block, re.M))
    if fields.get("Status", "").endswith(" installed"):
        debian.append((fields["Package"], fields["Version"], fields["Architecture"]))
release = Path("/etc/os-release")
release = release.read_text() if release.exists() else ""
codename = re.search(r"^VERSION_CODENAME=(.*)$", release, re.M)
print(json.dumps({"python": sorted(python), "debian": sorted(debian),
                  "distribution": codename[1] if codename else ""}))
"""


class Repository(NamedTuple):
    """An Amazon ECR repository."""

    url: str

    @property
    def registry(self) -> str:
        return self.url.partition("/")[0]

    @property
    def name(self) -> str:
        return self.url.partition("/")[2]

    @property
    def region(self) -> str:
        return self.registry.split(".")[3]


class Accepted(NamedTuple):
    """A vulnerability that does not fail a release until a date."""

    until: date
    reason: str


def fail(message: str) -> NoReturn:
    sys.exit(f"release: {message}")


def run(*command: str, input_text: str | None = None) -> str:
    """Run a program and return its output. Exits if the program fails."""
    done = subprocess.run(  # noqa: S603 - fixed programs
        command, input=input_text, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        fail(f"{' '.join(command[:3])}: {done.stderr.strip()[-2000:]}")
    return done.stdout


def call_ecr(repository: Repository, operation: str, *arguments: str) -> Json:
    command = ("aws", "ecr", operation, "--region", repository.region, "--output", "json")
    response: Json = json.loads(run(*command, "--repository-name", repository.name, *arguments))
    return response


def find_digest(repository: Repository, tag: str) -> str | None:
    """Return the digest of a tag, or `None` if no image has the tag."""
    images = call_ecr(repository, "batch-get-image", "--image-ids", f"imageTag={tag}")["images"]
    return images[0]["imageId"]["imageDigest"] if images else None


def log_in(*repositories: Repository) -> None:
    """Log in to the registry of each repository."""
    for registry, region in {(each.registry, each.region) for each in repositories}:
        password = run("aws", "ecr", "get-login-password", "--region", region)
        login = ("docker", "login", "--username", "AWS", "--password-stdin", registry)
        run(*login, input_text=password)


def repositories(prefix: str) -> dict[str, Repository]:
    return {service: Repository(f"{prefix}/{service}") for service in SERVICES}


def build(arguments: argparse.Namespace) -> None:
    """Build and push the images, and record their digests and packages."""
    images = {}
    folder: Path = arguments.release
    folder.mkdir(parents=True, exist_ok=True)
    targets = repositories(arguments.repositories)
    log_in(*targets.values())
    for service, repository in targets.items():
        # Tags are immutable, so a repeated build promotes the first one.
        if find_digest(repository, arguments.tag) is None:
            build_image(service, repository, arguments)
        digest = find_digest(repository, arguments.tag)
        if digest is None:
            fail(f"{repository.url}:{arguments.tag} was pushed, but is not in the repository")
        image = f"{repository.url}@{digest}"
        packages = list_packages(image)
        bill = describe_packages(image, arguments.tag, packages)
        (folder / f"{service}.cdx.json").write_text(json.dumps(bill, indent=2) + "\n")
        images[service] = {"repository": repository.url, "digest": digest}
        print(f"{service}: {digest}, {len(bill['components'])} packages")
    release = {"tag": arguments.tag, "platform": arguments.platform, "images": images}
    (folder / "images.json").write_text(json.dumps(release, indent=2) + "\n")


def build_image(service: str, repository: Repository, arguments: argparse.Namespace) -> None:
    command = ["docker", "buildx", "build", "--platform", arguments.platform, "--provenance=false"]
    command += ["--build-arg", f"REVISION={arguments.tag}"]
    if arguments.base_image:
        command += ["--build-arg", f"PYTHON_IMAGE={arguments.base_image}"]
    command += ["--file", str(ROOT / "services" / service / "Dockerfile")]
    run(*command, "--tag", f"{repository.url}:{arguments.tag}", "--push", str(ROOT))


def list_packages(image: str) -> Json:
    """Return the packages that an image contains, as `LIST_PACKAGES` prints them."""
    command = ("docker", "run", "--rm", "--interactive", "--network", "none", "--read-only")
    packages: Json = json.loads(
        run(*command, "--entrypoint", "python", image, "-", input_text=LIST_PACKAGES)
    )
    return packages


def describe_packages(image: str, tag: str, packages: Json) -> Json:
    """Return a software bill of materials: https://cyclonedx.org/docs/1.6/json/."""
    distribution = packages["distribution"]
    components = [
        component(name, version, f"pkg:pypi/{quote(name)}@{quote(version, safe='')}")
        for name, version in packages["python"]
    ] + [
        component(
            name,
            version,
            f"pkg:deb/debian/{quote(name, safe='')}@{quote(version, safe='')}?arch={architecture}"
            + (f"&distro={distribution}" if distribution else ""),
        )
        for name, version, architecture in packages["debian"]
    ]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "timestamp": datetime.now(UTC).isoformat(timespec="seconds"),
            "component": {"type": "container", "name": image, "version": tag, "bom-ref": image},
        },
        "components": components,
    }


def component(name: str, version: str, url: str) -> Json:
    return {"type": "library", "name": name, "version": version, "purl": url, "bom-ref": url}


def read_release(folder: Path) -> tuple[str, dict[str, tuple[Repository, str]]]:
    """Return the tag of a release, and the repository and digest of each service."""
    release = json.loads((folder / "images.json").read_text())
    return release["tag"], {
        service: (Repository(image["repository"]), image["digest"])
        for service, image in release["images"].items()
    }


def scan(arguments: argparse.Namespace) -> None:
    """Wait for the scans of the images, and fail if they find an unaccepted vulnerability."""
    accepted = read_accepted(ACCEPTED)
    today = datetime.now(UTC).date()
    _, images = read_release(arguments.release)
    failing = []
    for service, (repository, digest) in images.items():
        findings = await_findings(repository, digest)
        report = arguments.release / f"{service}.scan.json"
        report.write_text(json.dumps(findings, indent=2) + "\n")
        counts = findings.get("findingSeverityCounts") or {}
        summary = ", ".join(f"{number} {severity}" for severity, number in counts.items())
        print(f"{service}: {summary or 'no findings'}")
        failing += [f"{service}: {name}" for name in find_failing(findings, accepted, today)]
    if failing:
        fail("critical vulnerabilities: " + ", ".join(failing))


def await_findings(
    repository: Repository, digest: str, sleep: Callable[[float], None] = time.sleep
) -> Json:
    """Return the findings of the scan that starts with a push."""
    for _ in range(SCAN_TIMEOUT_SECONDS // SCAN_POLL_SECONDS):
        response = call_ecr(
            repository, "describe-image-scan-findings", "--image-id", f"imageDigest={digest}"
        )
        status = response["imageScanStatus"]
        if status["status"] in SCANNED:
            findings: Json = response.get("imageScanFindings", {})
            return findings
        if status["status"] not in PENDING:
            reason = status.get("description", status["status"])
            fail(f"{repository.name} was not scanned: {reason}")
        sleep(SCAN_POLL_SECONDS)
    fail(f"the scan of {repository.name} timed out after {SCAN_TIMEOUT_SECONDS} seconds")


def find_failing(findings: Json, accepted: dict[str, Accepted], today: date) -> Iterator[str]:
    """Yield the vulnerabilities that fail a release, from a basic or an enhanced scan."""
    for finding in findings.get("findings", []):
        if finding["severity"] in FAILING_SEVERITIES:
            yield from _unaccepted(finding["name"], accepted, today)
    for finding in findings.get("enhancedFindings", []):
        if finding["severity"] in FAILING_SEVERITIES:
            name = finding.get("packageVulnerabilityDetails", {}).get("vulnerabilityId")
            yield from _unaccepted(name or finding["title"], accepted, today)


def _unaccepted(name: str, accepted: dict[str, Accepted], today: date) -> Iterator[str]:
    if name not in accepted:
        yield name
    elif accepted[name].until < today:
        yield f"{name} (accepted until {accepted[name].until})"


def read_accepted(file: Path) -> dict[str, Accepted]:
    """Read entries such as `{"CVE-2026-1": {"until": "2026-12-31", "reason": "not reachable"}}`."""
    return {
        name: Accepted(date.fromisoformat(entry["until"]), entry["reason"])
        for name, entry in json.loads(file.read_text()).items()
    }


def promote(arguments: argparse.Namespace) -> None:
    """Copy the images to other repositories, and verify that their digests are the same."""
    tag, images = read_release(arguments.release)
    targets = repositories(arguments.repositories)
    log_in(*targets.values(), *(source for source, _ in images.values()))
    for service, (source, digest) in images.items():
        target = targets[service]
        if find_digest(target, tag) is None:
            copy_image(f"{source.url}@{digest}", f"{target.url}:{tag}")
        promoted = find_digest(target, tag)
        if promoted != digest:
            fail(f"{target.url}:{tag} is {promoted}, and not {digest} as in the release")
        print(f"{target.url}:{tag} is {digest}")


def copy_image(source: str, target: str) -> None:
    """Copy an image between registries. Without an index around it, the digest stays the same."""
    command = ("docker", "buildx", "imagetools", "create", "--prefer-index=false")
    run(*command, "--tag", target, source)


def parse_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(required=True)
    for command in (build, scan, promote):
        summary = (command.__doc__ or "").rstrip(".")
        subparser = commands.add_parser(command.__name__, help=summary, description=summary)
        subparser.set_defaults(command=command)
        subparser.add_argument("--release", type=Path, required=True, help="folder of the release")
        if command is not scan:
            subparser.add_argument(
                "--repositories", required=True, help="registry and prefix of the repositories"
            )
        if command is build:
            subparser.add_argument("--tag", required=True)
            subparser.add_argument("--platform", default="linux/arm64")
            subparser.add_argument("--base-image", help="mirror of the base image")
    return parser.parse_args(arguments)


def main() -> None:
    arguments = parse_arguments()
    arguments.command(arguments)


if __name__ == "__main__":
    main()
