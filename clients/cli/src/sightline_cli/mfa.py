"""`sightline mfa`: multi-factor authentication with an authenticator app."""

import io
from collections.abc import Coroutine
from typing import Annotated, Any

import segno
import typer

from sightline_cli.runner import ERR, OUT, Json, open_client, print_json, run
from sightline_client import SightlineError
from sightline_client.errors import SignInRejected

app = typer.Typer(
    help="Require a code of an authenticator app at sign-in.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)

#: Cognito's errors for a wrong code.
WRONG_CODE = frozenset({"CodeMismatchException", "EnableSoftwareTokenMFAException"})


class WrongCode(SightlineError):
    """The code is not one of the authenticator app."""


@app.command()
def status(as_json: Json = False) -> None:
    """Show whether a code is required at sign-in."""

    async def work() -> None:
        async with open_client() as client:
            enabled = await client.mfa.is_enabled()
        if as_json:
            print_json({"enabled": enabled})
        else:
            OUT.print("enabled" if enabled else "disabled")

    run(work())


@app.command()
def enable(
    code_stdin: Annotated[
        bool,
        typer.Option("--code-stdin", help="Print the secret only, and read the code from a pipe."),
    ] = False,
    as_json: Json = False,
) -> None:
    """Set up an authenticator app: shows a QR code, and asks for a code of the app.

    Save the secret in a password manager: there are no recovery codes.
    """

    async def work() -> None:
        async with open_client() as client:
            key = await client.mfa.create_key()
            if as_json:
                print_json({"secret": key.secret, "uri": key.uri})
            elif code_stdin:
                OUT.print(key.secret)
            else:
                ERR.print("Scan this with your authenticator app, or enter the secret:")
                ERR.print(_draw_qr_code(key.uri), markup=False, soft_wrap=True)
                OUT.print(key.secret)
                ERR.print("Save the secret in a password manager: there are no recovery codes.")
            await client.mfa.enable(_read_code(code_stdin or as_json))
        ERR.print("[green]✓[/] A code is required at sign-in from now on")

    run(_explain_wrong_code(work()))


@app.command()
def disable(
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask for confirmation.")] = False,
    as_json: Json = False,
) -> None:
    """Require no code at sign-in any more."""
    if not yes:
        typer.confirm("Disable multi-factor authentication?", abort=True, err=True)

    async def work() -> None:
        async with open_client() as client:
            await client.mfa.disable()
        if as_json:
            print_json({"enabled": False})
        else:
            ERR.print("[green]✓[/] No code is required at sign-in any more")

    run(work())


async def _explain_wrong_code(work: Coroutine[Any, Any, None]) -> None:
    try:
        await work
    except SignInRejected as rejected:
        if rejected.code not in WRONG_CODE:
            raise
        raise WrongCode("the code is wrong; nothing was changed") from None


def _read_code(from_stdin: bool) -> str:
    if from_stdin:
        return typer.get_text_stream("stdin").readline().strip()
    code: str = typer.prompt("Code", err=True)
    return code.strip()


def _draw_qr_code(text: str) -> str:
    drawing = io.StringIO()
    segno.make(text, error="m").terminal(drawing, compact=True)
    return drawing.getvalue()
