"""Writes the tables of variables, outputs and resources into the README of every Terraform module.

    python infra/tools/reference.py [--check]

It reads our own files, which `terraform fmt` keeps in one shape, and is no parser of Terraform.
With `--check` it writes nothing and fails where a README is not what it would write.
"""

import argparse
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1] / "terraform"

BEGIN = "<!-- tables: written by infra/tools/reference.py -->"
END = "<!-- end of tables -->"


class Variable(NamedTuple):
    """One setting of a module."""

    name: str
    description: str
    type: str
    default: str | None


def blocks(text: str, kind: str) -> Iterator[tuple[list[str], str]]:
    """Labels and body of the top-level blocks of one kind."""
    for match in re.finditer(
        rf'^{kind}((?: "[^"]+")+) {{\n(.*?)^}}', text, re.MULTILINE | re.DOTALL
    ):
        yield re.findall(r'"([^"]+)"', match[1]), match[2]


def argument(body: str, name: str) -> str | None:
    """The value of an argument, a longer one on one line."""
    match = re.search(rf"^  {name} += (.*?)\n(?=  \w|\n|\Z)", body, re.MULTILINE | re.DOTALL)
    return None if match is None else re.sub(r"\s+", " ", match[1]).strip()


def separate(kind: str) -> str:
    """An object's fields with commas between, as they must be on one line."""
    return re.sub(r"(?<=[\w)}]) (?=\w+ = )", ", ", kind)


def quoted(body: str, name: str) -> str:
    match = re.search(rf'^  {name} += "(.*)"$', body, re.MULTILINE)
    if match is None:
        raise SystemExit(f"no {name} in: {body[:200]}")
    return match[1].replace('\\"', '"').replace("|", "\\|")


def read(module: Path, name: str) -> str:
    return "\n".join(path.read_text() for path in sorted(module.glob(name)))


def variables(module: Path) -> list[Variable]:
    return [
        Variable(
            labels[0],
            quoted(body, "description"),
            separate(argument(body, "type") or "any"),
            argument(body, "default"),
        )
        for labels, body in blocks(read(module, "variables.tf"), "variable")
    ]


def tables(module: Path) -> str:
    text = read(module, "*.tf")
    lines = ["## Settings", "", "| name | what | type | default |", "|---|---|---|---|"]
    for each in variables(module):
        default = "*needed*" if each.default is None else f"`{each.default}`"
        lines.append(f"| `{each.name}` | {each.description} | `{each.type}` | {default} |")
    lines += ["", "## What it tells", "", "| name | what |", "|---|---|"]
    for labels, body in blocks(read(module, "outputs.tf"), "output"):
        lines.append(f"| `{labels[0]}` | {quoted(body, 'description')} |")
    made = sorted({f"`{labels[0]}.{labels[1]}`" for labels, _ in blocks(text, "resource")})
    modules = sorted({f"`{labels[0]}`" for labels, _ in blocks(text, "module")})
    if modules:
        lines += ["", "## What it is made of", "", ", ".join(modules)]
    lines += ["", "## What it makes", "", ", ".join(made)]
    return "\n".join(lines)


def render(module: Path) -> str:
    """The whole README: what people wrote, and our tables."""
    readme = module / "README.md"
    written = readme.read_text() if readme.exists() else f"# {module.name}\n\n{BEGIN}\n{END}\n"
    before, _, rest = written.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{tables(module)}\n\n{END}{after}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    stale = []
    for module in [ROOT, *sorted((ROOT / "modules").iterdir())]:
        readme, wanted = module / "README.md", render(module)
        if readme.exists() and readme.read_text() == wanted:
            continue
        stale.append(str(readme.relative_to(ROOT)))
        if not check:
            readme.write_text(wanted)
    if check and stale:
        sys.exit(f"run infra/tools/reference.py: out of date: {', '.join(stale)}")


if __name__ == "__main__":
    main()
