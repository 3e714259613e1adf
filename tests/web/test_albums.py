"""Albums: create, rename, set a cover, add and remove images, delete."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import User
from web.conftest import choose_files, draw_unique, file_payload, sign_in

pytestmark = pytest.mark.web


def find_album(user: User) -> Any:
    (album,) = user.http.get("/v1/albums").json()["items"]
    return album


def select(page: Page, name: str) -> None:
    tile = page.locator(".tile", has=page.get_by_role("link", name=name))
    tile.hover()
    tile.get_by_role("button", name="Select").click()


def test_the_life_cycle_of_an_album(page: Page, user: User) -> None:
    """Deleting an album keeps its images."""
    names = ["one.jpg", "two.jpg", "three.jpg"]
    ids = {
        name: user.upload(name, draw_unique(300 + at), ["properties"])
        for at, name in enumerate(names)
    }
    for image_id in ids.values():
        user.wait(image_id, renditions="succeeded")
    sign_in(page, user)
    expect(page.locator(".tile img")).to_have_count(3)
    select(page, "one.jpg")
    select(page, "two.jpg")
    page.get_by_role("toolbar").get_by_role("button", name="to an album").click()
    page.get_by_label("New album").fill("Summer")
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_text("2 photos added to Summer")).to_be_visible()

    select(page, "three.jpg")
    page.get_by_role("toolbar").get_by_role("button", name="to an album").click()
    page.get_by_role("dialog").get_by_role("button", name="Summer 2 photos").click()
    expect(page.get_by_text("1 photo added to Summer")).to_be_visible()

    page.get_by_role("link", name="Albums").click()
    page.get_by_role("link", name="Summer 3 photos").click()
    expect(page.locator(".tile img")).to_have_count(3)
    page.get_by_role("button", name="Rename album").click()
    page.get_by_label("Title").fill("Winter")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Winter")

    select(page, "one.jpg")
    page.get_by_role("toolbar").get_by_role("button", name="More actions").click()
    page.get_by_role("button", name="Set as cover").click()
    expect(page.get_by_text("Album cover updated.")).to_be_visible()
    assert find_album(user)["cover_id"] == ids["one.jpg"]

    select(page, "two.jpg")
    page.get_by_role("toolbar").get_by_role("button", name="More actions").click()
    page.get_by_role("button", name="Remove 1 photo from the album").click()
    expect(page.locator(".tile img")).to_have_count(2)
    assert find_album(user)["images"] == 2

    page.get_by_role("link", name="three.jpg").click()
    page.get_by_role("button", name="Details").click()
    expect(page.get_by_role("complementary").get_by_role("link", name="Winter")).to_be_visible()
    page.get_by_role("link", name="Next photo").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("one.jpg")
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", level=1)).to_have_text("Winter")

    page.get_by_role("button", name="Delete album").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete album").click()
    expect(page.get_by_role("heading", name="No albums yet")).to_be_visible()
    page.get_by_role("link", name="Photos", exact=True).click()
    expect(page.locator(".tile img")).to_have_count(3)


def test_uploads_on_an_album_page_are_added_to_the_album(page: Page, user: User) -> None:
    sign_in(page, user, "/albums")
    page.get_by_role("button", name="New album").click()
    page.get_by_label("Title").fill("Fresh")
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_role("heading", name="This album is empty")).to_be_visible()
    choose_files(page, file_payload("new.jpg", draw_unique(310)))
    expect(page.locator(".tile")).to_have_count(1)
    expect(page.get_by_text("1 photo uploaded")).to_be_visible()
    assert find_album(user)["images"] == 1
