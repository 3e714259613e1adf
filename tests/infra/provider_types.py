"""Extract the arguments and attributes of AWS resources from the types of a newer provider.

    python -m pip download --no-deps cdktn-provider-aws
    python tests/infra/provider_types.py cdktn_provider_aws-VERSION-py3-none-any.whl

The package carries the types of the Terraform AWS provider, generated from its schema, but is too
large (70 MB) for a test environment. This script writes what the configuration uses of them to
tests/infra/provider_types.json, which a test compares with the configuration. Run it again when the
test reports a missing type, or to compare with a newer version.
"""

import argparse
import ast
import json
import re
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[2]
CONFIGURATION = ROOT / "infra" / "terraform"
TABLE = ROOT / "tests" / "infra" / "provider_types.json"

Json = dict[str, Any]

#: Arguments of Terraform itself, which all resources and data sources accept.
META_ARGUMENTS = {
    *("connection", "count", "depends_on", "for_each", "lifecycle", "provider", "provisioners"),
    *("provisioner",),
}

_BLOCK = re.compile(r'\s*(\w+)((?: "[^"]+")*) \{')
_ARGUMENT = re.compile(r"\s*(\w+)\s+= ")
# Ephemeral resources are not in the package.
_REFERENCE = re.compile(r"(?<!ephemeral\.)\b((?:data\.)?aws_\w+)\.\w+(?:\[[^\]]*\])?\.(\w+)")


class Usage(NamedTuple):
    """One use of a resource or data source, whose type starts with `data.`."""

    type: str
    #: Arguments and blocks: the names of the blocks around them, then their own.
    paths: frozenset[tuple[str, ...]]


def find_usages(folder: Path = CONFIGURATION) -> Iterator[Usage]:
    """Yield the resources and data sources of a configuration in the layout of `terraform fmt`."""
    for file in _files(folder):
        yield from _parse(file.read_text())


def find_references(folder: Path = CONFIGURATION) -> set[tuple[str, str]]:
    """Return the types and attributes that expressions refer to."""
    return {
        (match[1], match[2])
        for file in _files(folder)
        for match in _REFERENCE.finditer(file.read_text())
    }


def _files(folder: Path) -> list[Path]:
    return sorted(file for file in folder.rglob("*.tf") if ".terraform" not in file.parts)


def _parse(text: str) -> Iterator[Usage]:
    blocks: list[str] = []
    paths: set[tuple[str, ...]] = set()
    # Depth of brackets in a multi-line expression, in which names are not arguments.
    depth = 0
    for line in text.splitlines():
        code = re.sub(r'"(?:[^"\\]|\\.)*"', '""', line.split(" # ")[0])
        if code.lstrip().startswith("#"):
            continue
        if depth == 0 and (match := _BLOCK.fullmatch(line)):
            labels = re.findall(r'"([^"]+)"', match[2])
            if match[1] in {"resource", "data"} and not blocks:
                prefix = "data." if match[1] == "data" else ""
                blocks, paths = [prefix + labels[0]], set()
            else:
                blocks.append(labels[0] if match[1] == "dynamic" else match[1])
                paths.add(_path(blocks))
            continue
        if depth == 0 and code.strip() == "}" and blocks:
            kind = blocks.pop()
            if not blocks and kind.removeprefix("data.").startswith("aws_"):
                yield Usage(kind, frozenset(paths))
            continue
        if depth == 0 and blocks and (match := _ARGUMENT.match(line)):
            paths.add((*_path(blocks), match[1]))
        depth += sum(code.count(each) for each in "{[(") - sum(code.count(each) for each in "}])")


def _path(blocks: list[str]) -> tuple[str, ...]:
    """Return the names of the blocks within the resource; `content` belongs to a dynamic block."""
    return tuple(name for name in blocks[1:] if name != "content")


class Types:
    """The types of one resource, parsed from its Python module."""

    def __init__(self, source: str) -> None:
        self._classes = {
            node.name: node for node in ast.parse(source).body if isinstance(node, ast.ClassDef)
        }
        self._resource = next(
            node
            for node in self._classes.values()
            if any("Terraform" in ast.unparse(base) for base in node.bases)
        )

    def describe(self, paths: set[tuple[str, ...]]) -> Json:
        """Return all arguments, the blocks that `paths` use, and the computed attributes."""
        properties = {
            node.name
            for node in self._resource.body
            if isinstance(node, ast.FunctionDef)
            and any("property" in ast.unparse(each) for each in node.decorator_list)
        }
        described = self._describe_block(self._resource, paths)
        excluded = {name for name in properties if name.endswith("_input")}
        computed = properties - excluded - {"TF_RESOURCE_TYPE", *described["arguments"]}
        return {**described, "computed": sorted(computed)}

    def _describe_block(self, node: ast.ClassDef, paths: set[tuple[str, ...]]) -> Json:
        initializer = next(
            each
            for each in node.body
            if isinstance(each, ast.FunctionDef) and each.name == "__init__"
        )
        arguments = initializer.args
        annotations = {
            each.arg: ast.unparse(each.annotation)
            for each in arguments.kwonlyargs
            if each.annotation
        }
        required = [
            each.arg
            for each, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
            if default is None
        ]
        blocks = {}
        for name in sorted({path[0] for path in paths if path}):
            nested = {path[1:] for path in paths if path[:1] == (name,) and len(path) > 1}
            block = self._block_class(annotations.get(name, ""))
            if nested and block is not None:
                blocks[name] = self._describe_block(block, nested)
        described: Json = {
            "arguments": sorted(set(annotations) - META_ARGUMENTS),
            "required": sorted(required),
        }
        return {**described, "blocks": blocks} if blocks else described

    def _block_class(self, annotation: str) -> ast.ClassDef | None:
        for name in re.findall(r"\w+", annotation):
            if name in self._classes:
                return self._classes[name]
        return None


def extract(wheel: Path) -> Json:
    """Return the types that the configuration uses, with the version of the provider."""
    used: dict[str, set[tuple[str, ...]]] = {}
    for usage in find_usages():
        used.setdefault(usage.type, set()).update(usage.paths)
    for type_, _ in find_references():
        used.setdefault(type_, set())
    types: Json = {}
    version = ""
    with zipfile.ZipFile(wheel) as archive:
        for name, paths in sorted(used.items()):
            module = name.replace("data.", "data_").removeprefix("aws_")
            try:
                source = archive.read(f"cdktn_provider_aws/{module}/__init__.py").decode()
            except KeyError:
                print(f"{name} is not in this version of the provider", file=sys.stderr)
                continue
            types[name] = Types(source).describe(paths)
            version = re.findall(r"hashicorp/aws/([\d.]+)/docs", source)[0]
    return {"provider": version, "types": types}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("wheel", type=Path, help="the package cdktn-provider-aws")
    table = extract(parser.parse_args().wheel)
    # One line per type, so that a change of one type is a change of one line.
    lines = ",\n".join(
        f"  {json.dumps(name)}: {json.dumps(types)}" for name, types in table["types"].items()
    )
    TABLE.write_text(f'{{"provider": "{table["provider"]}", "types": {{\n{lines}\n}}}}\n')


if __name__ == "__main__":
    main()
