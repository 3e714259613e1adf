"""Fixtures for tests of the web application in a browser, with all services as processes."""

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

#: SQS visibility timeout; short, so that a failed attempt is soon redelivered.
VISIBILITY_SECONDS = 5

#: Time limit for processing an image.
TIMEOUT_MILLISECONDS = 90_000

PASSWORD = "Sightline-web-1"

expect.set_options(timeout=20_000)


def draw_without_caption(size: tuple[int, int], mode: str = "RGB") -> bytes:
    """Return the sample image as a JPEG, without its lower part, which has the text."""
    width, height = size
    return encode(draw_image(size).crop((0, 0, width, height * 4 // 5)).convert(mode), "JPEG")


def draw_unique(number: int) -> bytes:
    """Draw an image that differs for each number, because identical bytes are duplicates."""
    return draw_sample(size=(900 + number, 600))


def read_photo(name: str, default: bytes) -> bytes:
    """Return a photo from the local sample images, or the default if there are none."""
    found = [path for path in find_images("photos") if path.name == name]
    return found[0].read_bytes() if found else default


def file_payload(name: str, body: bytes, media_type: str = "image/jpeg") -> Any:
    """Return a file in the form that Playwright passes to a file input."""
    return {"name": name, "mimeType": media_type, "buffer": body}


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    if not (WEB / "dist" / "index.html").is_file():
        pytest.fail("The web application is not built. Run `make web`.")
    folder = tmp_path_factory.mktemp("stack")
    settings = {
        # Raised, because these tests are not about rate limits.
        "api": {"SIGHTLINE_OWNER_REQUESTS_PER_SECOND": "200"},
        # Drawn images have several computed labels and few tags.
        "recognition": {"SIGHTLINE_RECOGNITION_TAGS": "false"},
    }
    with Stack(
        consecutive_ports(0), folder, VISIBILITY_SECONDS, settings, web=WEB / "dist"
    ) as stack:
        stack.start()
        yield stack


def new_user(stack: Stack) -> User:
    """Create a user without any data and sign in to the API. The card contains the password."""
    assert stack.resources is not None
    cognito, pool = cloud(stack, "cognito-idp"), stack.resources.pool_id
    email = f"{uuid4().hex[:12]}@example.com"
    cognito.admin_create_user(UserPoolId=pool, Username=email, MessageAction="SUPPRESS")
    cognito.admin_set_user_password(
        UserPoolId=pool, Username=email, Password=PASSWORD, Permanent=True
    )
    return User(
        stack,
        Connection.from_stack(stack).model_copy(update={"email": email, "password": PASSWORD}),
    )


@pytest.fixture
def user(stack: Stack) -> Iterator[User]:
    user = new_user(stack)
    yield user
    user.http.close()


@dataclass(frozen=True, slots=True)
class Library:
    """A user with processed images, for read-only tests. `images` maps file names to ids.

    The user is a member of the shared album of another user, and has an invitation to a second one.
    """

    user: User
    images: dict[str, str]
    shared_album: str
    invitation: str


@pytest.fixture(scope="session")
def library(stack: Stack) -> Iterator[Library]:
    user = new_user(stack)
    features = ["labels", "text", "properties"]
    bodies = {
        "evening.jpg": draw_sample(),
        # The defaults also differ in their labels, and have no text.
        "saw.jpg": read_photo("landscape_2725x2225.jpg", draw_without_caption((600, 1100))),
        "leaves.jpg": read_photo("gps_coolpix_a.jpg", draw_without_caption((640, 400), "L")),
    }
    images = {name: user.upload(name, body, features) for name, body in bodies.items()}
    for image_id in images.values():
        assert user.wait(image_id)["status"] == "ready"
    owner = new_user(stack)
    shared = owner.upload("shared.jpg", draw_unique(400), ["labels"])
    owner.wait(shared, renditions="succeeded")
    (album, accepted), (_, invitation) = [
        invite_to_album(owner, title, user.connection.email) for title in ("Shared", "Invited")
    ]
    owner.http.post(f"/v1/albums/{album}/images", json={"ids": [shared]}).raise_for_status()
    user.http.post(f"/v1/invitations/{accepted}/accept", json={}).raise_for_status()
    owner.http.close()
    yield Library(user, images, album, invitation)
    user.http.close()


def invite_to_album(owner: User, title: str, email: str, role: str = "viewer") -> tuple[str, str]:
    """Create an album and invite a person; return the id of the album and the token."""
    album: str = owner.http.post("/v1/albums", json={"title": title}).json()["id"]
    invitation = {"email": email, "role": role}
    created = owner.http.post(f"/v1/albums/{album}/invitations", json=invitation)
    return album, created.raise_for_status().json()["token"]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        pytest.fail("Chromium is required. On Debian: apt install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


ErrorWatcher = Callable[[BrowserContext], BrowserContext]


@pytest.fixture
def watch_errors() -> Iterator[ErrorWatcher]:
    """Fail the test if a page throws an error or violates its Content Security Policy."""
    errors: list[str] = []

    def follow(context: BrowserContext) -> BrowserContext:
        context.on("weberror", lambda error: errors.append(str(error.error)))
        context.on(
            "console",
            lambda message: (
                errors.append(message.text) if "Content Security Policy" in message.text else None
            ),
        )
        return context

    yield follow
    assert errors == []


@pytest.fixture
def context(browser: Browser, stack: Stack, watch_errors: ErrorWatcher) -> Iterator[BrowserContext]:
    context = watch_errors(
        browser.new_context(
            base_url=stack.ports.url("web"),
            viewport={"width": 1280, "height": 800},
            locale="en-GB",
            reduced_motion="reduce",
            # Playwright does not route requests that a service worker handles; see test_offline.
            service_workers="block",
        )
    )
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


def sign_in(page: Page, user: User, path: str = "/") -> None:
    """Sign in with the form."""
    page.goto(path)
    page.get_by_label("Email").fill(user.connection.email)
    page.get_by_label("Password").fill(user.connection.password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    # Every page of a signed-in user has this link; the viewer has no navigation.
    expect(page.get_by_role("link", name="Skip to main content")).to_be_attached()


def open_from_menu(page: Page, name: str) -> None:
    """Open a page that has no tab of its own."""
    page.get_by_role("button", name="More", exact=True).click()
    page.get_by_role("navigation", name="Main").get_by_role("link", name=name).click()


def choose_files(page: Page, *files: Any, kind: str = "files") -> None:
    """Upload files with the upload dialog."""
    page.get_by_role("banner").get_by_role("button", name="Upload").click()
    page.locator(f"input[data-kind={kind}]").set_input_files(list(files))


def tile(page: Page, name: str) -> Any:
    return page.get_by_role("link", name=name)


def find_accessibility_violations(page: Page) -> list[str]:
    """Return axe's accessibility violations on the current page, one line for each rule."""
    if not page.evaluate("'axe' in window"):
        page.evaluate((WEB / "node_modules" / "axe-core" / "axe.min.js").read_text())
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [
        f"{each['id']}: {json.dumps([node['html'][:160] for node in each['nodes'][:3]])}"
        for each in found
    ]


def save_screenshot(page: Page, name: str) -> None:
    """Save a screenshot if SIGHTLINE_SCREENSHOTS names a folder."""
    folder = os.environ.get("SIGHTLINE_SCREENSHOTS")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png")
