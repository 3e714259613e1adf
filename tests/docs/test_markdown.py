"""Links, images and commands in every Markdown file of the repository exist."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest

ROOT = Path(__file__).parents[2]

LINK = re.compile(
    r"\]\(([^()\s]+(?:\([^()\s]*\))?)\)|<(?:img|source)[^>]* src(?:set)?=\"([^\"]+)\""
)
FENCE = re.compile(r"^( *)```.*?^\1```$", re.MULTILINE | re.DOTALL)
INLINE_CODE = re.compile(r"`[^`\n]*`")
PATH = re.compile(
    r"`((?:benchmarks|clients|docs|infra|reliability|requirements|services|testing|tests|web)"
    r"/[\w./*-]+)`"
)
#: Folders of installed and built packages.
SKIPPED_FOLDERS = {"build", "dist", "node_modules"}
#: Folders of generated files.
GENERATED = ("benchmarks/out/", "web/dist", "infra/terraform/environments/")
COMMAND = re.compile(r"(?:^\s*(?:\$ )?|`|&& |\()make(?: -\w)* ([a-z][a-z-]*)", re.MULTILINE)


def _markdown_files() -> Iterator[str]:
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [
            each for each in folders if not each.startswith(".") and each not in SKIPPED_FOLDERS
        ]
        for name in files:
            if name.endswith(".md"):
                yield str((Path(folder) / name).relative_to(ROOT))


FILES = sorted(_markdown_files())


def _without_code(text: str) -> str:
    return INLINE_CODE.sub("", FENCE.sub("", text))


def _code(text: str) -> str:
    fences = [match[0] for match in FENCE.finditer(text)]
    return "\n".join([*fences, *INLINE_CODE.findall(FENCE.sub("", text))])


def _anchors(page: Path) -> set[str]:
    """Return the fragment of each heading, as GitHub derives it."""
    headings = re.findall(r"^#+ (.*)$", FENCE.sub("", page.read_text()), re.MULTILINE)
    plain = (re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).strip() for heading in headings)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in plain}


def _broken_links(page: Path) -> Iterator[str]:
    for inline, source in LINK.findall(_without_code(page.read_text())):
        link = inline or source
        if re.match(r"[a-z]+:", link):
            continue
        path, _, fragment = unquote(link).partition("#")
        target = page.parent / path if path else page
        missing_anchor = fragment and target.suffix == ".md" and target.exists()
        if not target.exists() or (missing_anchor and fragment not in _anchors(target)):
            yield link


@pytest.mark.parametrize("name", FILES)
def test_relative_links_and_images_resolve(name: str) -> None:
    assert list(_broken_links(ROOT / name)) == []


@pytest.mark.parametrize("name", FILES)
def test_make_commands_name_existing_targets(name: str) -> None:
    targets = {
        target
        for names in re.findall(r"^([a-z][a-z -]*):", (ROOT / "Makefile").read_text(), re.MULTILINE)
        for target in names.split()
    }
    commands = set(COMMAND.findall(_code((ROOT / name).read_text())))
    assert commands - targets == set()


@pytest.mark.parametrize("name", FILES)
def test_repository_paths_in_code_exist(name: str) -> None:
    page = ROOT / name
    missing = [
        path
        for path in sorted(set(PATH.findall(FENCE.sub("", page.read_text()))))
        if not path.startswith(GENERATED)
        and not [*ROOT.glob(path.rstrip("/")), *page.parent.glob(path.rstrip("/"))]
    ]
    assert missing == []


def test_a_missing_file_and_a_missing_heading_are_broken_links(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# Set up `make`\n[self](#set-up-make) [file](gone.md) [heading](#gone) "
        '`[code](ignored)` <img src="gone.webp"> [site](https://example.com)\n'
    )
    assert list(_broken_links(page)) == ["gone.md", "#gone", "gone.webp"]
