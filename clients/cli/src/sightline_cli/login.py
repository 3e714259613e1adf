"""`sightline login` and `logout`."""

from functools import partial
from typing import Annotated, NamedTuple, TextIO

import typer

from sightline_cli.browser import sign_in_with_browser
from sightline_cli.formatting import format_count
from sightline_cli.machine_login import SECRET_VARIABLE, login_machine
from sightline_cli.runner import ERR, OUT, PROFILE, Json, print_json, run
from sightline_cli.servers import fetch_config, normalize_url, read_connection_file
from sightline_client import AsyncSightline, Pool, Session, SightlineError
from sightline_client.authorization_code import OWN_USERS
from sightline_client.cognito import SignInFlow
from sightline_client.sessions import default_session_store


class Server(NamedTuple):
    """A server's API and user pool, and the demo user if it has one."""

    api_url: str
    pool: Pool
    web_url: str = ""
    #: Base URL of the sign-in page of the user pool; empty if unknown.
    domain: str = ""
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
        bool,
        typer.Option(
            "--password-stdin",
            help="Read the password from standard input, and a code from its next line.",
        ),
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
        str | None,
        typer.Option(
            metavar="ID",
            help="With --pool, the app client id of the user pool. Without it, a machine client to "
            f"sign in as: its secret is that of `{SECRET_VARIABLE}`.",
        ),
    ] = None,
    client_secret_stdin: Annotated[
        bool,
        typer.Option(
            "--client-secret-stdin",
            help="Read the secret of the machine client from standard input.",
        ),
    ] = False,
    token_url: Annotated[
        str,
        typer.Option(
            metavar="URL",
            help="Token endpoint for machine clients. Default: that of the web application.",
            show_default=False,
        ),
    ] = "",
    cognito: Annotated[
        str, typer.Option(metavar="URL", help="Cognito endpoint. Default: AWS.", show_default=False)
    ] = "",
    browser: Annotated[
        bool,
        typer.Option("--browser", help="Sign in on the page of the user pool, with a browser."),
    ] = False,
    identity_provider: Annotated[
        str,
        typer.Option(
            "--identity-provider",
            metavar="NAME",
            help="With --browser, the identity provider to sign in with.",
            show_default=False,
        ),
    ] = OWN_USERS,
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
    if client_id and not pool:
        run(login_machine(url, client_id, client_secret_stdin, token_url, as_json))
    if browser:
        run(_login_with_browser(url, (pool, client_id, cognito), identity_provider, as_json))
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
    stdin = typer.get_text_stream("stdin") if password_stdin else None
    email = email or server.email or typer.prompt("Email", err=True)
    chosen: SignInFlow = "password" if flow == "password" else "srp"
    client = await AsyncSightline.sign_in(
        server.api_url,
        email,
        _get_password(server, email, stdin),
        server.pool,
        flow=chosen,
        on_challenge=partial(_prompt_for_challenge, stdin),
        profile=PROFILE.get(),
        web_url=server.web_url,
        store=default_session_store(),
    )
    await _report(client, email, as_json)


async def _login_with_browser(
    url: str | None,
    pool_options: tuple[str | None, str | None, str],
    identity_provider: str,
    as_json: bool,
) -> None:
    server = await _find_server(url, *pool_options)
    if not server.domain:
        raise SightlineError("the server has no sign-in page; sign in with email and password")
    tokens, email = await sign_in_with_browser(
        server.domain, server.pool.client_id, identity_provider
    )
    session = Session(server.api_url, tokens, email, server.pool, PROFILE.get(), server.web_url)
    store = default_session_store()
    store.save(session)
    await _report(AsyncSightline(session, store=store), email, as_json)


async def _report(client: AsyncSightline, email: str, as_json: bool) -> None:
    """Call the API, and print who is signed in."""
    async with client:
        # Reports now, not at the next command, if the API rejects the token.
        used = await client.usage()
    api_url = client.session.api_url
    if as_json:
        print_json(
            {
                "profile": PROFILE.get(),
                "email": email,
                "api_url": api_url,
                "signed_in": True,
            }
        )
    else:
        OUT.print(f"[green]✓[/] Signed in to {api_url} as [bold]{email}[/]")
        count = format_count(used.images, "image")
        ERR.print(f"  {count} so far. Add more with `sightline upload FOLDER`.")


async def _find_server(
    url: str | None, pool: str | None, client_id: str | None, cognito: str
) -> Server:
    if url is None:
        return _read_local_server()
    url = normalize_url(url)
    if pool and client_id:
        return Server(url.rstrip("/"), Pool(pool, client_id, cognito))
    config = await fetch_config(url)
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
        domain=user_pool.get("domain") or "",
        email=demo.get("email", ""),
        password=demo.get("password", ""),
    )


def _read_local_server() -> Server:
    fields = read_connection_file()
    pool = Pool(fields["pool_id"], fields["client_id"], fields["cognito"])
    return Server(
        fields["api"],
        pool,
        fields.get("web") or "",
        fields.get("sign_in_url") or "",
        fields["email"],
        fields["password"],
    )


def _get_password(server: Server, email: str, stdin: TextIO | None) -> str:
    if stdin is not None:
        return stdin.readline().rstrip("\n")
    if server.password and email == server.email:
        return server.password
    password: str = typer.prompt("Password", hide_input=True, err=True)
    return password


def _prompt_for_challenge(stdin: TextIO | None, challenge: str) -> str:
    """Return the response to a challenge: a line of standard input, or what the user enters."""
    if stdin is not None:
        return stdin.readline().strip()
    if challenge == "NEW_PASSWORD_REQUIRED":
        password: str = typer.prompt(
            "New password", hide_input=True, confirmation_prompt=True, err=True
        )
        return password
    name = "Authenticator code" if challenge == "SOFTWARE_TOKEN_MFA" else "Verification code"
    code: str = typer.prompt(name, err=True)
    return code.strip()
