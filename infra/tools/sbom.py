"""Write a software bill of materials (CycloneDX 1.6) for each container image (`make sbom`).

    python infra/tools/sbom.py --version 0.1.0 --output dist/sbom
    python infra/tools/sbom.py --version 0.1.0 --output dist/sbom --images ghcr.io/OWNER/REPOSITORY

Python packages come from the locked requirements of a service, with the hashes of their files, and
the packages of the web application from its npm lock file. Only what the Dockerfile leaves on Linux
is listed. Debian packages belong to the base image: they are read from the images if `--images`
names the prefix of their repositories, which needs Docker. Otherwise the bill names the base image
as incomplete. Every bill is validated against the schema of CycloneDX before it is written.
"""

import argparse
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, NoReturn
from urllib.parse import quote

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packaging.requirements import Requirement

Json = dict[str, Any]

ROOT = Path(__file__).parents[2]

#: Images with Python packages, by their folders of services/.
SERVICES = ("api", "worker", "resizer", "notifier", "ops", "local")

#: The image of the web application, which has the packages of npm.
WEB = "web"

#: Architectures of the images, as `platform.machine()` names them.
MACHINES = ("x86_64", "aarch64")

#: The lists of installed Debian packages and the name of the release in an image.
DPKG_STATUS, OS_RELEASE = "/var/lib/dpkg/status", "/etc/os-release"

_DPKG_FIELD = re.compile(r"^(Package|Version|Architecture|Status): (.*)$", re.MULTILINE)


class BaseImage(NamedTuple):
    """The image that a Dockerfile builds on."""

    name: str
    tag: str

    @property
    def url(self) -> str:
        return f"pkg:docker/{self.name}@{self.tag}"


def fail(message: str) -> NoReturn:
    sys.exit(f"sbom: {message}")


def run(*command: str, input_text: str | None = None, folder: Path = ROOT) -> str:
    """Run a program and return its output. Exits if the program fails."""
    done = subprocess.run(  # noqa: S603 - fixed programs
        command, input=input_text, capture_output=True, text=True, check=False, cwd=folder
    )
    if done.returncode != 0:
        fail(f"{' '.join(command[:3])}: {done.stderr.strip()[-2000:]}")
    return done.stdout


def read_base_image(dockerfile: str) -> BaseImage:
    """Return the base of the final stage, whose name is the default of a build argument."""
    argument = re.findall(r"^FROM \$\{(\w+)\}", dockerfile, re.MULTILINE)[-1]
    default = re.search(rf"^ARG {argument}=(\S+):(\S+)$", dockerfile, re.MULTILINE)
    if default is None:
        fail(f"the Dockerfile has no default for {argument}")
    return BaseImage(*default.groups())


def read_uninstalled(dockerfile: str) -> set[str]:
    """Return the packages that the Dockerfile removes after it has installed the requirements."""
    commands = re.findall(r" uninstall ((?:--?\S+ )*)(.+)$", dockerfile, re.MULTILINE)
    return {package for _, packages in commands for package in packages.split()}


def select_requirements(text: str, python: str, uninstalled: set[str]) -> str:
    """Return the locked requirements that an image of this Python version has, with their hashes.

    A locked file is valid on every platform; markers select the packages of each.
    """
    lines = re.sub(r"\\\n\s*", "", text).splitlines()
    selected = []
    for line in lines:
        declaration = line.partition("--hash")[0].strip()
        if not declaration or declaration.startswith("#"):
            continue
        requirement = Requirement(declaration)
        if requirement.name not in uninstalled and _is_installed(requirement, python):
            selected.append(line.replace("--hash", " --hash"))
    return "\n".join(selected) + "\n"


def _is_installed(requirement: Requirement, python: str) -> bool:
    return requirement.marker is None or any(
        requirement.marker.evaluate(
            {
                "implementation_name": "cpython",
                "os_name": "posix",
                "platform_machine": machine,
                "platform_python_implementation": "CPython",
                "platform_system": "Linux",
                "python_full_version": f"{python}.0",
                "python_version": python,
                "sys_platform": "linux",
            }
        )
        for machine in MACHINES
    )


def describe_service(service: str, version: str) -> Json:
    """Return the bill of an image with Python packages, without its base image."""
    dockerfile = (ROOT / "services" / service / "Dockerfile").read_text()
    python = ".".join(read_base_image(dockerfile).tag.split("-")[0].split(".")[:2])
    text = "\n".join((ROOT / name).read_text() for name in _copied_requirements(dockerfile))
    requirements = select_requirements(text, python, read_uninstalled(dockerfile))
    program = str(Path(sys.executable).with_name("cyclonedx-py"))
    command = (program, "requirements", "--spec-version", "1.6", "--output-reproducible", "-")
    bill: Json = json.loads(run(*command, input_text=requirements))
    for component in bill["components"]:
        # The line of the requirements, and its number.
        del component["description"]
        component["bom-ref"] = component["purl"]
    own = [f"sightline-{part}" for part in _copied_projects(dockerfile)]
    bill["components"] += [
        {"type": "library", "name": name, "version": version, "bom-ref": name} for name in own
    ]
    # A locked file does not contain which package requires which.
    bill["dependencies"] = []
    return bill


