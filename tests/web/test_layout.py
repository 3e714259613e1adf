"""Nothing overflows on any screen, from a small phone to a large monitor."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Error as BrowserError
from playwright.sync_api import Page, expect

from e2e.conftest import User
from sightline_local.stack import Stack
from web.conftest import draw_unique, invite_to_album, new_user
from web.screens import (
    EMPTY,
    ROUTES,
    SETTINGS,
    SIGNED_IN,
    SIGNED_OUT,
    Screen,
    Tour,
    find_routes,
    find_settings,
    open_screens,
    read_texts,
)

pytestmark = pytest.mark.web

#: CSS pixels, from a small phone to a large screen; the header is fullest from 768 to 834.
WIDTHS = (320, 360, 390, 480, 600, 768, 800, 834, 1024, 1440, 2560)

#: Dialogs and menus are narrower than most of these, and are measured at fewer.
DIALOG_WIDTHS = (320, 390, 600, 834, 1440)

#: Time for a layout to settle after the window was resized.
TIMEOUT_MILLISECONDS = 3_000

#: A folder for screenshots of all screens; none are taken without it.
SCREENSHOTS = os.environ.get("SIGHTLINE_SCREENSHOTS")

#: German has the longest words. Screenshots are taken in English.
LANGUAGE = "en" if SCREENSHOTS else "de"

#: Sizes of the window for screenshots: a phone, a tablet and a laptop.
SCREENSHOT_SIZES = ((390, 844), (820, 1180), (1440, 900))

#: Whether no visible element reaches beyond the screen, unless it can be scrolled or is cut off on
#: purpose. The offending elements are kept for the message.
FITS = """() => {
  const isClipped = (element) => {
    const parent = element.parentElement;
    if (!parent || parent === document.body) return false;
    return getComputedStyle(parent).overflowX !== 'visible' || isClipped(parent);
  };
  window.overflowing = [...document.body.querySelectorAll('*')].filter((element) => {
    const { left, right, width, height } = element.getBoundingClientRect();
    const isOutside = right > innerWidth + 1 || left < -1;
    return isOutside && width > 0 && height > 0 && element.checkVisibility() && !isClipped(element);
  }).map((element) => element.outerHTML.slice(0, 160));
  return window.overflowing.length === 0 && document.documentElement.scrollWidth <= innerWidth;
}"""

ALL_LOADED = "() => [...document.images].every((image) => image.complete)"

TITLES = ("Coast in the evening", "Garden", "Harbor.jpg", "Kraftfahrzeughaftpflichtversicherung")


@pytest.fixture
def owner(stack: Stack) -> Iterator[User]:
    owner = new_user(stack)
    yield owner
    owner.http.close()


@pytest.fixture
def content(user: User, owner: User) -> dict[str, str]:
    """Create what the screens show for the user. Another owner shares an album and invites."""
    http = user.http
    photos = [user.upload(title, draw_unique(at), ["labels"]) for at, title in enumerate(TITLES)]
    shared_photo = owner.upload("Lighthouse", draw_unique(40), ["labels"])
    for image in photos:
        user.wait(image)
    owner.wait(shared_photo)
    photo, _, archived, deleted = photos

    def create(path: str, **body: Any) -> Any:
        return http.post(path, json=body).raise_for_status().json()

    change: dict[str, Any] = {
        "favorite": True,
        "position_override": {"latitude": 38.711, "longitude": -9.137},
        "taken_at_override": "2025-12-24T18:00:00",
    }
    http.patch(f"/v1/images/{photo}", json=change).raise_for_status()
    http.patch(f"/v1/images/{archived}", json={"archived": True}).raise_for_status()
    album = create("/v1/albums", title="Summer holidays")["id"]
    create(f"/v1/albums/{album}/images", ids=photos[:2])
    create("/v1/images/delete", ids=[deleted])
    create(f"/v1/albums/{album}/invitations", email=owner.connection.email)
    link = create("/v1/share-links", album_id=album)["token"]
    locked_link = create("/v1/share-links", image_id=photo, password="open sesame")["token"]
    create("/v1/api-keys", name="Nightly import", scopes=["images:read"])
    create("/v1/webhooks", url="https://hooks.example.com/sightline", events=["image.ready"])

    shared_album, accepted = invite_to_album(owner, "Family", user.connection.email)
    owner.http.post(f"/v1/albums/{shared_album}/images", json={"ids": [shared_photo]})
    create(f"/v1/invitations/{accepted}/accept")
    return {
        "photo": photo,
        "archived": archived,
        "album": album,
        "empty_album": create("/v1/albums", title="Empty")["id"],
        "shared_album": shared_album,
        "shared_photo": shared_photo,
        "invitation": invite_to_album(owner, "Work", user.connection.email)[1],
        "link": link,
        "locked_link": locked_link,
    }


def test_every_route_has_a_screen() -> None:
    assert find_routes() == ROUTES
    assert find_settings() == SETTINGS


def test_nothing_overflows_at_any_width(page: Page, user: User, content: dict[str, str]) -> None:
    """No screen is wider than the window, and nothing is cut off."""
    tour = Tour(page, read_texts(LANGUAGE), content)
    open_sign_in(page)
    overflowing = check(tour, SIGNED_OUT)
    sign_in(page, user)
    overflowing += check(tour, SIGNED_IN)
    assert overflowing == []


def test_nothing_overflows_without_photos(page: Page, user: User) -> None:
    open_sign_in(page)
    sign_in(page, user)
    assert check(Tour(page, read_texts(LANGUAGE), {}), EMPTY) == []


def open_sign_in(page: Page) -> None:
    """Open the application in the language of the test."""
    page.goto("/")
    page.evaluate("language => localStorage.setItem('sightline.language', language)", LANGUAGE)
    page.reload()
    expect(page.locator(".auth-card form")).to_be_visible()


def sign_in(page: Page, user: User) -> None:
    """Sign in with the form in any language."""
    page.goto("/")
    page.locator("input[type=email]").fill(user.connection.email)
    page.locator("input[type=password]").fill(user.connection.password)
    page.locator("form button[type=submit]").click()
    expect(page.locator(".app-header")).to_be_visible()


def check(tour: Tour, screens: tuple[Screen, ...]) -> list[str]:
    """Return what overflows on the screens, a line for each width."""
    overflowing = []
    for screen in open_screens(tour, screens):
        overflowing += measure(tour.page, screen)
        if SCREENSHOTS:
            path = Path(SCREENSHOTS) / screen.name
            save_screenshots(tour.page, path, full_page=screen.path != "")
    return overflowing


def measure(page: Page, screen: Screen) -> list[str]:
    """Return what overflows on a screen, a line for each width."""
    overflowing = []
    for width in WIDTHS if screen.path else DIALOG_WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        try:
            page.wait_for_function(FITS, timeout=TIMEOUT_MILLISECONDS)
        except BrowserError:
            elements = page.evaluate("window.overflowing")
            overflowing.append(f"{screen.name} at {width} pixels: {elements}")
    return overflowing


def save_screenshots(page: Page, path: Path, *, full_page: bool) -> None:
    """Save a screen in all sizes and both themes."""
    for width, height in SCREENSHOT_SIZES:
        page.set_viewport_size({"width": width, "height": height})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.wait_for_function(ALL_LOADED)
            page.wait_for_timeout(300)
            page.screenshot(path=f"{path}-{width}-{scheme}.png", full_page=full_page)
    page.emulate_media(color_scheme="null")
