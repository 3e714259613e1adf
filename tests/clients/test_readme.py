"""The examples of the Python client's README are correct for strict type checkers."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = ROOT / "clients" / "python" / "README.md"

#: Installed by `make test-clients`.
PYRIGHT = ROOT / "tests" / "clients" / "generators" / "node_modules" / ".bin" / "pyright"

_BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def extract_examples() -> str:
    """Return all examples as one module: each one continues those before it.

    The first one is a program of its own and becomes a function.
    """
    first, *others = _BLOCK.findall(README.read_text())
    assert others
    lines = first.replace("\n\nwith", "\n\n\ndef main() -> None:\n    with", 1).splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("    with"))
    body = [lines[start], *(f"    {line}" for line in lines[start + 1 :])]
    return "\n".join([*lines[:start], *body, *others])


def test_examples_pass_mypy_strict(tmp_path: Path) -> None:
    module = tmp_path / "examples.py"
    module.write_text(extract_examples())
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file", "", str(module)]
    checked = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.clients
def test_examples_pass_pyright_strict(tmp_path: Path) -> None:
    (tmp_path / "examples.py").write_text(extract_examples())
    (tmp_path / "pyrightconfig.json").write_text(json.dumps({"typeCheckingMode": "strict"}))
    command = [str(PYRIGHT), "--pythonpath", sys.executable, "examples.py"]
    checked = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout + checked.stderr
