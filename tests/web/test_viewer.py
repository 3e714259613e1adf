"""The page of a single photo."""

import io
import re
from typing import Any
from urllib.parse import urlparse

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect

from e2e.conftest import User
from sightline_local.sample_image import CAMERA, CAPTION, draw_sample
from sightline_testing.sample_images import encode
from web.conftest import TIMEOUT_MILLISECONDS, Library, draw_unique, sign_in

pytestmark = pytest.mark.web


def details(page: Page) -> Any:
    return page.get_by_role("complementary", name="Details")


@pytest.fixture(autouse=True)
def show_details(context: BrowserContext) -> None:
    """Show the details of photos, as a user who has done so before."""
    context.add_init_script(
        "if (location.protocol === 'http:' && localStorage.getItem('sightline.details') === null)"
        " localStorage.setItem('sightline.details', 'true')"
    )


def test_boxes_are_drawn_over_detected_text(page: Page, library: Library) -> None:
    image = library.user.get(library.images["evening.jpg"])
    (line,) = [each for each in image["recognition"]["text"] if each["is_line"]]
    sign_in(page, library.user, f"/photos/{image['id']}")
    box = page.locator(".box.text")
    expect(box).to_have_count(1)
    page.get_by_role("heading", level=1).hover()
    expect(box).to_have_css("opacity", "0")
    details(page).locator(".detection", has_text=CAPTION.split()[0]).hover()
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


def test_capture_details_are_shown(page: Page, library: Library) -> None:
    sign_in(page, library.user, f"/photos/{library.images['evening.jpg']}")
    expect(details(page).get_by_text(CAMERA[1])).to_be_visible()
    expect(details(page).get_by_text("21 Jun 2026")).to_be_visible()
    expect(details(page).get_by_text("47.00500, 11.50750")).to_be_visible()
    where = details(page).get_by_role("link", name="OpenStreetMap").get_attribute("href")
    assert where
    assert where.startswith("https://www.openstreetmap.org/?mlat=47.005&mlon=11.5075")


def test_the_original_is_downloaded(page: Page, library: Library) -> None:
    sign_in(page, library.user, f"/photos/{library.images['evening.jpg']}")
    with page.expect_download() as download:
        details(page).get_by_role("button", name="Original").click()
    assert download.value.path().read_bytes() == draw_sample()
    assert download.value.suggested_filename == "evening.jpg"
    large = details(page).get_by_role("link", name=re.compile(r"Large preview WEBP 2048 × \d+"))  # noqa: RUF001
    expect(large).to_be_visible()


def test_duplicates_are_found_and_opened(page: Page, user: User) -> None:
    body = draw_unique(300)
    with Image.open(io.BytesIO(body)) as image:
        copy = encode(image.resize((450, 225)), "JPEG", quality=40)
    original_id, copy_id = user.upload("scene.jpg", body), user.upload("copy.jpg", copy)
    for image_id in (original_id, copy_id):
        assert user.wait(image_id)["status"] == "ready"
    sign_in(page, user, f"/photos/{original_id}")
    details(page).get_by_role("button", name="Find duplicates").click()
    details(page).get_by_role("link", name="copy.jpg").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("copy.jpg")
    user.http.delete(f"/v1/images/{original_id}").raise_for_status()
    details(page).get_by_role("button", name="Find duplicates").click()
    expect(details(page).get_by_text("No duplicates found.")).to_be_visible()


