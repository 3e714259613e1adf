"""Known flaws of what the locked files name, by `pip-audit`: `make audit`.

Advisories come from the index's own service. Where only its files can be had, as through a mirror,
nothing can be looked up, and that is said: it is no failure, and no clean bill either. Ends with 1
where a flaw is known.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any


def audit(requirements: str) -> list[dict[str, Any]]:
    """What pip-audit says of each package; one that it could not look up has no `vulns`."""
    command = [str(Path(sys.executable).with_name("pip-audit")), "--disable-pip"]
    command += ["--require-hashes", "--progress-spinner", "off", "--format", "json"]
    done = subprocess.run(  # noqa: S603 - our own arguments
        [*command, "--requirement", requirements], capture_output=True, text=True, check=False
    )
    if done.returncode not in {0, 1}:
        sys.exit(f"pip-audit: {done.stderr.strip()[-500:]}")
    packages: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    return packages


def main() -> None:
    flaws = []
    for requirements in sys.argv[1:]:
        packages = audit(requirements)
        asked = [each for each in packages if "vulns" in each]
        flaws += [
            f"{each['name']} {each['version']}: {flaw['id']}"
            for each in asked
            for flaw in each["vulns"]
        ]
        print(f"{requirements}: {len(asked)} of {len(packages)} packages could be looked up")
    if flaws:
        sys.exit("\n".join(sorted(set(flaws))))


if __name__ == "__main__":
    main()
