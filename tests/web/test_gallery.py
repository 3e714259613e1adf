"""Search, filters, selection and deletion in the gallery."""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlparse
from zipfile import ZipFile

import pytest
from playwright.sync_api import Page, Route, expect

from e2e.conftest import User
from sightline_local.sample_image import CAPTION
from web.conftest import Library, draw_unique, sign_in

pytestmark = pytest.mark.web


def titles(page: Page) -> list[str]:
    return [str(image.get_attribute("alt")) for image in page.locator(".tile img").all()]


def filter_panel(page: Page) -> Any:
    return page.get_by_role("complementary", name="Filters")


def label_sets(library: Library) -> dict[str, set[str]]:
    """Map the title of each image to its label names."""
    items = library.user.http.get("/v1/images").json()["items"]
    return {item["title"]: {label["name"] for label in item["labels"]} for item in items}


def test_label_filters_show_counts_combine_and_exclude(page: Page, library: Library) -> None:
    sets = label_sets(library)
    counts = Counter(label for labels in sets.values() for label in labels)
    one = next(label for label, count in counts.items() if count == 1)
    owner = next(title for title, labels in sets.items() if one in labels)
    other = next(label for label in sets[owner] if label != one)
    sign_in(page, library.user)
    expect(page.locator(".tile img")).to_have_count(len(sets))
    for label, count in counts.items():
        name = filter_panel(page).get_by_role(
            "button", name=re.compile(rf"^{re.escape(label)} ?{count}$")
        )
        expect(name).to_have_count(1)
    filter_panel(page).get_by_role("button", name=re.compile(rf"^{one} ?1$")).click()
    expect(page.locator(".tile img")).to_have_count(1)
    filter_panel(page).get_by_role("button", name=re.compile(rf"^{other} ?\d+$")).click()
    expect(page.locator(".tile img")).to_have_count(1)
    assert titles(page) == [owner]
    assert parse_qs(urlparse(page.url).query) == {"label": [one, other]}
    page.get_by_role("button", name="Clear filters").click()
    filter_panel(page).get_by_role("button", name=f"Exclude {one}").click()
    expect(page.locator(".tile img")).to_have_count(len(sets) - 1)
    assert owner not in titles(page)
    # With a required label, the API applies the exclusion; otherwise the page does.
    filter_panel(page).get_by_role("button", name=re.compile(rf"^{other} ?\d+$")).click()
    expect(page.locator(".tile img")).to_have_count(counts[other] - 1)


def test_minimum_confidence_narrows_a_label_filter(page: Page, library: Library) -> None:
    items = library.user.http.get("/v1/images").json()["items"]
    labels = [(each["name"], each["confidence"]) for item in items for each in item["labels"]]
    label, lowest = min(labels, key=lambda each: each[1])
    sign_in(page, library.user, f"/?label={label}")
    found = len([1 for name, _ in labels if name == label])
    expect(page.locator(".tile img")).to_have_count(found)
    page.get_by_role("slider", name="Minimum confidence").fill(str(int(lowest) + 1))
    expect(page.locator(".tile img")).to_have_count(
        len([1 for name, confidence in labels if name == label and confidence >= int(lowest) + 1])
    )


def test_text_in_photos_is_found(page: Page, library: Library) -> None:
    sign_in(page, library.user)
    expect(page.locator(".tile img")).to_have_count(3)
    page.keyboard.press("/")
    box = page.get_by_role("combobox", name="Search your photos")
    expect(box).to_be_focused()
    box.fill(CAPTION.split()[-1].lower())
    page.get_by_role("listbox").get_by_role("option", name="Text in photos").click()
    expect(page.locator(".tile img")).to_have_count(1)
    assert titles(page) == ["evening.jpg"]
    page.get_by_role("button", name="Remove filter Text").click()
    expect(page.locator(".tile img")).to_have_count(3)


