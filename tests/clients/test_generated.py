"""The generated code is up to date with its sources."""

import runpy
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / "clients" / "python"
CLIENT = PYTHON / "src" / "sightline_client"


def test_blocking_client_is_up_to_date(tmp_path: Path) -> None:
    """If this fails, run `make clients`."""
    mirror = runpy.run_path(str(PYTHON / "mirror.py"))["mirror"]
    modules = [path for path in sorted((CLIENT / "_async").glob("*.py")) if path.stem[0] != "_"]
    modules = [path for path in modules if path.stem != "concurrency"]
    assert modules
    for path in modules:
        (tmp_path / path.name).write_text(mirror(path.read_text(), path.name))
    _format(tmp_path)
    for path in modules:
        assert (tmp_path / path.name).read_text() == (CLIENT / "_sync" / path.name).read_text()


def test_generated_client_is_up_to_date(tmp_path: Path) -> None:
    """If this fails, run `make clients`."""
    generator = shutil.which("openapi-python-client", path=str(Path(sys.executable).parent))
    assert generator is not None
    target = tmp_path / "generated"
    subprocess.run(
        [
            *(generator, "generate", "--meta", "none", "--fail-on-warning"),
            *("--path", ROOT / "openapi.json", "--config", PYTHON / "generator.yml"),
            *("--output-path", target),
        ],
        check=True,
        capture_output=True,
    )
    _format(target)
    assert _read(target) == _read(CLIENT / "generated")


def _format(folder: Path) -> None:
    command = [sys.executable, "-m", "ruff", "format", "--quiet"]
    subprocess.run([*command, "--config", ROOT / "pyproject.toml", folder], check=True)


def _read(folder: Path) -> dict[str, str]:
    paths = [path for path in folder.rglob("*.py") if "__pycache__" not in path.parts]
    return {str(path.relative_to(folder)): path.read_text() for path in paths}
