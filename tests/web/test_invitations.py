"""Shared albums: the owner invites a person, who accepts, looks at the images, and leaves."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from e2e.conftest import User
from sightline_local.stack import Stack
from web.conftest import (
    ErrorWatcher,
    draw_unique,
    find_accessibility_violations,
    invite_to_album,
    new_user,
    sign_in,
)

pytestmark = pytest.mark.web


@pytest.fixture
def friend(stack: Stack) -> Iterator[User]:
    """A second user."""
    friend = new_user(stack)
    yield friend
    friend.http.close()


def test_an_invited_person_joins_an_album_and_leaves_it(
    page: Page,
    browser: Browser,
    stack: Stack,
    user: User,
    friend: User,
    watch_errors: ErrorWatcher,
) -> None:
    images = [user.upload(f"{each}.jpg", draw_unique(each), ["labels"]) for each in (1, 2)]
    for image in images:
        user.wait(image, renditions="succeeded")
    album: str = user.http.post("/v1/albums", json={"title": "Garden"}).json()["id"]
    user.http.post(f"/v1/albums/{album}/images", json={"ids": images}).raise_for_status()

    sign_in(page, user, f"/albums/{album}")
    page.get_by_role("button", name="Share", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("radio", name="Invite people").check(force=True)
    dialog.get_by_label("Email").fill(friend.connection.email)
    dialog.get_by_label("Titles, descriptions, dates and cameras").check()
    expect(dialog.get_by_text("No members yet.")).to_be_visible()
    assert find_accessibility_violations(page) == []
    dialog.get_by_role("button", name="Invite", exact=True).click()
    url = page.get_by_label("Invitation link").input_value()
    token = url.rsplit("/", 1)[-1]
    page.get_by_role("dialog").get_by_role("button", name="Close").click()
    expect(dialog.get_by_role("button", name="Revoke")).to_be_visible()
    assert token not in page.content()

    # The owner does not use the invitation by accident.
    page.goto(url)
    page.get_by_role("button", name="Accept").click()
    expect(page.get_by_role("heading", name="This is your own album")).to_be_visible()

    phone = watch_errors(
        browser.new_context(
            base_url=stack.ports.url("web"),
            viewport={"width": 320, "height": 640},
            has_touch=True,
            is_mobile=True,
            locale="en-GB",
            reduced_motion="reduce",
        )
    )
    visitor = phone.new_page()
    visitor.goto(url)
    expect(visitor.get_by_text("Sign in to open your invitation")).to_be_visible()
    assert find_accessibility_violations(visitor) == []
    sign_in(visitor, friend, url)
    expect(visitor).to_have_url(url)
    expect(visitor.get_by_role("heading", level=1)).to_have_text("Invitation to “Garden”")
    visitor.get_by_role("button", name="Accept").tap()
    expect(visitor).to_have_url(re.compile(rf"/shared-albums/{album}$"))
    photos = visitor.get_by_role("main").get_by_role("listitem").get_by_role("link")
    expect(photos).to_have_count(2)
    assert visitor.evaluate("document.documentElement.scrollWidth") == 320
    visitor.get_by_role("link", name="1.jpg").tap()
    expect(visitor.get_by_role("heading", level=1)).to_have_text("1.jpg")
    expect(visitor.get_by_role("img", name="1.jpg")).to_be_visible()
    assert find_accessibility_violations(visitor) == []
    visitor.get_by_role("link", name="Back to all photos").tap()
    expect(photos).to_have_count(2)

    visitor.goto("/albums")
    visitor.get_by_role("link", name="Garden Viewer").tap()
    visitor.get_by_role("button", name="Leave album").tap()
    question = visitor.get_by_role("dialog")
    expect(question.get_by_role("heading")).to_have_text("Leave “Garden”?")
    question.get_by_role("button", name="Leave album").tap()
    expect(visitor.get_by_role("heading", name="No albums yet")).to_be_visible()
    assert friend.http.get(f"/v1/albums/{album}").status_code == 404
    visitor.goto(url)
    expect(
        visitor.get_by_role("heading", name=re.compile("This invitation doesn.t work"))
    ).to_be_visible()
    phone.close()


def test_an_owner_sees_and_removes_photos_of_members(page: Page, user: User, friend: User) -> None:
    """They stand among the owner's photos, and open in a viewer without the owner's actions."""
    own = [user.upload(f"own {each}.jpg", draw_unique(10 + each), ["labels"]) for each in (1, 2)]
    added = friend.upload("added.jpg", draw_unique(13), ["labels"])
    for owner, image in ((user, own[0]), (user, own[1]), (friend, added)):
        owner.wait(image, renditions="succeeded")
    album, token = invite_to_album(user, "Garden", friend.connection.email, role="contributor")
    user.http.post(f"/v1/albums/{album}/images", json={"ids": own}).raise_for_status()
    friend.http.post(f"/v1/invitations/{token}/accept", json={}).raise_for_status()
    friend.http.post(
        f"/v1/albums/{album}/images", json={"ids": [added], "metadata": True}
    ).raise_for_status()

    sign_in(page, user, f"/albums/{album}")
    expect(page.locator(".tile img")).to_have_count(3)
    expect(page.locator(".contributor")).to_have_text([friend.connection.email])
    assert find_accessibility_violations(page) == []
    page.get_by_role("link", name="added.jpg").click()
    expect(page.get_by_role("img", name="added.jpg")).to_be_visible()
    expect(page.get_by_text(f"Added by {friend.connection.email}")).to_be_visible()
    assert find_accessibility_violations(page) == []
    page.get_by_role("link", name="Next photo").or_(
        page.get_by_role("link", name="Previous photo")
    ).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("own [12].jpg"))
    expect(page.get_by_role("button", name="Details")).to_be_visible()
    page.keyboard.press("Escape")

    tile = page.locator(".tile", has=page.get_by_role("link", name="added.jpg"))
    tile.hover()
    tile.get_by_role("button", name="Select").click()
    expect(page.get_by_text("Photos of others can only be removed")).to_be_visible()
    page.get_by_role("button", name="Remove 1 photo from the album").click()
    expect(page.locator(".tile img")).to_have_count(2)
    assert friend.get(added)["status"] == "ready"
    listed = user.http.get(f"/v1/albums/{album}/images").json()["items"]
    assert {each["id"] for each in listed} == set(own)