def test_a_suggested_label_is_chosen_with_the_keyboard(page: Page, library: Library) -> None:
    label = next(iter(label_sets(library)["evening.jpg"]))
    sign_in(page, library.user)
    page.get_by_role("combobox", name="Search your photos").fill(label[:3].lower())
    expect(page.get_by_role("option", name=label).first).to_be_visible()
    # The first suggestion searches all fields for what was typed.
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name=f"Remove filter {label}")).to_be_visible()


def test_words_are_searched_in_all_fields(page: Page, library: Library) -> None:
    sign_in(page, library.user)
    page.get_by_role("combobox", name="Search your photos").fill("leav")
    page.keyboard.press("Enter")
    expect(page.locator(".tile img")).to_have_count(1)
    assert titles(page) == ["leaves.jpg"]
    assert parse_qs(urlparse(page.url).query) == {"q": ["leav"]}


def test_an_empty_result_names_the_condition_to_remove(page: Page, library: Library) -> None:
    sign_in(page, library.user, "/?q=leaves&not=doesnotoccur&text=doesnotoccur")
    expect(page.get_by_text("There are photos if you remove one")).to_be_visible()
    empty = page.locator(".empty-state")
    expect(empty.get_by_role("button", name="Remove filter")).to_have_count(1)
    empty.get_by_role("button", name="Remove filter Text: doesnotoccur").click()
    expect(page.locator(".tile img")).to_have_count(1)


def test_an_empty_result_offers_to_clear_the_filters(page: Page, library: Library) -> None:
    sign_in(page, library.user, "/?text=doesnotoccur")
    expect(page.get_by_role("heading", name="No results")).to_be_visible()
    page.get_by_role("main").get_by_role("button", name="Clear filters").last.click()
    expect(page.locator(".tile img")).to_have_count(3)


@pytest.fixture
def shown(page: Page, user: User) -> list[str]:
    """Upload five images and wait for their renditions; returns their ids, newest first."""
    ids = [
        user.upload(f"{number}.jpg", draw_unique(100 + number), ["properties"])
        for number in range(5)
    ]
    for image_id in ids:
        user.wait(image_id, renditions="succeeded")
    sign_in(page, user)
    expect(page.locator(".tile img")).to_have_count(5)
    return ids[::-1]


def test_photos_are_selected_with_mouse_and_keyboard(page: Page, shown: list[str]) -> None:
    tiles = page.locator(".tile")
    tiles.nth(0).hover()
    tiles.nth(0).get_by_role("button", name="Select").click()
    bar = page.get_by_role("toolbar", name="Selected photos")
    expect(bar.get_by_text("1 selected")).to_be_visible()
    tiles.nth(3).get_by_role("link").click(modifiers=["Shift"])
    expect(bar.get_by_text("4 selected")).to_be_visible()
    tiles.nth(1).get_by_role("link").click()
    expect(bar.get_by_text("3 selected")).to_be_visible()
    page.keyboard.press("Escape")
    expect(bar).to_have_count(0)
    tiles.nth(0).get_by_role("link").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("x")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    expect(bar.get_by_text("3 selected")).to_be_visible()
    page.keyboard.press("Control+a")
    expect(bar.get_by_text("5 selected")).to_be_visible()


