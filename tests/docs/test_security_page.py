"""The page about security has a row for each requirement, and names code and tests that exist."""

import re
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "security.md"
THREATS = ROOT / "docs" / "threat-model.md"

#: The requirements of OWASP ASVS 5.0.0 of the levels 1 and 2: identifier and level.
REQUIREMENTS = Path(__file__).with_name("asvs_5_0_0.txt")

STATES = ("met", "partly", "gap", "n/a")

_ROW = re.compile(r"^\| (V[\d.]+) \| (\d) \| (.+?) \| \**([\w/]+)\** \| (.+) \|$", re.MULTILINE)
_SUMMARY = re.compile(r"^\| ([\w/]+) \| (\d+) \| (\d+) \|$", re.MULTILINE)
_CODE = re.compile(r"`([^`\s]+)`")
_FOLDERS = tuple(
    f"{name}/" for name in ("clients", "docs", "infra", "services", "tests", "web", "requirements")
)


class Row(NamedTuple):
    level: str
    subject: str
    state: str
    evidence: str


def read_rows() -> dict[str, Row]:
    return {name: Row(*rest) for name, *rest in _ROW.findall(PAGE.read_text())}


def find_missing(text: str) -> list[str]:
    """Return the paths and `path::test` in backticks that do not exist."""
    missing = []
    for name in _CODE.findall(text):
        path, _, test = name.partition("::")
        if not path.startswith(_FOLDERS):
            continue
        file = ROOT / path
        if not file.exists() or (test and f"def {test}(" not in file.read_text()):
            missing.append(name)
    return missing


def test_each_requirement_of_the_levels_1_and_2_has_one_row() -> None:
    expected = [line.split() for line in REQUIREMENTS.read_text().splitlines()]
    assert len(expected) == 70 + 183, "levels 1 and 2 of ASVS 5.0.0"
    assert [[name, level] for name, level, *_ in _ROW.findall(PAGE.read_text())] == expected


def test_each_row_has_a_state_and_evidence_or_an_explanation() -> None:
    for name, row in read_rows().items():
        assert row.state in STATES, name
        assert len(row.evidence) > len("no"), name


def test_the_summary_counts_the_rows() -> None:
    counts = Counter((row.state, row.level) for row in read_rows().values())
    summary = {
        state: (int(first), int(second))
        for state, first, second in _SUMMARY.findall(PAGE.read_text())
    }
    assert summary == {state: (counts[state, "1"], counts[state, "2"]) for state in STATES}


def test_each_gap_is_listed_with_what_closes_it() -> None:
    listed = PAGE.read_text().partition("## Gaps")[2].partition("\n## ")[0]
    incomplete = [name for name, row in read_rows().items() if row.state in {"gap", "partly"}]
    assert [name for name in incomplete if not re.search(rf"{name}\b(?!\.)", listed)] == []


@pytest.mark.parametrize("page", [PAGE, THREATS], ids=lambda page: page.stem)
def test_code_and_tests_of_the_evidence_exist(page: Path) -> None:
    assert find_missing(page.read_text()) == []


def test_a_test_that_was_renamed_is_found() -> None:
    here = "tests/docs/test_security_page.py"
    text = f"`{here}::test_a_test_that_was_renamed_is_found` `{here}::test_gone` `tests/gone.py`"
    assert find_missing(text) == [f"{here}::test_gone", "tests/gone.py"]


def test_every_threat_has_a_defense_with_a_test_or_is_accepted() -> None:
    rows = re.findall(r"^\| (T\d+) \|(.+)\|$", THREATS.read_text(), re.MULTILINE)
    assert len(rows) > 10, "the table of threats was not found"
    assert [
        name for name, row in rows if "`tests/" not in row and "accepted" not in row.lower()
    ] == []
