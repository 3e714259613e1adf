"""The web application in a real browser, against all of Sightline as separate processes."""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from e2e.conftest import User, cloud
from sightline_local.connection import Connection
from sightline_local.sample_image import draw_sample
from sightline_local.stack import Stack, consecutive_ports
from sightline_testing.sample_images import draw_image, encode, find_images

ROOT = Path(__file__).parents[2]
WEB = ROOT / "web"

#: Seconds; short, so that a failed look at a picture is soon repeated.
VISIBILITY = 5

#: Milliseconds that a picture may take here before a test gives up on it.
PATIENCE = 90_000

PASSWORD = "Sightline-web-1"

expect.set_options(timeout=20_000)


def draw(number: int) -> bytes:
    """A picture of our own; no two alike, since the same bytes would be a duplicate."""
    return draw_sample(size=(900 + number, 600))


def find_photograph(name: str, otherwise: bytes) -> bytes:
    """A real photograph where there is a folder of them, else one that is drawn."""
    found = [path for path in find_images("photos") if path.name == name]
    return found[0].read_bytes() if found else otherwise


def as_file(name: str, body: bytes, media_type: str = "image/jpeg") -> Any:
    """A file as Playwright puts it into a chooser."""
    return {"name": name, "mimeType": media_type, "buffer": body}


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    if not (WEB / "dist" / "index.html").is_file():
        pytest.fail("the web application is not built: make web")
    folder = tmp_path_factory.mktemp("stack")
    # Whoever waits for a limit learns nothing about a page.
    settings = {"api": {"SIGHTLINE_OWNER_REQUESTS_PER_SECOND": "200"}}
    with Stack(consecutive_ports(0), folder, VISIBILITY, settings, web=WEB / "dist") as stack:
        stack.start()
        yield stack


def new_user(stack: Stack) -> User:
    """Somebody who has nothing yet, signed in at the API; the card has the password."""
    assert stack.resources is not None
    cognito, pool = cloud(stack, "cognito-idp"), stack.resources.pool_id
    email = f"{uuid4().hex[:12]}@example.com"
    cognito.admin_create_user(UserPoolId=pool, Username=email, MessageAction="SUPPRESS")
    cognito.admin_set_user_password(
        UserPoolId=pool, Username=email, Password=PASSWORD, Permanent=True
    )
    return User(
        stack, Connection.from_stack(stack).model_copy(update={"email": email, "password": PASSWORD})
    )


@pytest.fixture
def user(stack: Stack) -> Iterator[User]:
    user = new_user(stack)
    yield user
    user.http.close()


@dataclass(frozen=True, slots=True)
class Library:
    """Somebody with pictures that are ready, for tests that change nothing; ids by file name."""

    user: User
    images: dict[str, str]


@pytest.fixture(scope="session")
def library(stack: Stack) -> Iterator[Library]:
    user = new_user(stack)
    features = ["labels", "text", "properties"]
    bodies = {
        "evening.jpg": draw_sample(),
        # What stands for them has labels of its own, too.
        "saw.jpg": find_photograph("landscape_2725x2225.jpg", draw_sample(size=(600, 900))),
        "leaves.jpg": find_photograph(
            "gps_coolpix_a.jpg", encode(draw_image().convert("L"), "JPEG")
        ),
    }
    images = {name: user.send(name, body, features) for name, body in bodies.items()}
    for image_id in images.values():
        assert user.wait(image_id)["status"] == "ready"
    yield Library(user, images)
    user.http.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        pytest.fail("a Chromium is needed: on Debian, apt install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


Watch = Callable[[BrowserContext], BrowserContext]


@pytest.fixture
def watch() -> Iterator[Watch]:
    """Has a test fail where the page throws, or breaks its own policy."""
    faults: list[str] = []

    def follow(context: BrowserContext) -> BrowserContext:
        context.on("weberror", lambda error: faults.append(str(error.error)))
        context.on(
            "console",
            lambda message: (
                faults.append(message.text) if "Content Security Policy" in message.text else None
            ),
        )
        return context

    yield follow
    assert faults == []


@pytest.fixture
def context(browser: Browser, stack: Stack, watch: Watch) -> Iterator[BrowserContext]:
    context = watch(
        browser.new_context(
            base_url=stack.ports.url("web"),
            viewport={"width": 1280, "height": 800},
            locale="en-GB",
            reduced_motion="reduce",
        )
    )
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


def sign_in(page: Page, user: User, path: str = "/") -> None:
    """Sign in by the form, as anybody does."""
    page.goto(path)
    page.get_by_label("Email address").fill(user.card.email)
    page.get_by_label("Password").fill(user.card.password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("navigation", name="Sections")).to_be_visible()


def choose_files(page: Page, *files: Any, kind: str = "files") -> None:
    """Upload files by the dialog."""
    page.get_by_role("button", name="Upload", exact=True).click()
    page.locator(f"input[data-kind={kind}]").set_input_files(list(files))


def tile(page: Page, name: str) -> Any:
    return page.get_by_role("link", name=name)


def find_violations(page: Page) -> list[str]:
    """What axe says against the page as it is now, one line for each rule."""
    if not page.evaluate("'axe' in window"):
        page.evaluate((WEB / "node_modules" / "axe-core" / "axe.min.js").read_text())
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [
        f"{each['id']}: {json.dumps([node['html'][:160] for node in each['nodes'][:3]])}"
        for each in found
    ]


def take_picture(page: Page, name: str) -> None:
    """Keeps what the page looks like, where SIGHTLINE_SCREENSHOTS names a folder for it."""
    folder = os.environ.get("SIGHTLINE_SCREENSHOTS")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png")