def test_a_rectangle_a_day_and_a_month_are_selected(page: Page, shown: list[str]) -> None:
    bar = page.get_by_role("toolbar", name="Selected photos")
    first, second = page.locator(".tile").nth(0).bounding_box(), page.locator(".tile").nth(1)
    box = second.bounding_box()
    assert first
    assert box
    page.mouse.move(first["x"] + 40, first["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 40, box["y"] + 80, steps=5)
    page.mouse.up()
    expect(bar.get_by_text("2 selected")).to_be_visible()
    # The drag does not open a photo.
    assert urlparse(page.url).path == "/"
    page.keyboard.press("Escape")
    page.locator(".day-heading").first.hover()
    page.locator(".day-heading").first.get_by_role("button", name="Select").click()
    expect(bar.get_by_text("5 selected")).to_be_visible()
    page.locator(".month-heading").get_by_role("button", name="Select").click()
    expect(bar).to_have_count(0)


def test_the_selection_is_labeled_dated_and_marked(
    page: Page, user: User, shown: list[str]
) -> None:
    bar = page.get_by_role("toolbar", name="Selected photos")
    dialog = page.get_by_role("dialog")
    page.locator(".tile a").first.focus()
    page.keyboard.press("Control+a")
    bar.get_by_role("button", name="More actions for 5 photos").click()
    bar.get_by_role("button", name="Edit labels of 5 photos").click()
    dialog.get_by_label("Add label").first.fill("Holiday")
    dialog.get_by_role("button", name="Update 5 photos").click()
    expect(page.get_by_text("Labels of 5 photos updated")).to_be_visible()
    bar.get_by_role("button", name="More actions for 5 photos").click()
    bar.get_by_role("button", name="Correct dates of 5 photos").click()
    dialog.get_by_label("Days").fill("-2")
    dialog.get_by_role("button", name="Correct 5 photos").click()
    expect(page.get_by_text("Dates of 5 photos corrected")).to_be_visible()
    expect(page.get_by_role("heading", name="Fri 19 June")).to_be_visible()
    bar.get_by_role("button", name="Add 5 photos to favorites").click()
    expect(page.locator(".favorite-mark.on")).to_have_count(5)
    for image_id in shown:
        image = user.get(image_id)
        assert image["labels_added"] == ["Holiday"]
        assert image["taken_at_local"].startswith("2026-06-19")
        assert image["favorite"]


def test_the_selection_is_downloaded_as_an_archive(page: Page, shown: list[str]) -> None:
    page.locator(".tile a").first.focus()
    page.keyboard.press("Control+a")
    with page.expect_download() as download:
        page.get_by_role("toolbar").get_by_role("button", name="Download 5 photos").click()
    with ZipFile(download.value.path()) as archive:
        originals = [name for name in archive.namelist() if name.endswith(".jpg")]
    assert sorted(Path(name).name for name in originals) == [f"{number}.jpg" for number in range(5)]
    expect(page.get_by_text("5 photos downloaded")).to_be_visible()


def test_an_archived_photo_leaves_the_gallery(page: Page, user: User, shown: list[str]) -> None:
    page.locator(".tile a").first.focus()
    page.keyboard.press("x")
    bar = page.get_by_role("toolbar", name="Selected photos")
    bar.get_by_role("button", name="More actions for 1 photo").click()
    bar.get_by_role("button", name="Archive 1 photo").click()
    expect(page.locator(".tile img")).to_have_count(4)
    assert user.get(shown[0])["archived"]


def test_a_deletion_is_undone(page: Page, user: User, shown: list[str]) -> None:
    page.locator(".tile").first.hover()
    page.locator(".tile").first.get_by_role("button", name="Select").click()
    page.get_by_role("toolbar").get_by_role("button", name="Move 1 photo to the trash").click()
    dialog = page.get_by_role("dialog", name="Move 1 photo to the trash?")
    dialog.get_by_role("button", name="Cancel").click()
    expect(page.locator(".tile img")).to_have_count(5)
    page.get_by_role("toolbar").get_by_role("button", name="Move 1 photo to the trash").click()
    dialog.get_by_role("button", name="Move 1 photo to the trash").click()
    expect(page.locator(".tile img")).to_have_count(4)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".tile img")).to_have_count(5)
    assert len(user.http.get("/v1/images").json()["items"]) == 5


def test_deleted_photos_move_to_the_trash(page: Page, user: User, shown: list[str]) -> None:
    page.locator(".tile a").first.focus()
    page.keyboard.press("x")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Delete")
    dialog = page.get_by_role("dialog", name="Move 2 photos to the trash?")
    with page.expect_response(lambda response: response.url.endswith("/v1/images/delete")):
        dialog.get_by_role("button", name="Move 2 photos to the trash").click()
    expect(page.get_by_text("2 photos moved to the trash")).to_be_visible()
    expect(page.locator(".tile img")).to_have_count(3)
    left = [item["id"] for item in user.http.get("/v1/images").json()["items"]]
    assert left == shown[2:]


