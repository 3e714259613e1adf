"""Audit the locked Python and npm packages for known vulnerabilities (`make audit`).

    python infra/tools/audit.py FILE…
    python infra/tools/audit.py --advisories FOLDER FILE…

Each file contains locked requirements, or is the lock file of npm. Advisories come from the APIs of
the package indexes, through `pip-audit` and `npm audit`. A mirror that serves only files has none:
then the script reports how many packages it could audit, and does not fail.

`--advisories` reads them from a folder instead, without a network: the exports of the OSV database
for the two ecosystems, as `PyPI/all.zip` and `npm/all.zip`. https://osv.dev/docs/#tag/data-dumps

The script exits with 1 if it finds a vulnerability that `accepted-vulnerabilities.json` does not
list. Development packages of npm are left out: they are in nothing that is delivered.
"""

import argparse
import json
import re
import subprocess
import sys
import zipfile
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version
from semver import Version as SemanticVersion

Json = dict[str, Any]

#: Lists the vulnerabilities that do not fail, each with a reason and a date of expiry.
ACCEPTED = Path(__file__).with_name("accepted-vulnerabilities.json")

#: Ecosystems, as OSV names them.
PYPI, NPM = "PyPI", "npm"

#: Types of ranges whose versions can be compared; the other one has commits.
COMPARABLE_RANGES = ("ECOSYSTEM", "SEMVER")


class Package(NamedTuple):
    """A locked package."""

    name: str
    version: str


class Finding(NamedTuple):
    """A package with a known vulnerability, which has several names."""

    package: Package
    names: frozenset[str]

    def __str__(self) -> str:
        return f"{self.package.name} {self.package.version}: {', '.join(sorted(self.names))}"


class Report(NamedTuple):
    """The number of packages in a file, of those that were audited, and what was found."""

    packages: int
    audited: int
    findings: list[Finding]


def audit_requirements(file: Path) -> Report:
    """Audit locked requirements with `pip-audit`. Packages that it skips are not audited."""
    command = [str(Path(sys.executable).with_name("pip-audit")), "--disable-pip"]
    command += ["--require-hashes", "--progress-spinner", "off", "--format", "json"]
    done = subprocess.run(  # noqa: S603 - fixed arguments
        [*command, "--requirement", str(file)], capture_output=True, text=True, check=False
    )
    if done.returncode not in {0, 1}:
        sys.exit(f"pip-audit: {done.stderr.strip()[-500:]}")
    packages = json.loads(done.stdout)["dependencies"]
    audited = [package for package in packages if "vulns" in package]
    findings = [
        Finding(
            Package(each["name"], each["version"]),
            frozenset([vulnerability["id"], *vulnerability.get("aliases", [])]),
        )
        for each in audited
        for vulnerability in each["vulns"]
    ]
    return Report(len(packages), len(audited), findings)


def audit_npm(file: Path) -> Report:
    """Audit a lock file with `npm audit`, which audits all packages or none."""
    packages = list(read_npm_lock(file))
    command = ("npm", "audit", "--json", "--package-lock-only", "--omit", "dev")
    done = subprocess.run(  # noqa: S603 - fixed arguments
        command, capture_output=True, text=True, check=False, cwd=file.parent
    )
    result: Json = json.loads(done.stdout or "{}")
    if "vulnerabilities" not in result:
        return Report(len(packages), 0, [])
    return Report(len(packages), len(packages), list(read_npm_result(result, packages)))


def read_npm_result(result: Json, packages: Iterable[Package]) -> Iterator[Finding]:
    """Yield what `npm audit` found: an entry of text refers to a vulnerable dependency."""
    versions = {package.name: package.version for package in packages}
    for name, entry in result["vulnerabilities"].items():
        for cause in entry["via"]:
            if isinstance(cause, dict):
                advisory = cause["url"].rpartition("/")[2]
                yield Finding(Package(name, versions.get(name, "?")), frozenset([advisory]))


def read_requirements(file: Path) -> Iterator[Package]:
    """Yield the packages of locked requirements."""
    for line in re.sub(r"\\\n\s*", "", file.read_text()).splitlines():
        declaration = line.partition("--hash")[0].strip()
        if declaration and not declaration.startswith("#"):
            requirement = Requirement(declaration)
            (pin,) = requirement.specifier
            yield Package(canonicalize_name(requirement.name), pin.version)


