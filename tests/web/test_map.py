"""The map of places, and the place of a photo."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from e2e.conftest import User
from sightline_local.sample_image import draw_sample
from sightline_local.stack import Stack
from web.conftest import draw_unique, find_accessibility_violations, sign_in

pytestmark = pytest.mark.web

LISBON = {"latitude": 38.711, "longitude": -9.137}
OEIRAS = {"latitude": 38.697, "longitude": -9.302}


def test_places_open_their_photos_and_a_photo_is_moved(page: Page, user: User) -> None:
    """A cluster splits as the wheel zooms in; the map returns as it was left."""
    places = (LISBON, OEIRAS)
    ids = [user.upload(f"{at}.jpg", draw_unique(300 + at), ["labels"]) for at in range(len(places))]
    for image_id, place in zip(ids, places, strict=True):
        user.wait(image_id, renditions="succeeded")
        user.http.patch(
            f"/v1/images/{image_id}", json={"position_override": place}
        ).raise_for_status()
    sign_in(page, user, "/map?at=38.7,-9.2,6")
    markers = page.locator(".marker")
    expect(markers).to_have_count(1)
    expect(markers.locator(".marker-count")).to_have_text("2")
    expect(page.locator(".map-base path").nth(100)).to_be_attached()
    page.get_by_role("application").hover()
    page.mouse.wheel(0, -1500)
    expect(markers).to_have_count(2)
    expect(page).to_have_url(re.compile(r"/map\?at=38\.7.*,11\.00$"))
    left = page.url
    markers.last.locator("a").click()
    expect(page.locator(".tile")).to_have_count(1)
    expect(page.get_by_role("button", name="Map area")).to_be_visible()
    page.go_back()
    expect(page).to_have_url(left)
    expect(markers).to_have_count(2)

    page.goto(f"/photos/{ids[0]}")
    page.get_by_role("button", name="Details", exact=True).click()
    page.get_by_role("button", name="Correct place").click()
    field = page.get_by_label("Latitude and longitude")
    expect(field).to_have_value("38.711, -9.137")
    surface = page.get_by_role("application").bounding_box()
    assert surface
    page.mouse.click(surface["x"] + surface["width"] / 2 + 40, surface["y"] + 60)
    expect(field).not_to_have_value("38.711, -9.137")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("button", name="Correct place")).to_be_visible()
    latitude, longitude = (user.get(ids[0])["position_override"][each] for each in LISBON)
    assert latitude > LISBON["latitude"]
    assert longitude > LISBON["longitude"]


def test_the_place_of_a_selection_is_corrected(page: Page, user: User) -> None:
    """A click on the map of the dialog sets the place of all selected photos."""
    ids = [user.upload(f"{at}.jpg", draw_unique(320 + at), ["labels"]) for at in range(2)]
    for image_id in ids:
        user.wait(image_id, renditions="succeeded")
    sign_in(page, user)
    expect(page.locator(".tile img")).to_have_count(2)
    page.locator(".tile a").first.focus()
    page.keyboard.press("Control+a")
    bar = page.get_by_role("toolbar")
    bar.get_by_role("button", name="More actions").click()
    page.get_by_role("button", name="Correct places of 2 photos").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator(".map-base path").nth(100)).to_be_attached()
    assert find_accessibility_violations(page) == []
    dialog.get_by_role("application").click()
    expect(dialog.get_by_label("Latitude and longitude")).not_to_have_value("")
    dialog.get_by_label("Latitude and longitude").fill("38.711, -9.137")
    dialog.get_by_role("button", name="Correct 2 photos").click()
    expect(page.get_by_text("Places of 2 photos corrected")).to_be_visible()
    assert [user.get(each)["position_override"] for each in ids] == [LISBON, LISBON]


def test_the_tiles_of_a_map_server_are_shown(page: Page, stack: Stack, user: User) -> None:
    """The server is that of the emulator, whose images the policy allows."""
    tiles = {"url": f"{stack.ports.url('cloud')}/tiles/{{z}}/{{x}}/{{y}}", "attribution": "© Us"}

    def add_tiles(route: Route) -> None:
        response = route.fetch()
        route.fulfill(response=response, json={**response.json(), "tiles": tiles})

    page.route("**/config.json", add_tiles)
    body = draw_sample(size=(256, 256))
    page.route("**/tiles/**", lambda route: route.fulfill(body=body, content_type="image/jpeg"))
    image_id = user.upload("tiles.jpg", draw_unique(330), ["labels"])
    user.wait(image_id, renditions="succeeded")
    user.http.patch(f"/v1/images/{image_id}", json={"position_override": LISBON}).raise_for_status()
    sign_in(page, user, "/map?at=38.7,-9.2,6")
    expect(page.get_by_text("© Us")).to_be_visible()
    loaded = "images => images.length > 3 && images.every(image => image.naturalWidth === 256)"
    page.wait_for_function(f"() => ({loaded})([...document.querySelectorAll('.map-tiles img')])")
    assert find_accessibility_violations(page) == []


@pytest.mark.parametrize("edge", ["left", "right"])
def test_the_name_of_a_place_at_the_edge_is_within_the_map(
    page: Page, user: User, edge: str
) -> None:
    image_id = user.upload("edge.jpg", draw_unique(340), ["labels"])
    user.wait(image_id, renditions="succeeded")
    user.http.patch(f"/v1/images/{image_id}", json={"position_override": OEIRAS}).raise_for_status()
    page.set_viewport_size({"width": 390, "height": 800})
    # Half of the map is 195 pixels: 8.57 degrees at zoom 5.
    longitude = OEIRAS["longitude"] + (8.4 if edge == "left" else -8.4)
    sign_in(page, user, f"/map?at=38.7,{longitude},5")
    name = page.locator(".marker-name")
    expect(name).to_have_text("Oeiras")
    box = name.bounding_box()
    assert box
    assert 0 <= box["x"] <= box["x"] + box["width"] <= 390
    # It is moved, not cut.
    assert name.evaluate("name => name.scrollWidth <= name.clientWidth")
