"""Albums: create, rename, set a cover, add and remove images, delete."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import User
from web.conftest import Library, choose_files, draw_unique, file_payload, sign_in

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


def test_photos_are_arranged_with_the_keyboard_and_the_mouse(page: Page, library: Library) -> None:
    """The album shows the order, and the API keeps it."""
    http = library.user.http
    album = http.post("/v1/albums", json={"title": "Order"}).json()["id"]
    try:
        ids = list(library.images.values())
        http.post(f"/v1/albums/{album}/images", json={"ids": ids}).raise_for_status()
        sign_in(page, library.user, f"/albums/{album}/arrange")
        photos = page.locator(".arrange-grid button")
        expect(photos).to_have_count(3)
        names = [photos.nth(at).get_attribute("aria-label") or "" for at in range(3)]

        moved = "/images/move"
        photos.first.focus()
        page.keyboard.press("Space")
        expect(page.locator(".arrange-grid .dragging")).to_have_count(1)
        page.keyboard.press("ArrowRight")
        expect(page.get_by_text("Moved to position 2 of 3.")).to_be_attached()
        with page.expect_response(lambda response: response.url.endswith(moved)):
            page.keyboard.press("Space")
        expect(photos.nth(1)).to_have_attribute("aria-label", names[0])

        photos.last.hover()
        page.mouse.down()
        target = photos.first.bounding_box()
        assert target is not None
        page.mouse.move(target["x"] + 60, target["y"] + 60, steps=5)
        expect(page.get_by_text("Moved to position 1 of 3.")).to_be_attached()
        with page.expect_response(lambda response: response.url.endswith(moved)):
            page.mouse.up()
        expected = [names[2], names[1], names[0]]
        page.get_by_role("link", name="Done").click()
        expect(page.locator(".tile img")).to_have_count(3)
        tiles = page.locator(".tile img")
        assert [tiles.nth(at).get_attribute("alt") for at in range(3)] == expected
        expect(page.locator(".month-heading")).to_have_count(0)
        listed = http.get("/v1/images", params={"album": album}).json()["items"]
        assert [item["title"] for item in listed] == expected
    finally:
        http.delete(f"/v1/albums/{album}")


def test_uploads_on_an_album_page_are_added_to_the_album(page: Page, user: User) -> None:
    sign_in(page, user, "/albums")
    page.get_by_role("button", name="New album").click()
    page.get_by_label("Title").fill("Fresh")
    page.get_by_role("dialog").get_by_role("button", name="Create").click()
    expect(page.get_by_role("heading", name="This album is empty")).to_be_visible()
    choose_files(page, file_payload("new.jpg", draw_unique(310)))
    expect(page.locator(".tile")).to_have_count(1)
    expect(page.get_by_text("1 photo uploaded")).to_be_visible()
    assert find_album(user)["images"] == 1
