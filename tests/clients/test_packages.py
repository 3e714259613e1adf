"""The packages can be built, installed where nothing else is, and used."""

import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from sightline_local.connection import Connection
from sightline_local.stack import Stack

pytestmark = pytest.mark.clients

HERE = Path(__file__).parent
CLIENTS = HERE.parents[1] / "clients"
TYPESCRIPT = CLIENTS / "typescript"


def call(*command: str | Path, cwd: Path, **environment: str) -> str:
    """What it prints. Raises with all of it where it fails."""
    ended = subprocess.run(
        command, cwd=cwd, env={**os.environ, **environment}, capture_output=True, text=True
    )
    assert ended.returncode == 0, f"{command}\n{ended.stdout}\n{ended.stderr}"
    return ended.stdout


def test_the_python_packages_work_where_nothing_else_is(tmp_path: Path) -> None:
    for name in ("python", "cli"):
        build = (sys.executable, "-m", "build", "--no-isolation", "--outdir", tmp_path / "dist")
        call(*build, CLIENTS / name, cwd=tmp_path)
    wheels = sorted((tmp_path / "dist").glob("*.whl"))
    names = [wheel.name.partition("-0")[0] for wheel in wheels]
    assert names == ["sightline_cli", "sightline_client"]
    assert len(list((tmp_path / "dist").glob("*.tar.gz"))) == 2
    with zipfile.ZipFile(wheels[1]) as wheel:
        assert "sightline_client/py.typed" in wheel.namelist()

    call(sys.executable, "-m", "venv", "clean", cwd=tmp_path)
    python = tmp_path / "clean" / "bin" / "python"
    call(python, "-m", "pip", "install", "--quiet", *wheels, cwd=tmp_path)
    call(python, "-m", "pip", "check", cwd=tmp_path)
    command = python.with_name("sightline")
    assert call(command, "--version", cwd=tmp_path).startswith("sightline 0.")
    assert "upload" in call(command, "--help", cwd=tmp_path)
    call(python, "-W", "error", "-c", "import sightline_client, sightline_cli", cwd=tmp_path)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which nothing but the TypeScript package is installed."""
    folder = tmp_path_factory.mktemp("node")
    call("npm", "run", "--silent", "build", cwd=TYPESCRIPT)
    packed = call("npm", "pack", "--silent", TYPESCRIPT / "dist", cwd=folder).split()[-1]
    (folder / "package.json").write_text('{"private": true, "type": "module"}')
    call("npm", "install", "--silent", "--no-audit", "--no-fund", f"./{packed}", cwd=folder)
    return folder


def test_the_types_are_what_the_document_makes(tmp_path: Path) -> None:
    """Where they are not: `make clients`."""
    generator = TYPESCRIPT / "node_modules" / ".bin" / "openapi-typescript"
    made = tmp_path / "schema.ts"
    document = CLIENTS.parent / "openapi.json"
    call(generator, document, "--default-non-nullable", "false", "--output", made, cwd=tmp_path)
    assert made.read_text() == (TYPESCRIPT / "src" / "schema.ts").read_text()


def test_the_typescript_client_goes_the_whole_way(
    installed: Path, stack: Stack, card: Connection, draw: Callable[[str], Path], broken: Path
) -> None:
    environment = {
        "API": card.api,
        "COGNITO": card.cognito,
        "CLIENT_ID": card.client_id,
        "EMAIL": card.email,
        "PASSWORD": card.password,
        "PICTURE": str(draw("beach.jpg")),
        "BROKEN": str(broken),
    }
    (installed / "journey.mjs").write_text((HERE / "journey.mjs").read_text())
    with subprocess.Popen(
        ["node", "journey.mjs"],
        cwd=installed,
        env={**os.environ, **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for said in process.stdout:
            match said.strip():
                case "take it away":
                    stack.stop("api")
                    answer = "it is away"
                case "bring it back":
                    stack.restart("api")
                    answer = "it is back"
                case _:
                    break
            process.stdin.write(answer + "\n")
            process.stdin.flush()
        assert process.stderr is not None
        told = process.stderr.read()
    assert (said.strip(), process.returncode) == ("done", 0), told


def test_the_typescript_client_is_typed_where_it_is_installed(installed: Path) -> None:
    (installed / "use.ts").write_text(
        'import { createSightline } from "sightline-client";\n'
        'const sightline = createSightline({ baseUrl: "", token: async () => "" });\n'
        'const { data } = await sightline.GET("/v1/images");\n'
        "export const title: string | null | undefined = data?.items[0]?.title;\n"
        "// @ts-expect-error there is no such path\n"
        'await sightline.GET("/v1/nothing");\n'
    )
    compiler = TYPESCRIPT / "node_modules" / ".bin" / "tsc"
    options = ("--noEmit", "--strict", "--module", "nodenext", "--target", "es2022")
    call(compiler, *options, "--lib", "es2023,dom", "use.ts", cwd=installed)
