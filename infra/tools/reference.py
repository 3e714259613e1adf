"""Write the tables of variables, outputs and resources into the README of every Terraform module.

    python infra/tools/reference.py [--check]

The parser relies on the layout of `terraform fmt` and does not support arbitrary HCL. With
`--check`, the script writes nothing and fails if a README is out of date.
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
    """An input variable of a module."""

    name: str
    description: str
    type: str
    default: str | None


def blocks(text: str, kind: str) -> Iterator[tuple[list[str], str]]:
    """Yield the labels and body of each top-level block of one kind."""
    for match in re.finditer(
        rf'^{kind}((?: "[^"]+")+) {{\n(.*?)^}}', text, re.MULTILINE | re.DOTALL
    ):
        yield re.findall(r'"([^"]+)"', match[1]), match[2]


def argument(body: str, name: str) -> str | None:
    """Return the value of an argument, joined to one line; `None` if it is missing."""
    match = re.search(rf"^  {name} += (.*?)\n(?=  \w|\n|\Z)", body, re.MULTILINE | re.DOTALL)
    return None if match is None else re.sub(r"\s+", " ", match[1]).strip()


def separate_fields(type_: str) -> str:
    """Insert the commas that the fields of an object type need on one line."""
    return re.sub(r"(?<=[\w)}]) (?=\w+ = )", ", ", type_)


def string_argument(body: str, name: str) -> str:
    match = re.search(rf'^  {name} += "(.*)"$', body, re.MULTILINE)
    if match is None:
        raise SystemExit(f"missing {name} in: {body[:200]}")
    return match[1].replace('\\"', '"').replace("|", "\\|")


def read_files(module: Path, pattern: str) -> str:
    return "\n".join(path.read_text() for path in sorted(module.glob(pattern)))


def parse_variables(module: Path) -> list[Variable]:
    return [
        Variable(
            labels[0],
            string_argument(body, "description"),
            separate_fields(argument(body, "type") or "any"),
            argument(body, "default"),
        )
        for labels, body in blocks(read_files(module, "variables.tf"), "variable")
    ]


def render_tables(module: Path) -> str:
    text = read_files(module, "*.tf")
    lines = ["## Inputs", "", "| Name | Description | Type | Default |", "|---|---|---|---|"]
    for variable in parse_variables(module):
        default = "*required*" if variable.default is None else f"`{variable.default}`"
        lines.append(
            f"| `{variable.name}` | {variable.description} | `{variable.type}` | {default} |"
        )
    lines += ["", "## Outputs", "", "| Name | Description |", "|---|---|"]
    for labels, body in blocks(read_files(module, "outputs.tf"), "output"):
        lines.append(f"| `{labels[0]}` | {string_argument(body, 'description')} |")
    resources = sorted({f"`{labels[0]}.{labels[1]}`" for labels, _ in blocks(text, "resource")})
    modules = sorted({f"`{labels[0]}`" for labels, _ in blocks(text, "module")})
    if modules:
        lines += ["", "## Modules", "", ", ".join(modules)]
    lines += ["", "## Resources", "", ", ".join(resources)]
    return "\n".join(lines)


def render(module: Path) -> str:
    """Return the README of a module with its generated tables up to date."""
    readme = module / "README.md"
    current = readme.read_text() if readme.exists() else f"# {module.name}\n\n{BEGIN}\n{END}\n"
    before, _, rest = current.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{render_tables(module)}\n\n{END}{after}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    stale = []
    roots = (ROOT, ROOT / "bootstrap", ROOT / "pipeline", ROOT / "standby")
    for module in [*roots, *sorted((ROOT / "modules").iterdir())]:
        readme, expected = module / "README.md", render(module)
        if readme.exists() and readme.read_text() == expected:
            continue
        stale.append(str(readme.relative_to(ROOT)))
        if not check:
            readme.write_text(expected)
    if check and stale:
        sys.exit(f"Out of date: {', '.join(stale)}. Run infra/tools/reference.py.")


if __name__ == "__main__":
    main()
