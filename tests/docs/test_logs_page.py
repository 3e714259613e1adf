"""The page about logs lists every message that a service logs."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
SERVICES = ("api", "core", "worker", "resizer", "notifier")
METHODS = {"info", "warning", "error", "exception"}


def find_messages() -> Iterator[str]:
    """Yield the text of every logged message, with … for each value that is filled in."""
    for service in SERVICES:
        for path in (ROOT / "services" / service / "src").rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and is_log_call(node.func):
                    # `log_event` takes the logger first.
                    first = node.args[0] if isinstance(node.func, ast.Attribute) else node.args[1]
                    if isinstance(first, ast.Constant) and isinstance(first.value, str):
                        yield re.sub(r"%\w", "…", first.value)


def is_log_call(function: ast.expr) -> bool:
    if isinstance(function, ast.Name):
        return function.id == "log_event"
    return (
        isinstance(function, ast.Attribute)
        and function.attr in METHODS
        and isinstance(function.value, ast.Name)
        and function.value.id == "logger"
    )


def test_the_page_lists_every_message() -> None:
    page = (ROOT / "docs" / "logs.md").read_text()
    messages = set(find_messages())
    assert len(messages) > 25, "the log calls were not found"
    listed = [message.split(": …")[0] for message in sorted(messages)]
    assert [message for message in listed if f"`{message}`" not in page] == []


def test_the_page_lists_every_saved_query() -> None:
    page = (ROOT / "docs" / "logs.md").read_text()
    queries = (ROOT / "infra" / "terraform" / "queries.tf").read_text()
    names = re.findall(r'^    "([\w ]+)" += <<-EOT$', queries, re.MULTILINE)
    assert len(names) == 11
    assert [name for name in names if f"`{name}`" not in page] == []
