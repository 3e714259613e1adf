"""`sightline login` and `logout`."""

import json
from pathlib import Path
from typing import Annotated, Any, NamedTuple
from urllib.parse import urljoin

import httpx
import typer

from sightline_cli.formatting import count_of
from sightline_cli.runner import ERR, OUT, PROFILE, Json, print_json, run
from sightline_client import AsyncSightline, Pool, SightlineError
from sightline_client.cognito import Flow
from sightline_client.errors import Unreachable
from sightline_client.sessions import default_store

#: Where `make run` leaves word of what it runs.
CARD = Path(".sightline") / "stack.json"

#: Where a site says how to sign in.
CONFIG = "config.json"

#: Seconds for that to answer.
TIMEOUT = 10.0


class Place(NamedTuple):
    """Where to sign in, and who may where it is a trial."""

    api: str
    pool: Pool
    site: str = ""
    email: str = ""
    password: str = ""


def login(
    url: Annotated[
        str | None,
        typer.Argument(help="The site's address; without one, what `make run` runs here."),
    ] = None,
    email: Annotated[str | None, typer.Option(help="Who you are; asked for where missing.")] = None,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input.")
    ] = False,
    pool: Annotated[
        str | None, typer.Option(help="Cognito user pool, where the site does not tell.")
    ] = None,
    client_id: Annotated[str | None, typer.Option(help="Its app client.")] = None,
    cognito: Annotated[str, typer.Option(help="Cognito's address, where it is not Amazon's.")] = "",
    flow: Annotated[str, typer.Option(help="`srp`, or `password` to send it as it is.")] = "srp",
    as_json: Json = False,
) -> None:
    """Sign in, once: the session is kept in the keyring, or in a file that only you can read.

    `sightline login https://sightline.example.com` asks for the rest.
    """
    run(_login(url, email, password_stdin, (pool, client_id, cognito), flow, as_json))


def logout(as_json: Json = False) -> None:
    """Forget the session."""
    default_store().forget(PROFILE.get())
    if as_json:
        print_json({"profile": PROFILE.get(), "signed_in": False})
    else:
        ERR.print("signed out")


async def _login(
    url: str | None,
    email: str | None,
    password_stdin: bool,
    named: tuple[str | None, str | None, str],
    flow: str,
    as_json: bool,
) -> None:
    if flow not in {"srp", "password"}:
        raise typer.BadParameter("`srp` or `password`", param_hint="--flow")
    place = await _find_place(url, *named)
    email = email or place.email or typer.prompt("Email", err=True)
    chosen: Flow = "password" if flow == "password" else "srp"
    client = await AsyncSightline.sign_in(
        place.api,
        email,
        _find_password(place, email, password_stdin),
        place.pool,
        flow=chosen,
        answer=_answer,
        profile=PROFILE.get(),
        site=place.site,
        store=default_store(),
    )
    async with client:
        # Whether the gateway takes the token is better known now than later.
        have = await client.usage()
    if as_json:
        print_json({"profile": PROFILE.get(), "email": email, "api": place.api, "signed_in": True})
    else:
        OUT.print(f"[green]✓[/] signed in as [bold]{email}[/] at {place.api}")
        ERR.print(
            f"  {count_of(have.images, 'picture')} so far; `sightline upload FOLDER` adds to them"
        )


async def _find_place(
    url: str | None, pool: str | None, client_id: str | None, cognito: str
) -> Place:
    if url is None:
        return _read_card()
    url = url if "://" in url else f"https://{url}"
    if pool and client_id:
        return Place(url.rstrip("/"), Pool(pool, client_id, cognito))
    told = await _ask_site(url)
    if told is None:
        raise SightlineError(
            f"{url} does not say how to sign in: name --pool and --client-id, as `terraform output "
            "sign_in` has them"
        )
    told_pool, demo = told["cognito"], told.get("demo") or {}
    return Place(
        api=(told["api"] or url).rstrip("/"),
        pool=Pool(told_pool["poolId"], told_pool["clientId"], told_pool.get("endpoint") or ""),
        site=url,
        email=demo.get("email", ""),
        password=demo.get("password", ""),
    )


async def _ask_site(url: str) -> dict[str, Any] | None:
    try:
        async with httpx.AsyncClient(timeout=TIMEOUT, follow_redirects=True) as http:
            answer = await http.get(urljoin(url.rstrip("/") + "/", CONFIG))
            told = answer.json()
    except httpx.HTTPError as error:
        raise Unreachable(f"nothing answers at {url}") from error
    except ValueError:
        return None
    return told if answer.is_success and "cognito" in told else None


def _read_card() -> Place:
    try:
        card = json.loads(CARD.read_text())
    except (OSError, ValueError):
        raise SightlineError(
            "name the site, as in `sightline login https://sightline.example.com`: "
            "nothing is running from this folder"
        ) from None
    pool = Pool(card["pool_id"], card["client_id"], card["cognito"])
    return Place(card["api"], pool, card.get("web") or "", card["email"], card["password"])


def _find_password(place: Place, email: str, from_stdin: bool) -> str:
    if from_stdin:
        return typer.get_text_stream("stdin").readline().rstrip("\n")
    if place.password and email == place.email:
        return place.password
    asked: str = typer.prompt("Password", hide_input=True, err=True)
    return asked


def _answer(challenge: str) -> str:
    if challenge == "NEW_PASSWORD_REQUIRED":
        chosen: str = typer.prompt(
            "Choose a new password", hide_input=True, confirmation_prompt=True, err=True
        )
        return chosen
    code: str = typer.prompt("Code", err=True)
    return code
