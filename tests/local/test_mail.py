"""The page of messages that were sent by email."""

import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from pathlib import Path
from typing import Any
from uuid import uuid4

import boto3
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from sightline_local.mail import MESSAGES_PATH
from sightline_local.provisioning import provision
from sightline_local.web.app import make_app
from sightline_local.web.mail import extract_text
from sightline_local.web.settings import WebSettings

Client = TestClient[web.Request, web.Application]


def settings(folder: Path, cloud: str) -> WebSettings:
    (folder / "index.html").write_text("<title>Sightline</title>")
    return WebSettings(
        files=folder,
        api="http://127.0.0.1:1",
        cloud=cloud,
        pool_id="pool",
        client_id="client",
        features=(),
        demo_email="demo@example.com",
        demo_password="secret",
    )


def message(subject: str, sent_at: float, **changes: Any) -> dict[str, Any]:
    """Return a message in MiniStack's format."""
    return {
        "MessageId": subject,
        "Source": "no-reply@example.com",
        "To": ["me@example.com"],
        "CC": [],
        "BCC": [],
        "Subject": subject,
        "BodyText": f"Text of {subject}",
        "BodyHtml": "",
        "Timestamp": sent_at,
        "Type": "SendEmail",
        **changes,
    }


class Emulator:
    """An AWS emulator that has the given messages only."""

    def __init__(self) -> None:
        self.status = 200
        self.body: Any = {"messages": {}}

    def has(self, **messages: list[dict[str, Any]]) -> None:
        self.body = {"messages": messages}

    async def respond(self, request: web.Request) -> web.Response:
        assert request.path == MESSAGES_PATH
        return web.json_response(self.body, status=self.status)


@pytest.fixture
def emulator() -> Emulator:
    return Emulator()


@pytest.fixture
async def client(tmp_path: Path, emulator: Emulator) -> AsyncIterator[Client]:
    cloud = web.Application()
    cloud.router.add_get("/{path:.*}", emulator.respond)
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(TestServer(cloud))
        app = make_app(settings(tmp_path, str(server.make_url("")).rstrip("/")))
        yield await stack.enter_async_context(TestClient(TestServer(app)))


async def test_messages_are_listed_newest_first(client: Client, emulator: Emulator) -> None:
    now = time.time()
    emulator.has(
        first=[message("one", now - 60), message("three", now)], second=[message("two", now - 5)]
    )
    page = await (await client.get("/mail")).text()
    positions = [page.index(f"Text of {name}") for name in ("three", "two", "one")]
    assert positions == sorted(positions)
    assert page.count("me@example.com") == page.count("no-reply@example.com") == 3


async def test_a_page_without_messages_reports_it(client: Client) -> None:
    response = await client.get("/mail")
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "No messages yet." in await response.text()


async def test_a_message_cannot_add_markup(client: Client, emulator: Emulator) -> None:
    attack = "<script>alert('x')</script>{0}"
    emulator.has(
        account=[
            message(attack, 1.0, BodyText=attack, Source=attack, To=[attack]),
            message("html", 2.0, BodyText="", BodyHtml=f"<p>&lt;script&gt;{attack}</p>"),
        ]
    )
    page = await (await client.get("/mail")).text()
    assert "<script" not in page
    assert page.count("&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt;{0}") == 4


@pytest.mark.parametrize("path", ["/mail", "/mail.css"])
async def test_the_page_runs_nothing_and_is_not_stored(client: Client, path: str) -> None:
    headers = (await client.get(path)).headers
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'self'")
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"


async def test_the_page_has_its_styles(client: Client) -> None:
    assert 'href="/mail.css"' in await (await client.get("/mail")).text()
    styles = await client.get("/mail.css")
    assert styles.headers["Content-Type"] == "text/css; charset=utf-8"
    assert "light-dark" in await styles.text()


@pytest.mark.parametrize(
    ("status", "body"), [(404, {}), (500, {}), (200, {"messages": {"account": [{}]}}), (200, [])]
)
async def test_an_emulator_without_messages_is_a_bad_gateway(
    client: Client, emulator: Emulator, status: int, body: Any
) -> None:
    emulator.status, emulator.body = status, body
    response = await client.get("/mail")
    assert response.status == 502
    assert await response.text() == "The AWS emulator returns no messages."


async def test_the_browser_settings_name_the_page(client: Client) -> None:
    assert (await (await client.get("/config.json")).json())["mail"] == "/mail"


def test_html_becomes_lines_of_text_with_their_links() -> None:
    html = """<html><head><title>no</title><style>p { color: red }</style></head><body>
    <h1>Hello</h1><p>Your <b>album</b> is <a href="https://example.com/a?b=1&amp;c=2">shared</a>.</p>
    <script>alert(1)</script><br>Bye &amp; thanks</body></html>"""
    assert extract_text(html).splitlines() == [
        "Hello",
        "Your album is shared (https://example.com/a?b=1&c=2).",
        "Bye & thanks",
    ]


@pytest.fixture
async def moto_page(tmp_path: Path, aws_endpoint: str) -> AsyncIterator[Client]:
    """The page with moto as the emulator."""
    async with TestClient(TestServer(make_app(settings(tmp_path, aws_endpoint)))) as client:
        yield client


def make_session() -> boto3.Session:
    return boto3.Session("test", "test", region_name="eu-central-1")


async def test_a_verification_code_of_moto_is_on_the_page(
    moto_page: Client, aws_endpoint: str
) -> None:
    resources = provision(make_session(), aws_endpoint, project=uuid4().hex)
    email = f"{uuid4().hex}@example.com"
    cognito = make_session().client("cognito-idp", endpoint_url=aws_endpoint)
    cognito.sign_up(ClientId=resources.client_id, Username=email, Password="sightlining1")
    page = await (await moto_page.get("/mail")).text()
    assert f"<dd>{email}</dd>" in page
    assert "Your verification code is " in page


async def test_messages_of_moto_ses_are_on_the_page(moto_page: Client, aws_endpoint: str) -> None:
    ses = make_session().client("ses", endpoint_url=aws_endpoint)
    ses.verify_email_identity(EmailAddress="from@example.com")
    names = [uuid4().hex for _ in range(3)]
    for name, kind in zip(names, ("Text", "Html"), strict=False):
        body = {"Text": f"plain {name}", "Html": f"<p>rich {name}</p>"}
        ses.send_email(
            Source="from@example.com",
            Destination={"ToAddresses": ["to@example.com"]},
            Message={
                "Subject": {"Data": f"subject {name}"},
                "Body": {kind: {"Data": body[kind]}},
            },
        )
    mime = MIMEMultipart("alternative")
    mime["Subject"], mime["From"], mime["To"] = "Grüße", "from@example.com", "to@example.com"
    mime.attach(MIMEText(f"plain {names[2]} é", "plain"))
    mime.attach(MIMEText(f"<p>rich {names[2]}</p>", "html"))
    ses.send_raw_email(RawMessage={"Data": mime.as_bytes()})
    page = await (await moto_page.get("/mail")).text()
    assert f"subject {names[0]}" in page
    assert f"plain {names[0]}" in page
    assert f"rich {names[1]}" in page
    assert f"plain {names[2]} é" in page
    assert "Grüße" in page
