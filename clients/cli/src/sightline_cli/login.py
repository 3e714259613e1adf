"""`sightline login` and `logout`."""

import json
from pathlib import Path
from typing import Annotated, Any, NamedTuple
from urllib.parse import urljoin

import httpx
import typer

from sightline_cli.formatting import format_count
from sightline_cli.runner import ERR, OUT, PROFILE, Json, print_json, run
from sightline_client import AsyncSightline, Pool, SightlineError
from sightline_client.cognito import SignInFlow
from sightline_client.errors import Unreachable
from sightline_client.sessions import default_session_store

#: Where `make run` writes the connection details of the local server.
CONNECTION_FILE = Path(".sightline") / "stack.json"

#: The web application's configuration, which names the API and the user pool.
CONFIG_FILE = "config.json"

#: Timeout for the request of the configuration.
CONFIG_TIMEOUT_SECONDS = 10.0


class Server(NamedTuple):
    """A server's API and user pool, and the demo user if it has one."""

    api_url: str
    pool: Pool
    web_url: str = ""
    email: str = ""
    password: str = ""


def login(
    url: Annotated[
        str | None,
        typer.Argument(
            metavar="URL",
            help="URL of the web application. Default: the server that `make run` started in this "
            "folder.",
        ),
    ] = None,
    email: Annotated[
        str | None,
        typer.Option("--email", metavar="EMAIL", help="Email address. Prompts for it if omitted."),
    ] = None,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input.")
    ] = False,
    pool: Annotated[
        str | None,
        typer.Option(
            "--pool",
            metavar="ID",
            help="Cognito user pool id. Required if URL is an API without a web application.",
        ),
    ] = None,
    client_id: Annotated[
        str | None, typer.Option(metavar="ID", help="App client id of the user pool.")
    ] = None,
    cognito: Annotated[
        str, typer.Option(metavar="URL", help="Cognito endpoint. Default: AWS.", show_default=False)
    ] = "",
    flow: Annotated[
        str,
        typer.Option(
            "--flow",
            metavar="FLOW",
            help="`srp` proves the password without sending it; `password` sends it to Cognito.",
        ),
    ] = "srp",
    as_json: Json = False,
) -> None:
    """Sign in to a server.

    The session is stored in the system keyring, or in a file that only you can read.

    Example: `sightline login https://sightline.example.com`
    """
    run(_login(url, email, password_stdin, (pool, client_id, cognito), flow, as_json))


def logout(as_json: Json = False) -> None:
    """Sign out and delete the stored session."""
    default_session_store().delete(PROFILE.get())
    if as_json:
        print_json({"profile": PROFILE.get(), "signed_in": False})
    else:
        ERR.print("Signed out")


async def _login(
    url: str | None,
    email: str | None,
    password_stdin: bool,
    pool_options: tuple[str | None, str | None, str],
    flow: str,
    as_json: bool,
) -> None:
    if flow not in {"srp", "password"}:
        raise typer.BadParameter("choose `srp` or `password`", param_hint="--flow")
    server = await _find_server(url, *pool_options)
    email = email or server.email or typer.prompt("Email", err=True)
    chosen: SignInFlow = "password" if flow == "password" else "srp"
    client = await AsyncSightline.sign_in(
        server.api_url,
        email,
        _get_password(server, email, password_stdin),
        server.pool,
        flow=chosen,
        on_challenge=_prompt_for_challenge,
        profile=PROFILE.get(),
        web_url=server.web_url,
        store=default_session_store(),
    )
    async with client:
        # Reports now, not at the next command, if the API rejects the token.
        used = await client.usage()
    if as_json:
        print_json(
            {
                "profile": PROFILE.get(),
                "email": email,
                "api_url": server.api_url,
                "signed_in": True,
            }
        )
    else:
        OUT.print(f"[green]✓[/] Signed in to {server.api_url} as [bold]{email}[/]")
        count = format_count(used.images, "image")
        ERR.print(f"  {count} so far. Add more with `sightline upload FOLDER`.")


async def _find_server(
    url: str | None, pool: str | None, client_id: str | None, cognito: str
) -> Server:
    if url is None:
        return _read_connection_file()
    url = url if "://" in url else f"https://{url}"
    if pool and client_id:
        return Server(url.rstrip("/"), Pool(pool, client_id, cognito))
    config = await _fetch_config(url)
    if config is None:
        raise SightlineError(
            f"{url} has no sign-in configuration; add --pool and --client-id "
            "(see `terraform output sign_in`)"
        )
    user_pool, demo = config["cognito"], config.get("demo") or {}
    return Server(
        api_url=(config["api"] or url).rstrip("/"),
        pool=Pool(user_pool["poolId"], user_pool["clientId"], user_pool.get("endpoint") or ""),
        web_url=url,
        email=demo.get("email", ""),
        password=demo.get("password", ""),
    )


async def _fetch_config(url: str) -> dict[str, Any] | None:
    """Return the web application's configuration, None if the URL has none."""
    try:
        async with httpx.AsyncClient(timeout=CONFIG_TIMEOUT_SECONDS, follow_redirects=True) as http:
            response = await http.get(urljoin(url.rstrip("/") + "/", CONFIG_FILE))
            config = response.json()
    except httpx.HTTPError as error:
        raise Unreachable(f"cannot reach {url}") from error
    except ValueError:
        return None
    return config if response.is_success and "cognito" in config else None


def _read_connection_file() -> Server:
    try:
        fields = json.loads(CONNECTION_FILE.read_text())
    except (OSError, ValueError):
        raise SightlineError(
            "no server is running from this folder; add the URL, as in "
            "`sightline login https://sightline.example.com`"
        ) from None
    pool = Pool(fields["pool_id"], fields["client_id"], fields["cognito"])
    return Server(fields["api"], pool, fields.get("web") or "", fields["email"], fields["password"])


def _get_password(server: Server, email: str, from_stdin: bool) -> str:
    if from_stdin:
        return typer.get_text_stream("stdin").readline().rstrip("\n")
    if server.password and email == server.email:
        return server.password
    password: str = typer.prompt("Password", hide_input=True, err=True)
    return password


def _prompt_for_challenge(challenge: str) -> str:
    if challenge == "NEW_PASSWORD_REQUIRED":
        password: str = typer.prompt(
            "New password", hide_input=True, confirmation_prompt=True, err=True
        )
        return password
    code: str = typer.prompt("Verification code", err=True)
    return code