def read_npm_lock(file: Path) -> Iterator[Package]:
    """Yield the packages of a lock file of npm, without those for development."""
    for path, entry in json.loads(file.read_text())["packages"].items():
        name = path.rpartition("node_modules/")[2]
        if path and not entry.get("dev") and not entry.get("link") and "version" in entry:
            yield Package(entry.get("name", name), entry["version"])


def audit_offline(file: Path, advisories: Path) -> Report:
    """Audit a file with the exports of the OSV database in a folder."""
    is_npm = file.suffix == ".json"
    packages = list(read_npm_lock(file) if is_npm else read_requirements(file))
    archive = advisories / (NPM if is_npm else PYPI) / "all.zip"
    if not archive.exists():
        return Report(len(packages), 0, [])
    known = read_export(archive, {package.name for package in packages})
    parse: Callable[[str], Any] = _parse_semantic if is_npm else Version
    findings = [
        Finding(package, frozenset([record["id"], *record.get("aliases", [])]))
        for package in packages
        for record, affected in known[package.name]
        if is_affected(package.version, affected, parse)
    ]
    return Report(len(packages), len(packages), findings)


def read_export(archive: Path, names: Collection[str]) -> dict[str, list[tuple[Json, Json]]]:
    """Return the records about these packages, each with the versions that are affected."""
    ecosystem = archive.parent.name
    known: dict[str, list[tuple[Json, Json]]] = defaultdict(list)
    with zipfile.ZipFile(archive) as records:
        for name in records.namelist():
            record = json.loads(records.read(name))
            if record.get("withdrawn"):
                continue
            for affected in record.get("affected", []):
                package = affected.get("package", {})
                found = package.get("name", "")
                found = canonicalize_name(found) if ecosystem == PYPI else found
                if package.get("ecosystem") == ecosystem and found in names:
                    known[found].append((record, affected))
    return known


def is_affected(version: str, affected: Json, parse: Callable[[str], Any]) -> bool:
    """Return whether a version is affected: https://ossf.github.io/osv-schema/#evaluation.

    A range that cannot be compared counts: a person must look at it.
    """
    if version in affected.get("versions", []):
        return True
    ranges = [each for each in affected.get("ranges", []) if each["type"] in COMPARABLE_RANGES]
    try:
        return any(_is_in_range(parse(version), each["events"], parse) for each in ranges)
    except ValueError:
        return True


def _is_in_range(version: Any, events: list[dict[str, str]], parse: Callable[[str], Any]) -> bool:
    # "0" is before every version, also before 0.0.0-alpha.
    is_in = {"introduced": "0"} in events
    ordered = sorted(
        (parse(text), kind)
        for event in events
        for kind, text in event.items()
        if (kind, text) != ("introduced", "0") and kind != "limit"
    )
    for boundary, kind in ordered:
        if kind == "introduced" and version >= boundary:
            is_in = True
        elif (kind == "fixed" and version >= boundary) or (
            kind == "last_affected" and version > boundary
        ):
            is_in = False
    return is_in


def _parse_semantic(text: str) -> SemanticVersion:
    return SemanticVersion.parse(text, optional_minor_and_patch=True)


def read_accepted(today: date, file: Path = ACCEPTED) -> frozenset[str]:
    """Return the accepted vulnerabilities whose date has not passed."""
    entries = json.loads(file.read_text())
    return frozenset(
        name for name, entry in entries.items() if date.fromisoformat(entry["until"]) >= today
    )


def parse_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--advisories", type=Path, help="folder with exports of the OSV database")
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    return parser.parse_args(arguments)


def audit(file: Path, advisories: Path | None) -> Report:
    if advisories is not None:
        return audit_offline(file, advisories)
    return audit_npm(file) if file.suffix == ".json" else audit_requirements(file)


def main() -> None:
    arguments = parse_arguments()
    accepted = read_accepted(datetime.now(UTC).date())
    failing = set()
    for file in arguments.files:
        report = audit(file, arguments.advisories)
        failing |= {str(each) for each in report.findings if not each.names & accepted}
        print(f"{file}: audited {report.audited} of {report.packages} packages")
    if failing:
        sys.exit("\n".join(sorted(failing)))


if __name__ == "__main__":
    main()
