"""Check the version of a release, and print its section of the changelog.

    python3 infra/tools/version.py check VERSION
    python3 infra/tools/version.py notes VERSION

All packages have the same version, and the changelog has a dated section for it.
"""

import argparse
import json
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]

#: The projects that carry the version.
PYTHON_PROJECTS = ("services/*/pyproject.toml", "clients/*/pyproject.toml")
NODE_PROJECTS = ("clients/typescript/package.json", "web/package.json")

_SECTION = r"^## \[{version}\] - (?P<date>.+)\n(?P<notes>(?s:.*?))(?=^## |^\[|\Z)"


def read_versions(root: Path) -> dict[str, str]:
    """Return the version of each project, by the path of its file."""
    versions = {}
    for pattern in PYTHON_PROJECTS:
        for file in sorted(root.glob(pattern)):
            project = tomllib.loads(file.read_text())["project"]
            versions[str(file.relative_to(root))] = project["version"]
    for name in NODE_PROJECTS:
        versions[name] = json.loads((root / name).read_text())["version"]
    return versions


def find_section(root: Path, version: str) -> re.Match[str] | None:
    """Find the section of a version in the changelog."""
    text = (root / "CHANGELOG.md").read_text()
    return re.search(_SECTION.format(version=re.escape(version)), text, re.MULTILINE)


def find_problems(root: Path, version: str) -> Iterator[str]:
    """Yield the reasons why a version cannot be released."""
    for name, found in read_versions(root).items():
        if found != version:
            yield f"{name} has the version {found}"
    section = find_section(root, version)
    if section is None:
        yield f"CHANGELOG.md has no section [{version}]"
    elif re.fullmatch(r"\d{4}-\d\d-\d\d", section["date"]) is None:
        yield f"CHANGELOG.md has no date for [{version}], but: {section['date']}"


def print_notes(root: Path, version: str) -> None:
    section = find_section(root, version)
    if section is None:
        sys.exit(f"version: CHANGELOG.md has no section [{version}]")
    print(section["notes"].strip())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("command", choices=["check", "notes"])
    parser.add_argument("version")
    parser.add_argument("--root", type=Path, default=ROOT, help="root of the repository")
    arguments = parser.parse_args()
    if arguments.command == "notes":
        print_notes(arguments.root, arguments.version)
        return
    problems = list(find_problems(arguments.root, arguments.version))
    if problems:
        sys.exit("\n".join(f"version: {problem}" for problem in problems))
    print(f"{arguments.version} can be released")


if __name__ == "__main__":
    main()