def test_history_is_shown_and_a_damaged_file_explained(page: Page, user: User) -> None:
    body = draw_unique(250)
    image_id = user.upload("damaged.jpg", body[: len(body) * 3 // 4])
    assert user.wait(image_id)["status"] == "ready"
    sign_in(page, user, f"/photos/{image_id}")
    expect(details(page).get_by_role("note")).to_contain_text("Part of this file is damaged")
    show = details(page).get_by_role("button", name="Show history")
    expect(show).to_have_attribute("aria-expanded", "false")
    show.click()
    stages = details(page).locator(".history li")
    # The upload, and the queue and the work of two parts.
    expect(stages).to_have_count(5)
    for name in ("Upload", "Recognition: in queue", "Previews: processing"):
        expect(stages.filter(has_text=name)).to_contain_text(re.compile(r"[\d.]+ sec"))
    details(page).get_by_role("button", name="Hide history").click()
    expect(stages).to_have_count(0)


def test_navigation_moves_between_photos(page: Page, library: Library) -> None:
    sign_in(page, library.user)
    listed = library.user.http.get("/v1/images?order=taken").json()["items"]
    newest = [item["title"] for item in listed]
    page.get_by_role("link", name=newest[0]).click()
    title = page.get_by_role("heading", level=1)
    expect(title).to_have_text(newest[0])
    expect(page.get_by_role("link", name="Previous photo")).to_have_count(0)
    page.keyboard.press("ArrowRight")
    expect(title).to_have_text(newest[1])
    page.get_by_role("link", name="Next photo").click()
    expect(title).to_have_text(newest[2])
    expect(page.get_by_role("link", name="Next photo")).to_have_count(0)
    page.keyboard.press("ArrowLeft")
    expect(title).to_have_text(newest[1])
    page.keyboard.press("Escape")
    expect(page.locator(".tile")).to_have_count(3)


def test_a_photo_is_zoomed_and_its_original_loaded(page: Page, library: Library) -> None:
    sign_in(page, library.user, f"/photos/{library.images['saw.jpg']}")
    frame = page.locator(".frame")
    expect(frame.locator("img.shown")).to_be_visible()
    width = frame.bounding_box()["width"]  # type: ignore[index]
    page.locator(".stage").dblclick()
    page.wait_for_function(
        "width => document.querySelector('.frame').getBoundingClientRect().width > width * 1.5",
        arg=width,
    )
    expect(page.get_by_label("Zoom")).to_contain_text("%")
    page.mouse.wheel(0, -600)
    image = library.user.get(library.images["saw.jpg"])
    if image["width"] > max(each["width"] for each in image["renditions"]["items"]):
        source = library.user.http.get(f"/v1/images/{image['id']}/original").json()["url"]
        page.wait_for_function(
            "path => document.querySelector('.frame img').currentSrc.includes(path)",
            arg=urlparse(source).path,
        )
    page.keyboard.press("0")
    expect(page.get_by_label("Zoom")).to_be_empty()


def test_details_are_toggled_and_the_header_is_gone(page: Page, library: Library) -> None:
    sign_in(page, library.user)
    expect(page.locator(".tile img")).to_have_count(3)
    page.locator(".tile a").first.click()
    expect(details(page)).to_be_visible()
    first = page.get_by_role("heading", level=1).inner_text()
    expect(page.get_by_role("navigation", name="Main")).to_have_count(0)
    page.keyboard.press("i")
    expect(details(page)).to_have_count(0)
    page.get_by_role("button", name="Details").click()
    expect(details(page)).to_be_visible()
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("button", name="Start slideshow").click()
    expect(details(page)).to_have_count(0)
    expect(page.get_by_role("heading", level=1)).not_to_have_text(first)
    page.keyboard.press("s")


def test_the_date_is_corrected_and_the_photo_rotated(page: Page, user: User, image: str) -> None:
    sign_in(page, user, f"/photos/{image}")
    details(page).get_by_role("button", name="Correct date").click()
    details(page).get_by_label("Date taken").fill("1987-08-02T16:30")
    details(page).get_by_role("button", name="Save").click()
    expect(details(page).get_by_text("2 Aug 1987, 16:30 (corrected)")).to_be_visible()
    page.get_by_role("button", name="Favorite").click()
    expect(page.get_by_role("button", name="Favorite")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("button", name="Rotate clockwise").click()
    page.wait_for_function(
        "() => (({offsetWidth, offsetHeight}) => offsetWidth < offsetHeight)"
        "(document.querySelector('.frame'))",
        timeout=TIMEOUT_MILLISECONDS,
    )
    changed = user.get(image)
    assert changed["taken_at_local"] == "1987-08-02T16:30:00"
    assert changed["favorite"]
    assert changed["rotation"] == 90


def test_an_unknown_photo_shows_page_not_found(page: Page, library: Library) -> None:
    sign_in(page, library.user, "/photos/0199a3c0-7c1e-7b0a-9d5e-3f1f6a0b2c4d")
    expect(page.get_by_role("heading", name="Page not found")).to_be_visible()


@pytest.fixture
def image(user: User) -> str:
    """Upload the user's only image and wait until it is ready; returns its id."""
    image_id = user.upload("mine.jpg", draw_unique(200), ["labels", "properties"])
    assert user.wait(image_id)["status"] == "ready"
    return image_id


def test_labels_are_hidden_restored_added_and_removed(page: Page, user: User, image: str) -> None:
    label = user.get(image)["labels"][0]["name"]
    sign_in(page, user, f"/photos/{image}")
    details(page).get_by_role("button", name=f"Hide label {label}").click()
    restore = details(page).get_by_role("button", name=f"Restore label {label}")
    expect(restore).to_be_visible()
    details(page).get_by_label("Add label").first.fill("Großmutter & ich")
    page.keyboard.press("Enter")
    expect(details(page).get_by_role("link", name="Großmutter & ich")).to_be_visible()
    changed = user.get(image)
    assert changed["labels_added"] == ["Großmutter & ich"]
    assert changed["labels_hidden"] == [label]
    restore.click()
    expect(details(page).get_by_role("link", name=label, exact=True)).to_be_visible()
    details(page).get_by_role("button", name="Remove label Großmutter & ich").click()
    expect(details(page).get_by_role("link", name="Großmutter & ich")).to_have_count(0)
    assert user.get(image)["labels_added"] == []


def test_title_and_description_are_edited(page: Page, user: User, image: str) -> None:
    sign_in(page, user, f"/photos/{image}")
    details(page).get_by_role("button", name="Edit title").click()
    details(page).get_by_label("Title").fill("Abend über <b>Hügeln</b>")
    details(page).get_by_label("Description").fill("Zwei\nZeilen")
    details(page).get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Abend über <b>Hügeln</b>")
    assert user.get(image)["description"] == "Zwei\nZeilen"


def test_a_stale_edit_does_not_overwrite_another(page: Page, user: User, image: str) -> None:
    sign_in(page, user, f"/photos/{image}")
    details(page).get_by_role("button", name="Edit title").click()
    details(page).get_by_label("Title").fill("from here")
    # Change the title before the request is sent, so that no event can update the page first.
    page.route("**/v1/images/*", lambda route: _continue_after_change(route, user, image))
    details(page).get_by_role("button", name="Save").click()
    expect(page.get_by_text("This was changed somewhere else.")).to_be_visible()
    page.unroute("**/v1/images/*")
    assert user.get(image)["title"] == "from elsewhere"


def _continue_after_change(route: Any, user: User, image: str) -> None:
    if route.request.method == "PATCH":
        user.http.patch(f"/v1/images/{image}", json={"title": "from elsewhere"})
    route.continue_()


def test_a_photo_is_analyzed_again_with_another_feature(page: Page, user: User, image: str) -> None:
    sign_in(page, user, f"/photos/{image}")
    page.get_by_role("button", name="Analyze again").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Text").check()
    dialog.get_by_role("button", name="Run", exact=True).click()
    expect(page.locator(".box.text")).to_have_count(1, timeout=TIMEOUT_MILLISECONDS)


def test_deleting_a_photo_is_undone(page: Page, user: User, image: str) -> None:
    sign_in(page, user)
    page.get_by_role("link", name="mine.jpg").click()
    page.get_by_role("button", name="Move to trash").click()
    expect(page.get_by_text("Add your first photo")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("mine.jpg")
    assert user.get(image)["status"] == "ready"
