"""The trash, share links, and what a visitor of a link sees."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from e2e.conftest import User
from sightline_local.stack import Stack
from web.conftest import (
    ErrorWatcher,
    draw_unique,
    find_accessibility_violations,
    open_from_menu,
    sign_in,
    tile,
)

pytestmark = pytest.mark.web

PASSWORD = "open sesame"


def test_a_photo_returns_from_the_trash_and_is_deleted_forever(page: Page, user: User) -> None:
    images = [user.upload(name, draw_unique(len(name)), ["labels"]) for name in ("1.jpg", "22.jpg")]
    user.http.post("/v1/images/delete", json={"ids": images[:1]}).raise_for_status()
    sign_in(page, user)
    open_from_menu(page, "Trash")
    expect(page.get_by_text("30 days left")).to_be_visible()
    assert find_accessibility_violations(page) == []
    page.get_by_role("button", name="Select 1.jpg").click()
    page.get_by_role("button", name="Restore", exact=True).click()
    expect(page.get_by_text("The trash is empty")).to_be_visible()
    page.get_by_role("main").get_by_role("link", name="Go to your photos").click()
    expect(tile(page, "1.jpg")).to_be_visible()

    user.http.post("/v1/images/delete", json={"ids": images[1:]}).raise_for_status()
    open_from_menu(page, "Trash")
    page.get_by_role("button", name="Empty trash").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading")).to_have_text("Delete 1 photo forever?")
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    assert find_accessibility_violations(page) == []
    dialog.get_by_role("button", name="Delete forever").click()
    expect(page.get_by_text("The trash is empty")).to_be_visible()
    assert user.http.get("/v1/trash").json()["items"] == []
    assert [each["title"] for each in user.http.get("/v1/images").json()["items"]] == ["1.jpg"]


@pytest.fixture
def album(user: User) -> str:
    """An album of the user with two processed images."""
    images = [user.upload(f"{each}.jpg", draw_unique(each), ["labels"]) for each in (1, 2)]
    for image in images:
        assert user.wait(image)["status"] == "ready"
    album: str = user.http.post("/v1/albums", json={"title": "Garden"}).json()["id"]
    user.http.post(f"/v1/albums/{album}/images", json={"ids": images}).raise_for_status()
    return album


def test_a_visitor_opens_a_shared_album_on_a_phone(
    page: Page,
    browser: Browser,
    stack: Stack,
    user: User,
    album: str,
    watch_errors: ErrorWatcher,
) -> None:
    sign_in(page, user, f"/albums/{album}")
    page.get_by_role("button", name="Share", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Require a password").check()
    dialog.get_by_label("Password for visitors").fill(PASSWORD)
    dialog.get_by_label("Downloads of the originals").check()
    assert find_accessibility_violations(page) == []
    dialog.get_by_role("button", name="Create link").click()
    url = page.get_by_label("Link", exact=True).input_value()
    token = url.removesuffix("/page").rsplit("/", 1)[-1]
    page.get_by_role("dialog").get_by_role("button", name="Close").click()
    assert token not in page.content()

    phone = watch_errors(
        browser.new_context(
            base_url=stack.ports.url("web"),
            viewport={"width": 360, "height": 740},
            has_touch=True,
            is_mobile=True,
            locale="en-GB",
            reduced_motion="reduce",
        )
    )
    visitor = phone.new_page()
    visitor.goto(url)
    visitor.get_by_label("Password").fill("wrong")
    visitor.get_by_role("button", name="View photos").click()
    expect(visitor.get_by_role("alert")).to_contain_text("Incorrect password.")
    assert find_accessibility_violations(visitor) == []
    visitor.get_by_label("Password").fill(PASSWORD)
    visitor.get_by_role("button", name="View photos").click()
    expect(visitor.get_by_role("heading", name="Garden")).to_be_visible()
    photos = visitor.get_by_role("main").get_by_role("listitem").get_by_role("link")
    expect(photos).to_have_count(2)
    assert find_accessibility_violations(visitor) == []
    assert visitor.evaluate("document.documentElement.scrollWidth") == 360
    photos.first.tap()
    first = visitor.get_by_role("heading", level=1).inner_text()
    assert find_accessibility_violations(visitor) == []
    visitor.get_by_role("link", name="Next photo").tap()
    expect(visitor.get_by_role("heading", level=1)).not_to_have_text(first)
    with visitor.expect_download() as download:
        visitor.get_by_role("button", name="Download").tap()
    assert download.value.suggested_filename in {"1.jpg", "2.jpg"}
    # The visitor is no user, and gets nothing else.
    assert "sightline.session" not in visitor.evaluate("JSON.stringify({...localStorage})")
    phone.close()

    open_from_menu(page, "Shared links")
    links = page.get_by_role("main").get_by_role("listitem")
    link = links.filter(has_text=f"/s/{token[:4]}")
    expect(link).to_contain_text(re.compile("Opened [12] time"))
    link.get_by_role("button", name="Revoke").click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    expect(link).to_have_count(0)
    page.goto(url)
    expect(page.get_by_role("heading", name=re.compile("This link doesn.t work"))).to_be_visible()
