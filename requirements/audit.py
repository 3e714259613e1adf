"""Audit the locked requirements for known vulnerabilities with `pip-audit` (`make audit`).

Advisories come from the API of the package index. A mirror that serves only files has no
advisories: then the script reports how many packages it could audit and does not fail. It exits
with 1 if it finds a vulnerability.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any


def audit(requirements: str) -> list[dict[str, Any]]:
    """Return pip-audit's result per package; packages that were not audited have no `vulns`."""
    command = [str(Path(sys.executable).with_name("pip-audit")), "--disable-pip"]
    command += ["--require-hashes", "--progress-spinner", "off", "--format", "json"]
    done = subprocess.run(  # noqa: S603 - fixed arguments
        [*command, "--requirement", requirements], capture_output=True, text=True, check=False
    )
    if done.returncode not in {0, 1}:
        sys.exit(f"pip-audit: {done.stderr.strip()[-500:]}")
    packages: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    return packages


def main() -> None:
    vulnerabilities = []
    for requirements in sys.argv[1:]:
        packages = audit(requirements)
        audited = [package for package in packages if "vulns" in package]
        vulnerabilities += [
            f"{package['name']} {package['version']}: {vulnerability['id']}"
            for package in audited
            for vulnerability in package["vulns"]
        ]
        print(f"{requirements}: audited {len(audited)} of {len(packages)} packages")
    if vulnerabilities:
        sys.exit("\n".join(sorted(set(vulnerabilities))))


if __name__ == "__main__":
    main()
