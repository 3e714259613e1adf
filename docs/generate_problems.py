"""Generate docs/problems.md, the table of all problem codes, from the API.

python docs/generate_problems.py    (or: make docs)
"""

from collections import defaultdict
from pathlib import Path

from sightline_api.document.responses import ANY_REQUEST, WITH_BODY
from sightline_api.openapi import make_document
from sightline_api.problems import CODES_KEY, INVALID_REQUEST, INVALID_REQUEST_CODE, Problem

PAGE = Path(__file__).with_name("problems.md")

#: Problems that a retry can solve, but after no particular time.
RETRYABLE = frozenset({"contended", "internal_error"})

#: Codes that only outcomes of a batch have.
OUTCOMES = {"too_many_albums": "outcomes of `add_to_album`"}

INTRODUCTION = """\
# Problem codes

Every error is `application/problem+json` (RFC 9457). `code` is stable and for programs; `detail` is
for people, and may change. Treat an unknown code by its status. `x-problem-codes` in `openapi.json`
lists the codes of each operation, and so does this page, which `make docs` generates.

An unknown path is answered with 404 `not_found`, and a method that a path does not have with 405
`method_not_allowed` and `Allow`. Each outcome of a batch has a status and a problem of its own:
those of `create_images` have the problems of `create_image`, and those of `delete_images`,
`add_to_album` and `remove_from_album` have `image_not_found`. Those of `update_images` have
`image_not_found`, `contended`, `too_many_labels` and `capture_time_not_shiftable`.

| Code | Status | Retry | Detail | Operations |
|---|---|---|---|---|
"""


def render_page() -> str:
    """Return the page, with one row per code, by status."""
    operations = find_operations()
    rows = {
        INVALID_REQUEST_CODE: (422, "no", INVALID_REQUEST),
        **{
            each.code: (int(each.status), format_retry(each), each.detail)
            for each in find_problems(Problem)
        },
    }
    missing = operations.keys() - rows.keys()
    if missing:
        raise ValueError(f"codes without a problem: {sorted(missing)}")
    lines = [
        f"| `{code}` | {status} | {retry} | {detail} | {format_operations(code, operations)} |"
        for code, (status, retry, detail) in sorted(rows.items(), key=lambda row: (row[1][0], row))
    ]
    return INTRODUCTION + "\n".join(lines) + "\n"


def find_operations() -> dict[str, list[str]]:
    """Return the ids of the operations of each code."""
    operations: defaultdict[str, list[str]] = defaultdict(list)
    for path in make_document()["paths"].values():
        for operation in path.values():
            for code in operation[CODES_KEY]:
                operations[code].append(operation["operationId"])
    return operations


def find_problems(base: type[Problem]) -> list[type[Problem]]:
    """Return the problems below this one, each with a code of its own."""
    found = []
    for each in base.__subclasses__():
        found += [each, *find_problems(each)] if "code" in vars(each) else find_problems(each)
    return found


def format_retry(problem: type[Problem]) -> str:
    """Return whether the same request may succeed later."""
    if problem.retry_after is not None:
        return "after `Retry-After`"
    return "yes" if problem.code in RETRYABLE else "no"


def format_operations(code: str, operations: dict[str, list[str]]) -> str:
    """Return the operations that may answer with the code."""
    if code in {each.code for each in ANY_REQUEST}:
        return "all"
    if code in {each.code for each in WITH_BODY}:
        return "all with a body"
    if code in {"unauthenticated", "rate_limited", "dependency_unavailable"}:
        return "all with a token"
    return OUTCOMES.get(code) or ", ".join(f"`{name}`" for name in operations[code])


if __name__ == "__main__":
    PAGE.write_text(render_page())