def test_photos_are_sorted_and_sized(page: Page, shown: list[str]) -> None:
    def ids() -> list[str | None]:
        return [tile.get_attribute("data-id") for tile in page.locator(".tile a").all()]

    assert ids() == shown
    height = page.locator(".tile").first.evaluate("each => each.offsetHeight")
    page.get_by_role("button", name="Sort and size").click()
    page.get_by_role("radio", name="Small").check()
    page.wait_for_function(
        "height => document.querySelector('.tile').offsetHeight < height * 0.8", arg=height
    )
    page.get_by_role("radio", name="Date uploaded, oldest first").check()
    expect(page.locator(".tile a").first).to_have_attribute("data-id", shown[-1])
    assert ids() == shown[::-1]
    page.reload()
    expect(page.locator(".tile img")).to_have_count(5)
    assert ids() == shown[::-1]


COUNT = 10_000

#: Images of a month, which has 28 days of 40 images.
MONTH_COUNT = 28 * 40

MONTHS = [f"2026-{12 - month:02d}" for month in range(COUNT // MONTH_COUNT + 1)]


def make_item(number: int, template: dict[str, Any]) -> dict[str, Any]:
    """Return the `number`th newest of many images, forty of them a day."""
    day = number // 40
    month, date = 12 - day // 28, 28 - day % 28
    return {
        **template,
        "id": f"0199a3c0-7c1e-7b0a-9d5e-{COUNT - number:012d}",
        "title": f"photo {number}",
        "width": 300 + number * 37 % 300,
        "height": 300,
        "created_at": f"2026-{month:02d}-{date:02d}T12:00:00Z",
        "taken_at_local": None,
        "thumbnail": None,
        "preview": None,
    }


@pytest.fixture
def loaded_months(page: Page, library: Library) -> list[str]:
    """Mock a library of 10,000 images, because uploading as many would take an hour.

    Returns the months that the page loads, in that order.
    """
    template = library.user.get(library.images["evening.jpg"])
    requested: list[str] = []

    def respond(route: Route, body: dict[str, Any]) -> None:
        route.fulfill(body=json.dumps(body), content_type="application/json")

    def respond_list(route: Route) -> None:
        query = parse_qs(urlparse(route.request.url).query)
        month = query["month"][0]
        start = MONTHS.index(month) * MONTH_COUNT
        end = min(start + MONTH_COUNT, COUNT)
        at = int(query.get("cursor", [str(start)])[0])
        if at == start:
            requested.append(month)
        items = [make_item(number, template) for number in range(at, min(at + 100, end))]
        after = str(at + 100) if at + 100 < end else None
        respond(route, {"items": items, "next_cursor": after})

    def respond_image(route: Route) -> None:
        number = COUNT - int(urlparse(route.request.url).path[-12:])
        route.fulfill(json=make_item(number, template), headers={"ETag": '"1"'})

    def respond_timeline(route: Route) -> None:
        counts = [min(MONTH_COUNT, COUNT - at * MONTH_COUNT) for at in range(len(MONTHS))]
        months = [
            {"month": month, "images": count} for month, count in zip(MONTHS, counts, strict=True)
        ]
        respond(route, {"images": COUNT, "months": months})

    page.route(re.compile(r"/v1/timeline"), respond_timeline)
    page.route(re.compile(r"/v1/images\?"), respond_list)
    page.route(re.compile(r"/v1/images/0199a3c0-7c1e-7b0a-9d5e-\d+$"), respond_image)
    return requested


def test_ten_thousand_photos_are_scrolled_through(
    page: Page, library: Library, loaded_months: list[str]
) -> None:
    sign_in(page, library.user)
    expect(page.get_by_role("link", name="photo 0", exact=True)).to_be_visible()
    last = page.get_by_role("link", name=f"photo {COUNT - 1}", exact=True)
    max_tiles = 0
    for _ in range(400):
        page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
        max_tiles = max(max_tiles, page.locator(".tile").count())
        if last.count():
            break
    expect(last).to_be_visible()
    # Only rows near the screen are rendered.
    assert max_tiles < 150
    # The scroll bar has the height of all images, although most are not loaded.
    assert page.evaluate("document.documentElement.scrollHeight") > 200_000
    assert set(loaded_months) <= {MONTHS[0], MONTHS[1], MONTHS[-2], MONTHS[-1]}


def photo(page: Page, number: int) -> Any:
    return page.get_by_role("link", name=f"photo {number}", exact=True)


def test_the_scrubber_opens_a_month_and_a_reload_keeps_it(
    page: Page, library: Library, loaded_months: list[str]
) -> None:
    sign_in(page, library.user)
    scrubber = page.get_by_role("slider", name="Jump to month")
    expect(scrubber).to_have_attribute("aria-valuetext", "December 2026, 1120 photos")
    for _ in range(4):
        scrubber.press("ArrowDown")
    expect(scrubber).to_have_attribute("aria-valuetext", "August 2026, 1120 photos")
    first = photo(page, 4 * MONTH_COUNT)
    expect(first).to_be_in_viewport()
    assert urlparse(page.url).query == ""
    page.reload()
    expect(first).to_be_in_viewport()
    expect(scrubber).to_have_attribute("aria-valuetext", "August 2026, 1120 photos")
    # What is above is loaded without moving what is seen.
    page.mouse.move(600, 400)
    page.mouse.wheel(0, -300)
    expect(photo(page, 4 * MONTH_COUNT - 1)).to_be_visible()
    expect(first).to_be_in_viewport()
    scrubber.press("Home")
    expect(photo(page, 0)).to_be_in_viewport()


def test_the_way_back_from_the_viewer_shows_the_same_photo(
    page: Page, library: Library, loaded_months: list[str]
) -> None:
    sign_in(page, library.user)
    scrubber = page.get_by_role("slider", name="Jump to month")
    expect(scrubber).to_have_attribute("aria-valuetext", "December 2026, 1120 photos")
    scrubber.press("ArrowDown")
    scrubber.press("ArrowDown")
    opened = photo(page, 2 * MONTH_COUNT + 15)
    expect(photo(page, 2 * MONTH_COUNT)).to_be_in_viewport()
    page.mouse.move(600, 400)
    page.mouse.wheel(0, 700)
    back_link = page.get_by_role("link", name="Back to photos")
    for go_back in (back_link.click, page.go_back):
        expect(opened).to_be_in_viewport()
        opened.click()
        expect(page.get_by_role("heading", name=f"photo {2 * MONTH_COUNT + 15}")).to_be_visible()
        go_back()
        expect(back_link).to_have_count(0)
    expect(opened).to_be_in_viewport()


def image_boxes(page: Page, selector: str) -> dict[str, list[int]]:
    """Map the path of each image to its box on the page, in whole pixels."""
    boxes: dict[str, list[int]] = page.locator(selector).evaluate_all(
        """elements => Object.fromEntries(elements.map((element) => {
          const { x, y, width, height } = element.getBoundingClientRect();
          return [new URL(element.src).pathname, [x, y + scrollY, width, height].map(Math.round)];
        }))"""
    )
    return boxes


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("width", [390, 1280])
def test_first_images_are_drawn_where_the_page_shows_them(
    page: Page, library: Library, language: str, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    sign_in(page, library.user)
    page.evaluate("language => localStorage.setItem('sightline.language', language)", language)
    page.goto("/")
    expect(page.locator(".tile img")).to_have_count(3)
    expect(page.locator(".first-paint")).to_have_count(0)
    held: list[Route] = []
    page.route("**/assets/main-*.js", lambda route: held.append(route))
    page.goto("/")
    # The third image may be below the screen.
    expect(page.locator(".first-paint img").nth(1)).to_be_visible()
    assert page.locator("#root *").count() == 0
    drawn = image_boxes(page, ".first-paint img")
    for route in held:
        route.continue_()
    expect(page.locator(".tile img")).to_have_count(3)
    shown = image_boxes(page, ".tile img")
    assert {path: shown[path] for path in drawn} == drawn
    expect(page.locator(".first-paint")).to_have_count(0)
