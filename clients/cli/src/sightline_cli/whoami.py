"""`sightline whoami`."""

from rich.markup import escape

from sightline_cli.access_token import API_KEY_PREFIX, SHOWN_LENGTH, parse_subject
from sightline_cli.runner import ERR, OUT, PROFILE, Json, open_client, print_json, run


def whoami(as_json: Json = False) -> None:
    """Show the user and the server of this profile, and check that the session is valid."""

    async def work() -> None:
        async with open_client() as client:
            # The API rejects an invalid credential; an expired token is renewed first.
            await client.capabilities()
            session = client.session
        access = session.tokens.access
        subject = parse_subject(access)
        key_prefix = access[:SHOWN_LENGTH] if access.startswith(API_KEY_PREFIX) else None
        if as_json:
            print_json(
                {
                    "profile": PROFILE.get(),
                    "email": session.email or None,
                    "subject": subject,
                    "api_key": key_prefix,
                    "api_url": session.api_url,
                    "web_url": session.web_url or None,
                }
            )
            return
        key = key_prefix and f"API key {key_prefix}…"
        OUT.print(escape(session.email or subject or key or "access token"), soft_wrap=True)
        ERR.print(f"[dim]{escape(session.api_url)}, profile {escape(PROFILE.get())}[/]")

    run(work())
