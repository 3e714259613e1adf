"""One picture, with all that is known of it."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import User
from sightline_local.sample_image import CAMERA, CAPTION, draw_sample
from web.conftest import PATIENCE, Library, draw, sign_in

pytestmark = pytest.mark.web


def details(page: Page) -> Any:
    return page.get_by_role("complementary", name="Details")


def test_boxes_lie_over_what_was_read(page: Page, library: Library) -> None:
    image = library.user.get(library.images["evening.jpg"])
    (line,) = [each for each in image["recognition"]["text"] if each["is_line"]]
    sign_in(page, library.user, f"/pictures/{image['id']}")
    box = page.locator(".box.text")
    expect(box).to_have_count(1)
    page.get_by_role("heading", level=1).hover()
    expect(box).to_have_css("opacity", "0")
    details(page).locator(".mark", has_text=CAPTION.split()[0]).hover()
    expect(box).to_have_css("opacity", "1")
    frame, drawn = page.locator(".frame").bounding_box(), box.bounding_box()
    assert frame
    assert drawn
    assert drawn["x"] - frame["x"] == pytest.approx(line["box"]["left"] * frame["width"], abs=2)
    assert drawn["y"] - frame["y"] == pytest.approx(line["box"]["top"] * frame["height"], abs=2)
    assert drawn["width"] == pytest.approx(line["box"]["width"] * frame["width"], abs=2)
    page.get_by_role("heading", level=1).hover()
    expect(box).to_have_css("opacity", "0")
    page.keyboard.press("b")
    expect(box).to_have_css("opacity", "0.9")


def test_what_the_camera_recorded_is_told(page: Page, library: Library) -> None:
    sign_in(page, library.user, f"/pictures/{library.images['evening.jpg']}")
    expect(details(page).get_by_text(CAMERA[1])).to_be_visible()
    expect(details(page).get_by_text("21 Jun 2026")).to_be_visible()
    expect(details(page).get_by_text("47.00500, 11.50750")).to_be_visible()
    where = details(page).get_by_role("link", name="Open a map").get_attribute("href")
    assert where
    assert where.startswith("https://www.openstreetmap.org/?mlat=47.005&mlon=11.5075")


def test_files_are_saved(page: Page, library: Library) -> None:
    sign_in(page, library.user, f"/pictures/{library.images['evening.jpg']}")
    with page.expect_download() as download:
        details(page).get_by_role("button", name="Original").click()
    assert download.value.path().read_bytes() == draw_sample()
    assert download.value.suggested_filename == "evening.jpg"
    large = details(page).get_by_role("link", name=re.compile(r"Large WEBP 2048 × \d+"))  # noqa: RUF001
    expect(large).to_be_visible()


def test_one_goes_from_picture_to_picture(page: Page, library: Library) -> None:
    sign_in(page, library.user)
    newest = list(library.images)[::-1]
    page.get_by_role("link", name=newest[0]).click()
    title = page.get_by_role("heading", level=1)
    expect(title).to_have_text(newest[0])
    expect(page.get_by_role("link", name="Previous picture")).to_have_count(0)
    page.keyboard.press("ArrowRight")
    expect(title).to_have_text(newest[1])
    page.get_by_role("link", name="Next picture").click()
    expect(title).to_have_text(newest[2])
    expect(page.get_by_role("link", name="Next picture")).to_have_count(0)
    page.keyboard.press("ArrowLeft")
    expect(title).to_have_text(newest[1])
    page.keyboard.press("Escape")
    expect(page.locator(".tile")).to_have_count(3)


def test_a_picture_that_is_not_there_is_said_not_to_be(page: Page, library: Library) -> None:
    sign_in(page, library.user, "/pictures/0199a3c0-7c1e-7b0a-9d5e-3f1f6a0b2c4d")
    expect(page.get_by_role("heading", name="There is nothing here")).to_be_visible()


@pytest.fixture
def image(user: User) -> str:
    """A picture that is ready, and its owner's only one."""
    image_id = user.send("mine.jpg", draw(200), ["labels", "properties"])
    assert user.wait(image_id)["status"] == "ready"
    return image_id


def test_labels_are_hidden_and_added(page: Page, user: User, image: str) -> None:
    label = user.get(image)["labels"][0]["name"]
    sign_in(page, user, f"/pictures/{image}")
    details(page).get_by_role("button", name=f"Hide the label {label}").click()
    restore = details(page).get_by_role("button", name=f"Show the label {label} again")
    expect(restore).to_be_visible()
    details(page).get_by_label("Add a label of your own").first.fill("Großmutter & ich")
    page.keyboard.press("Enter")
    expect(details(page).get_by_role("link", name="Großmutter & ich")).to_be_visible()
    changed = user.get(image)
    assert changed["labels_added"] == ["Großmutter & ich"]
    assert changed["labels_hidden"] == [label]
    restore.click()
    expect(details(page).get_by_role("link", name=label, exact=True)).to_be_visible()
    details(page).get_by_role("button", name="Remove the label Großmutter & ich").click()
    expect(details(page).get_by_role("link", name="Großmutter & ich")).to_have_count(0)
    assert user.get(image)["labels_added"] == []


def test_title_and_description_are_written(page: Page, user: User, image: str) -> None:
    sign_in(page, user, f"/pictures/{image}")
    details(page).get_by_role("button", name="Edit title").click()
    details(page).get_by_label("Title").fill("Abend über <b>Hügeln</b>")
    details(page).get_by_label("Description").fill("Zwei\nZeilen")
    details(page).get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Abend über <b>Hügeln</b>")
    assert user.get(image)["description"] == "Zwei\nZeilen"


def test_a_change_does_not_undo_another(page: Page, user: User, image: str) -> None:
    sign_in(page, user, f"/pictures/{image}")
    details(page).get_by_role("button", name="Edit title").click()
    details(page).get_by_label("Title").fill("from here")
    # The page hears of it by an event; it has to be too late for that.
    page.route("**/v1/images/*", lambda route: _once_changed(route, user, image))
    details(page).get_by_role("button", name="Save").click()
    expect(page.get_by_text("It was changed elsewhere")).to_be_visible()
    page.unroute("**/v1/images/*")
    assert user.get(image)["title"] == "from elsewhere"


def _once_changed(route: Any, user: User, image: str) -> None:
    if route.request.method == "PATCH":
        user.http.patch(f"/v1/images/{image}", json={"title": "from elsewhere"})
    route.continue_()


def test_something_else_is_looked_for(page: Page, user: User, image: str) -> None:
    sign_in(page, user, f"/pictures/{image}")
    page.get_by_role("button", name="Look for something else").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Text").check()
    dialog.get_by_role("button", name="Look", exact=True).click()
    expect(page.locator(".box.text")).to_have_count(1, timeout=PATIENCE)


def test_a_picture_is_deleted_and_brought_back(page: Page, user: User, image: str) -> None:
    sign_in(page, user)
    page.get_by_role("link", name="mine.jpg").click()
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_text("Your first picture goes here")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("mine.jpg")
    assert user.get(image)["status"] == "ready"
