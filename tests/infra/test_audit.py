"""The audit of the locked packages, by the tools of the indexes and with records of OSV."""

import json
import os
import stat
import subprocess
import sys
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from infra.terraform import ROOT
from infra.tools import load_tool

audit = load_tool("audit")


def record(name: str, package: str, ecosystem: str = "PyPI", **affected: Any) -> dict[str, Any]:
    return {
        "id": name,
        "aliases": [f"CVE-{name}"],
        "affected": [{"package": {"ecosystem": ecosystem, "name": package}, **affected}],
    }


def events(kind: str, *pairs: tuple[str, str]) -> dict[str, Any]:
    return {"ranges": [{"type": kind, "events": [{name: text} for name, text in pairs]}]}


@pytest.mark.parametrize(
    ("version", "pairs", "expected"),
    [
        ("1.9", [("introduced", "0"), ("fixed", "2.0")], True),
        ("2.0", [("introduced", "0"), ("fixed", "2.0")], False),
        ("2.0rc1", [("introduced", "0"), ("fixed", "2.0")], True),
        ("1.10", [("introduced", "1.9"), ("last_affected", "1.10")], True),
        ("1.11", [("introduced", "1.9"), ("last_affected", "1.10")], False),
        ("3.1", [("introduced", "0"), ("fixed", "2.0"), ("introduced", "3.0")], True),
        ("1.8", [("introduced", "1.9")], False),
        ("1.0", [("introduced", "before PEP 440")], True),
    ],
)
def test_a_range_of_python_versions(
    version: str, pairs: list[tuple[str, str]], expected: bool
) -> None:
    affected = events("ECOSYSTEM", *pairs)
    assert audit.is_affected(version, affected, audit.Version) is expected


@pytest.mark.parametrize(
    ("version", "expected"), [("0.0.0-alpha", True), ("1.2.3-rc.1", True), ("1.2.3", False)]
)
def test_a_range_of_npm_versions(version: str, expected: bool) -> None:
    affected = events("SEMVER", ("introduced", "0"), ("fixed", "1.2.3"))
    assert audit.is_affected(version, affected, audit._parse_semantic) is expected


def test_listed_versions_are_affected_and_commits_are_not_compared() -> None:
    affected = {
        "versions": ["1.0"],
        "ranges": [{"type": "GIT", "events": [{"introduced": "0"}]}],
    }
    assert audit.is_affected("1.0", affected, audit.Version)
    assert not audit.is_affected("1.1", affected, audit.Version)


@pytest.fixture
def locked(tmp_path: Path) -> list[Path]:
    requirements = tmp_path / "requirements.txt"
    requirements.write_text(
        "# comment\npython_thing==1.0 ; sys_platform == 'linux' \\\n    --hash=sha256:00\n"
        "safe==2.0\n"
    )
    lock = tmp_path / "package-lock.json"
    packages = {
        "": {"version": "1.0.0"},
        "node_modules/@scope/thing": {"version": "1.0.0"},
        "node_modules/a/node_modules/b": {"version": "2.0.0"},
        "node_modules/tool": {"version": "1.0.0", "dev": True},
    }
    lock.write_text(json.dumps({"packages": packages}))
    return [requirements, lock]


@pytest.fixture
def advisories(tmp_path: Path) -> Path:
    """Exports of the OSV database, as they can be downloaded."""
    everything = events("ECOSYSTEM", ("introduced", "0"))
    contents = {
        "PyPI": [
            record("P-1", "Python.Thing", **everything),
            record("P-2", "safe", **events("ECOSYSTEM", ("introduced", "3"))),
            record("P-3", "safe", **everything) | {"withdrawn": "2026-01-01T00:00:00Z"},
        ],
        "npm": [
            record("N-1", "@scope/thing", "npm", **everything),
            record("N-2", "b", "npm", **events("SEMVER", ("introduced", "0"), ("fixed", "2.0.0"))),
            record("N-3", "tool", "npm", **everything),
        ],
    }
    for ecosystem, records in contents.items():
        folder = tmp_path / "advisories" / ecosystem
        folder.mkdir(parents=True)
        with zipfile.ZipFile(folder / "all.zip", "w") as archive:
            for each in records:
                archive.writestr(f"{each['id']}.json", json.dumps(each))
    return tmp_path / "advisories"


def run(*arguments: str | Path, path: Path | None = None) -> tuple[int, str, str]:
    environment = os.environ | ({"PATH": f"{path}:{os.environ['PATH']}"} if path else {})
    command = [sys.executable, str(ROOT / "infra" / "tools" / "audit.py"), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    return done.returncode, done.stdout, done.stderr


def test_an_audit_with_exports_needs_no_index(locked: list[Path], advisories: Path) -> None:
    code, output, errors = run("--advisories", advisories, *locked)
    assert code == 1
    assert errors.splitlines() == [
        "@scope/thing 1.0.0: CVE-N-1, N-1",
        "python-thing 1.0: CVE-P-1, P-1",
    ]
    assert [line.rpartition(": ")[2] for line in output.splitlines()] == [
        "audited 2 of 2 packages",
        "audited 2 of 2 packages",
    ]


def test_without_an_export_nothing_is_audited(locked: list[Path], tmp_path: Path) -> None:
    code, output, _ = run("--advisories", tmp_path / "none", *locked)
    assert code == 0
    assert output.count("audited 0 of 2 packages") == 2


def fake_npm(folder: Path, answer: object) -> Path:
    folder.mkdir()
    (folder / "answer.json").write_text(json.dumps(answer))
    (folder / "npm").write_text(f"#!/bin/sh\ncat {folder}/answer.json\nexit 1\n")
    (folder / "npm").chmod(stat.S_IRWXU)
    return folder


def test_a_finding_of_npm_fails_the_audit(locked: list[Path], tmp_path: Path) -> None:
    url = "https://github.com/advisories/GHSA-aaaa-bbbb-cccc"
    answer = {
        "vulnerabilities": {
            "@scope/thing": {"via": [{"url": url, "severity": "low"}]},
            "b": {"via": ["@scope/thing"]},
        }
    }
    code, output, errors = run(locked[1], path=fake_npm(tmp_path / "bin", answer))
    assert code == 1
    assert errors.strip() == "@scope/thing 1.0.0: GHSA-aaaa-bbbb-cccc"
    assert "audited 2 of 2 packages" in output


def test_an_index_without_advisories_is_reported(locked: list[Path], tmp_path: Path) -> None:
    """A mirror responds to `npm audit` with 405, and npm with this object."""
    answer = {"message": "405 Method Not Allowed", "statusCode": 405, "error": {"summary": ""}}
    code, output, _ = run(locked[1], path=fake_npm(tmp_path / "bin", answer))
    assert code == 0
    assert "audited 0 of 2 packages" in output


def test_an_accepted_vulnerability_expires(tmp_path: Path) -> None:
    file = tmp_path / "accepted.json"
    file.write_text('{"CVE-1": {"until": "2026-12-31", "reason": "The function is not called."}}')
    assert audit.read_accepted(date(2026, 12, 31), file) == {"CVE-1"}
    assert audit.read_accepted(date(2027, 1, 1), file) == frozenset()


def test_every_locked_file_is_readable() -> None:
    """Those of `make audit`."""
    requirements = list(audit.read_requirements(ROOT / "services" / "api" / "requirements.txt"))
    assert "fastapi" in {package.name for package in requirements}
    npm = {package.name for package in audit.read_npm_lock(ROOT / "web" / "package-lock.json")}
    assert "react" in npm
    assert "vite" not in npm
