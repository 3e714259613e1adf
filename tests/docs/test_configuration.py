"""The configuration reference lists every setting and matches the settings classes."""

import re
from pathlib import Path

import pytest
from generate_configuration import PAGE, SECTIONS, own_fields, render_page

ROOT = Path(__file__).parents[2]

#: Code that reads environment variables of its own, outside the settings classes.
SOURCES = ["clients/*/src", "services/*/src", "testing/src", "benchmarks", "tests"]

#: Variables of other programs, and prefixes.
NOT_SETTINGS = {"SIGHTLINE_COMPLETE"}


def test_the_committed_page_is_what_make_docs_generates() -> None:
    page = PAGE.read_text()
    assert page == render_page(page), "docs/configuration.md is out of date: run `make docs`"


@pytest.mark.parametrize("section", SECTIONS)
def test_every_setting_has_a_description(section: str) -> None:
    missing = [name for name, field in own_fields(SECTIONS[section]) if not field.description]
    assert missing == []


def test_every_environment_variable_in_the_code_is_documented() -> None:
    page = PAGE.read_text()
    used = {
        name
        for pattern in SOURCES
        for folder in ROOT.glob(pattern)
        for path in folder.rglob("*.py")
        for name in re.findall(r"environ(?:\.get\(|\[)\s*\"(SIGHTLINE_\w+)\"", path.read_text())
    }
    assert used - NOT_SETTINGS, "no environment variable was found in the code"
    assert [name for name in sorted(used - NOT_SETTINGS) if f"`{name}`" not in page] == []


def test_a_page_without_a_section_is_rejected() -> None:
    with pytest.raises(ValueError, match="expected one section 'services'"):
        render_page("# Configuration reference\n")
