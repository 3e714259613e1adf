"""The packages can be built, installed in an empty environment, and used."""

import gzip
import os
import re
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

#: An example of the README.
_EXAMPLE = re.compile(r"^```ts\n(.*?)^```$", re.MULTILINE | re.DOTALL)

#: A row of the README's table of sizes.
_SIZE_ROW = re.compile(r"^\| (this package.*?) \| (\d+) kB \|$", re.MULTILINE)


def run(*command: str | Path, cwd: Path, **environment: str) -> str:
    """Run a command and return its output; the assertion message has all of it."""
    process = subprocess.run(
        command, cwd=cwd, env={**os.environ, **environment}, capture_output=True, text=True
    )
    assert process.returncode == 0, f"{command}\n{process.stdout}\n{process.stderr}"
    return process.stdout


def test_python_packages_install_in_an_empty_environment(tmp_path: Path) -> None:
    for name in ("python", "cli"):
        build = (sys.executable, "-m", "build", "--no-isolation", "--outdir", tmp_path / "dist")
        run(*build, CLIENTS / name, cwd=tmp_path)
    wheels = sorted((tmp_path / "dist").glob("*.whl"))
    names = [wheel.name.partition("-0")[0] for wheel in wheels]
    assert names == ["sightline_cli", "sightline_client"]
    assert len(list((tmp_path / "dist").glob("*.tar.gz"))) == 2
    with zipfile.ZipFile(wheels[1]) as wheel:
        assert "sightline_client/py.typed" in wheel.namelist()
    license_text = (CLIENTS.parent / "LICENSE").read_bytes()
    for path in wheels:
        with zipfile.ZipFile(path) as wheel:
            (name,) = (name for name in wheel.namelist() if name.endswith("/LICENSE"))
            assert wheel.read(name) == license_text
            assert f"{path.name.split('-')[1]}.dist-info/" in name

    run(sys.executable, "-m", "venv", "clean", cwd=tmp_path)
    python = tmp_path / "clean" / "bin" / "python"
    run(python, "-m", "pip", "install", "--quiet", *wheels, cwd=tmp_path)
    run(python, "-m", "pip", "check", cwd=tmp_path)
    command = python.with_name("sightline")
    assert run(command, "--version", cwd=tmp_path).startswith("sightline 0.")
    assert "upload" in run(command, "--help", cwd=tmp_path)
    run(python, "-W", "error", "-c", "import sightline_client, sightline_cli", cwd=tmp_path)
    # The only package under the LGPL is an extra.
    installed = run(python, "-m", "pip", "list", "--format", "freeze", cwd=tmp_path)
    assert "textual" not in installed
    refused = subprocess.run([command, "show", "--preview"], capture_output=True, text=True)
    assert refused.returncode == 2
    assert "sightline-cli[preview]" in refused.stderr


def compile_typescript(folder: Path, module: str) -> None:
    """Check the types of a module where the package is installed."""
    compiler = TYPESCRIPT / "node_modules" / ".bin" / "tsc"
    options = ("--noEmit", "--strict", "--module", "nodenext", "--target", "es2022")
    run(compiler, *options, "--lib", "es2023,dom,dom.asynciterable", module, cwd=folder)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which only the TypeScript package is installed."""
    folder = tmp_path_factory.mktemp("node")
    run("npm", "run", "--silent", "build", cwd=TYPESCRIPT)
    packed = run("npm", "pack", "--silent", TYPESCRIPT / "dist", cwd=folder).split()[-1]
    (folder / "package.json").write_text('{"private": true, "type": "module"}')
    run("npm", "install", "--silent", "--no-audit", "--no-fund", f"./{packed}", cwd=folder)
    return folder


def test_typescript_types_are_up_to_date(tmp_path: Path) -> None:
    """If this fails, run `make clients`."""
    generator = TYPESCRIPT / "node_modules" / ".bin" / "openapi-typescript"
    generated = tmp_path / "schema.ts"
    document = CLIENTS.parent / "openapi.json"
    run(generator, document, "--default-non-nullable", "false", "--output", generated, cwd=tmp_path)
    assert generated.read_text() == (TYPESCRIPT / "src" / "schema.ts").read_text()


def test_typescript_client_covers_sign_in_to_deletion(
    installed: Path, stack: Stack, connection: Connection, draw: Callable[[str], Path], broken: Path
) -> None:
    environment = {
        "API": connection.api,
        "COGNITO": connection.cognito,
        "POOL_ID": connection.pool_id,
        "TOKEN_URL": connection.token_url or "",
        "MACHINE_CLIENT_ID": connection.machine_client_id or "",
        "MACHINE_CLIENT_SECRET": connection.machine_client_secret or "",
        "CLIENT_ID": connection.client_id,
        "EMAIL": connection.email,
        "PASSWORD": connection.password,
        "IMAGE": str(draw("beach.jpg")),
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
        line = ""
        for line in process.stdout:
            match line.strip():
                case "stop the API":
                    stack.stop("api")
                    reply = "stopped"
                case "restart the API":
                    stack.restart("api")
                    reply = "restarted"
                case _:
                    break
            process.stdin.write(reply + "\n")
            process.stdin.flush()
        assert process.stderr is not None
        errors = process.stderr.read()
    assert (line.strip(), process.returncode) == ("done", 0), errors


def test_typescript_readme_has_the_measured_sizes(installed: Path) -> None:
    """If this fails, correct the table in the README."""
    package = installed / "node_modules" / "sightline-client"
    modules = [path.read_bytes() for path in sorted(package.glob("*.js"))]
    size = sum(map(len, modules)) / 1000
    compressed = sum(len(gzip.compress(module)) for module in modules) / 1000
    rows = dict(_SIZE_ROW.findall((TYPESCRIPT / "README.md").read_text()))
    assert rows == {
        "this package": f"{size:.0f}",
        "this package, gzip": f"{compressed:.0f}",
    }


def test_examples_of_the_typescript_readme_have_no_type_errors(installed: Path) -> None:
    """All examples form one module: each one continues those before it."""
    examples = _EXAMPLE.findall((TYPESCRIPT / "README.md").read_text())
    assert len(examples) == 4
    declared = (
        "declare const password: string, id: string, file: File;\n"
        "declare function refresh(imageId: string): void;\n"
        "export let lastId: string | null = null;\n"
    )
    (installed / "examples.ts").write_text(declared + "\n".join(examples))
    compile_typescript(installed, "examples.ts")


def test_installed_typescript_client_has_types(installed: Path) -> None:
    (installed / "use.ts").write_text(
        'import { createSightline } from "sightline-client";\n'
        'const sightline = createSightline({ baseUrl: "", token: async () => "" });\n'
        'const { data } = await sightline.GET("/v1/images");\n'
        "export const title: string | null | undefined = data?.items[0]?.title;\n"
        "// @ts-expect-error there is no such path\n"
        'await sightline.GET("/v1/nothing");\n'
    )
    compile_typescript(installed, "use.ts")
