"""The documentation explains every error code of the API and every failure code of an image."""

import re
from collections.abc import Iterator
from pathlib import Path

from sightline_api.problems import Problem
from sightline_worker.errors import REJECTIONS

ROOT = Path(__file__).parents[2]


def _problem_codes(kind: type[Problem]) -> Iterator[str]:
    for subclass in kind.__subclasses__():
        yield subclass.code
        yield from _problem_codes(subclass)


def _failure_codes() -> set[str]:
    raised = {
        code
        for service in ("core", "resizer", "worker")
        for path in (ROOT / "services" / service / "src").rglob("*.py")
        for code in re.findall(r"(?:Rejected|Failure)\(\s*(?:code=)?\"(\w+)\"", path.read_text())
    }
    return raised | {code for code, _ in REJECTIONS.values()}


def test_the_api_guide_lists_every_error_code() -> None:
    page = (ROOT / "docs" / "api-guide.md").read_text()
    codes = {*_problem_codes(Problem), "invalid_request", "internal_error"}
    assert len(codes) > 10, "the error classes were not found"
    assert [code for code in sorted(codes) if f"`{code}`" not in page] == []


def test_the_limits_page_lists_every_failure_code() -> None:
    page = (ROOT / "docs" / "limits.md").read_text()
    codes = _failure_codes()
    assert len(codes) > 10, "the failure codes were not found"
    assert [code for code in sorted(codes) if f"`{code}`" not in page] == []
