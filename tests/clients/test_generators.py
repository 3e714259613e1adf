"""Clients of generators that the repository does not use compile, and work with the API.

`make test-clients` installs the generators, apart from everything else, into `.venv-generators` and
`tests/clients/generators/node_modules`.
"""

import os
import shutil
import subprocess
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from sightline_client import Pool, Sightline
from sightline_local.connection import Connection

pytestmark = pytest.mark.clients

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "openapi.json"
GENERATORS = Path(__file__).parent / "generators"
PYTHON = ROOT / ".venv-generators" / "bin" / "python"
NODE_TOOLS = GENERATORS / "node_modules" / ".bin"

#: Tags of Exif (CIPA DC-008).
EXIF_IFD, DATE_TIME_ORIGINAL = 0x8769, 0x9003


def run(*command: str | Path, cwd: Path, **environment: str) -> str:
    """Run a command and return its output; the assertion message has all of it."""
    process = subprocess.run(
        command, cwd=cwd, env={**os.environ, **environment}, capture_output=True, text=True
    )
    assert process.returncode == 0, f"{command}\n{process.stdout}\n{process.stderr}"
    return process.stdout


@pytest.fixture
def environment(connection: Connection, pool: Pool, draw: Callable[[str], Path]) -> dict[str, str]:
    """The environment of a journey: the API, a token, and an image without a UTC offset."""
    path = draw("beach.jpg")
    with Image.open(BytesIO(path.read_bytes())) as image:
        exif = Image.Exif()
        exif.get_ifd(EXIF_IFD)[DATE_TIME_ORIGINAL] = "2026:06:21 21:14:08"
        image.save(path, exif=exif)
    with Sightline.sign_in(
        connection.api, connection.email, connection.password, pool
    ) as sightline:
        image_id = sightline.upload(path).id
        sightline.wait_until_ready(image_id, timeout=60)
        token = sightline.session.tokens.access
    return {"API": connection.api, "TOKEN": token, "IMAGE_ID": image_id}


def openapi_generator(folder: Path) -> Path:
    """Return the JAR of openapi-generator."""
    package = "import openapi_generator_cli as cli; print(cli.__path__[0])"
    return Path(run(PYTHON, "-c", package, cwd=folder).strip()) / "openapi-generator.jar"


def test_java_client_of_openapi_generator(tmp_path: Path, environment: dict[str, str]) -> None:
    jar = openapi_generator(tmp_path)
    options = "hideGenerationTimestamp=true,openApiNullable=false"
    run(
        *("java", "-jar", jar, "generate", "-g", "java", "--library", "native"),
        *("-i", DOCUMENT, "-o", tmp_path, "--additional-properties", options),
        cwd=tmp_path,
    )
    sources = [*(tmp_path / "src" / "main").rglob("*.java")]
    sources += [*(GENERATORS / "java").rglob("*.java")]
    # The generator itself uses the libraries that its clients need.
    run("javac", "-nowarn", "-d", "classes", "-cp", jar, *sources, cwd=tmp_path)
    path = f"{jar}{os.pathsep}classes"
    assert run("java", "-cp", path, "Journey", cwd=tmp_path, **environment) == "done\n"


@pytest.mark.skipif(shutil.which("go") is None, reason="requires Go")
def test_go_client_of_openapi_generator(tmp_path: Path, environment: dict[str, str]) -> None:
    jar, folder = openapi_generator(tmp_path), tmp_path / "client"
    # Without the last option, a client rejects a property that a later version adds.
    options = "packageName=sightline,disallowAdditionalPropertiesIfNotPresent=false"
    run(
        *("java", "-jar", jar, "generate", "-g", "go", "-i", DOCUMENT, "-o", folder),
        *("--additional-properties", options),
        cwd=tmp_path,
    )
    # The client needs the standard library only; its own tests need more.
    (folder / "go.mod").write_text("module example.com/sightline\n\ngo 1.18\n")
    (folder / "go.sum").unlink()
    shutil.rmtree(folder / "test")
    shutil.copytree(GENERATORS / "go", folder / "journey")
    run("go", "vet", "./...", cwd=folder)
    run("go", "build", "-o", tmp_path / "journey", "./journey", cwd=folder)
    assert run(tmp_path / "journey", cwd=tmp_path, **environment) == "done\n"


def test_typescript_client_of_openapi_ts(tmp_path: Path, environment: dict[str, str]) -> None:
    for name in ("journey.ts", "openapi-ts.config.js"):
        shutil.copy(GENERATORS / name, tmp_path)
    (tmp_path / "package.json").write_text('{"private": true, "type": "module"}')
    (tmp_path / "node_modules").symlink_to(GENERATORS / "node_modules")
    run(NODE_TOOLS / "openapi-ts", cwd=tmp_path, DOCUMENT=str(DOCUMENT))
    options = ("--strict", "--module", "nodenext", "--target", "es2022", "--types", "node")
    libraries = ("--lib", "es2023,dom,dom.iterable", "--skipLibCheck", "--outDir", "compiled")
    run(NODE_TOOLS / "tsc", *options, *libraries, "journey.ts", cwd=tmp_path)
    assert run("node", "compiled/journey.js", cwd=tmp_path, **environment) == "done\n"


def test_models_of_datamodel_code_generator(tmp_path: Path, environment: dict[str, str]) -> None:
    run(
        *(PYTHON, "-m", "datamodel_code_generator", "--input", DOCUMENT, "--formatters", "builtin"),
        *("--input-file-type", "openapi", "--output", "generated.py"),
        *("--output-model-type", "pydantic_v2.BaseModel", "--target-python-version", "3.11"),
        "--use-annotated",
        cwd=tmp_path,
    )
    shutil.copy(GENERATORS / "journey.py", tmp_path)
    assert run(PYTHON, "journey.py", cwd=tmp_path, **environment) == "done\n"