def _copied_projects(dockerfile: str) -> list[str]:
    return re.findall(r"^COPY services/(\w+) ", dockerfile, re.MULTILINE)


def _copied_requirements(dockerfile: str) -> list[str]:
    copied = re.findall(r"^COPY (.*\.txt) ", dockerfile, re.MULTILINE)
    return [name for names in copied for name in names.split()]


def describe_web() -> Json:
    """Return the bill of the image of the web application, without its base image."""
    command = ("npm", "sbom", "--sbom-format", "cyclonedx", "--omit", "dev", "--package-lock-only")
    bill: Json = json.loads(run(*command, folder=ROOT / WEB))
    # Random, and the time of the run: the same sources have the same bill.
    del bill["serialNumber"], bill["metadata"]["timestamp"]
    # What npm writes is valid in 1.6, too.
    return bill | {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "specVersion": "1.6",
    }


def add_image(bill: Json, name: str, version: str, base: BaseImage, image: str | None) -> Json:
    """Return the bill with its image and base image, and with the packages of Debian in it.

    They are read from `image`, if one is given.
    """
    debian = list(list_debian_packages(image)) if image else []
    base_component = {
        "type": "container",
        "name": base.name,
        "version": base.tag,
        "purl": base.url,
        "bom-ref": base.url,
    }
    container = {
        "type": "container",
        "name": f"sightline-{name}",
        "version": version,
        "bom-ref": f"sightline-{name}@{version}",
        "licenses": [{"license": {"id": "Apache-2.0"}}],
    }
    root = bill["metadata"].get("component", {}).get("bom-ref")
    links = {each["ref"]: each.get("dependsOn", []) for each in bill["dependencies"]}
    direct = links.pop(root, [each["bom-ref"] for each in bill["components"]])
    links[container["bom-ref"]] = [*direct, base.url]
    links[base.url] = [each["bom-ref"] for each in debian]
    return bill | {
        "metadata": bill["metadata"] | {"component": container},
        "components": [*bill["components"], base_component, *debian],
        "dependencies": [{"ref": ref, "dependsOn": each} for ref, each in links.items()],
        "compositions": [
            {"aggregate": "complete" if debian else "incomplete", "assemblies": [base.url]}
        ],
    }


def list_debian_packages(image: str) -> Iterator[Json]:
    """Yield the Debian packages of an image. It needs no shell: only `cat` of the image runs."""
    command = ("docker", "run", "--rm", "--network", "none", "--entrypoint", "cat", image)
    release = re.search(r"^VERSION_CODENAME=(.*)$", run(*command, OS_RELEASE), re.MULTILINE)
    distribution = f"&distro={release[1]}" if release else ""
    for block in run(*command, DPKG_STATUS).split("\n\n"):
        fields = dict(
            re.findall(r"^(Package|Version|Architecture|Status): (.*)$", block, re.MULTILINE)
        )
        if not fields.get("Status", "").endswith(" installed"):
            continue
        name, version = fields["Package"], fields["Version"]
        url = f"pkg:deb/debian/{quote(name, safe='')}@{quote(version, safe='')}"
        url += f"?arch={fields['Architecture']}{distribution}"
        yield {"type": "library", "name": name, "version": version, "purl": url, "bom-ref": url}


def describe(name: str, version: str, image: str | None = None) -> Json:
    """Return the bill of the image of a service or of the web application."""
    folder = ROOT / WEB if name == WEB else ROOT / "services" / name
    base = read_base_image((folder / "Dockerfile").read_text())
    bill = describe_web() if name == WEB else describe_service(name, version)
    return add_image(bill, name, version, base, image)


def validate(bill: Json) -> str:
    """Return the bill as JSON. Exits if it does not comply with the schema of CycloneDX."""
    text = json.dumps(bill, indent=2) + "\n"
    error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    if error is not None:
        fail(f"not valid: {error}")
    return text


def parse_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--version", default=_version(), help="version of the images")
    parser.add_argument("--output", type=Path, default=ROOT / "dist" / "sbom", help="folder")
    parser.add_argument("--images", help="prefix of the repositories that have the images")
    parser.add_argument(
        "--names", default=",".join((*SERVICES, WEB)), help="images, such as api,worker"
    )
    return parser.parse_args(arguments)


def _version() -> str:
    project = tomllib.loads((ROOT / "services" / "core" / "pyproject.toml").read_text())
    version: str = project["project"]["version"]
    return version


def main() -> None:
    arguments = parse_arguments()
    arguments.output.mkdir(parents=True, exist_ok=True)
    for name in arguments.names.split(","):
        image = f"{arguments.images}/{name}:{arguments.version}" if arguments.images else None
        bill = describe(name, arguments.version, image)
        file = arguments.output / f"sightline-{name}.cdx.json"
        file.write_text(validate(bill))
        debian = sum(each.get("purl", "").startswith("pkg:deb/") for each in bill["components"])
        known = f"{debian} Debian packages" if debian else "without the packages of its base image"
        print(f"{file}: {len(bill['components'])} components, {known}")


if __name__ == "__main__":
    main()
