"""`sightline login --client-id`: sign in as a machine client."""

import os
from typing import NamedTuple

import typer

from sightline_cli.runner import ERR, OUT, PROFILE, print_json
from sightline_cli.servers import fetch_config, normalize_url, read_connection_file
from sightline_client import AsyncSightline, ClientCredentials, SightlineError
from sightline_client.sessions import default_session_store

#: The environment variable with the secret of the machine client. An option would be visible to
#: other users of the machine.
SECRET_VARIABLE = "SIGHTLINE_CLIENT_SECRET"  # noqa: S105 - a name

#: Path of the token endpoint, on the domain of the user pool.
TOKEN_PATH = "/oauth2/token"  # noqa: S105 - a path


class MachineServer(NamedTuple):
    """A server's API, and the token endpoint of its user pool."""

    api_url: str
    token_url: str
    web_url: str = ""


async def login_machine(
    url: str | None, client_id: str, secret_stdin: bool, token_url: str, as_json: bool
) -> None:
    """Sign in and store the session. Raises `SightlineError`."""
    server = await find_machine_server(url, token_url)
    credentials = ClientCredentials(server.token_url, client_id, _read_secret(secret_stdin))
    client = await AsyncSightline.from_client_credentials(
        server.api_url,
        credentials,
        profile=PROFILE.get(),
        web_url=server.web_url,
        store=default_session_store(),
    )
    async with client:
        # Reports now, not at the next command, if the API does not accept the client.
        await client.capabilities()
    if as_json:
        print_json(
            {
                "profile": PROFILE.get(),
                "client_id": client_id,
                "api_url": server.api_url,
                "signed_in": True,
            }
        )
    else:
        OUT.print(f"[green]✓[/] Signed in to {server.api_url} as client [bold]{client_id}[/]")
        ERR.print("  The client secret is stored with the session; `sightline logout` deletes it.")


async def find_machine_server(url: str | None, token_url: str) -> MachineServer:
    """Return the server at the URL, or the one that runs from this folder."""
    if url is None:
        fields = read_connection_file()
        found = token_url or fields.get("token_url")
        if not found:
            raise SightlineError("the local server has no token endpoint; restart it")
        return MachineServer(fields["api"], found, fields.get("web") or "")
    url = normalize_url(url)
    if token_url:
        return MachineServer(url.rstrip("/"), token_url)
    config = await fetch_config(url)
    domain = config and config["cognito"].get("domain")
    if config is None or not domain:
        raise SightlineError(
            f"{url} does not name a token endpoint; add --token-url "
            "(see `terraform output sign_in`)"
        )
    return MachineServer((config["api"] or url).rstrip("/"), domain + TOKEN_PATH, url)


def _read_secret(from_stdin: bool) -> str:
    if from_stdin:
        secret = typer.get_text_stream("stdin").readline().strip()
    else:
        secret = os.environ.get(SECRET_VARIABLE, "")
    if not secret:
        raise typer.BadParameter(
            f"set {SECRET_VARIABLE} to the client secret, or pass it to --client-secret-stdin"
        )
    return secret
