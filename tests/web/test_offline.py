"""The installed application: without a network, and receiving photos of other applications."""

import base64
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from e2e.conftest import User
from sightline_local.stack import Stack
from web.conftest import (
    ErrorWatcher,
    choose_files,
    draw_unique,
    file_payload,
    find_accessibility_violations,
    save_screenshot,
    sign_in,
)

pytestmark = pytest.mark.web

TIMEOUT_SECONDS = 40

#: Whether the timeline, its only month and a thumbnail are stored.
_IS_STORED = """async () => {
  const names = (await caches.keys()).filter((name) => !name.startsWith("sightline-shell-"));
  const keys = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
  const urls = keys.flat().map(({ url }) => decodeURIComponent(url));
  const isStored = (part) => urls.some((url) => url.includes(part));
  return ['["timeline"', '["images"', "/renditions/"].every(isStored);
}"""

#: Whether nothing of a user is stored.
_IS_CLEARED = """async () =>
  (await caches.keys()).every((name) => name.startsWith("sightline-shell-"))
"""

#: Submit a photo as the browser does for the share target of the manifest.
_SHARE = """async (body) => {
  const manifest = await (await fetch(document.querySelector("link[rel=manifest]").href)).json();
  const { action, method, enctype, params } = manifest.share_target;
  const form = Object.assign(document.createElement("form"), { action, method, enctype });
  const { name } = params.files[0];
  const input = Object.assign(document.createElement("input"), { type: "file", name });
  const transfer = new DataTransfer();
  const bytes = Uint8Array.from(atob(body), (letter) => letter.charCodeAt(0));
  transfer.items.add(new File([bytes], "shared.jpg", { type: "image/jpeg" }));
  input.files = transfer.files;
  form.append(input);
  document.body.append(form);
  form.submit();
}"""


@pytest.fixture
def installed(
    browser: Browser, stack: Stack, watch_errors: ErrorWatcher
) -> Iterator[BrowserContext]:
    """A browser that allows service workers, which the other tests block."""
    context = watch_errors(
        browser.new_context(
            base_url=stack.ports.url("web"),
            viewport={"width": 390, "height": 844},
            locale="en-GB",
            reduced_motion="reduce",
        )
    )
    yield context
    context.close()


def wait_for_service_worker(page: Page) -> None:
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")


def wait_until(page: Page, condition: str) -> None:
    """Wait for an asynchronous function of the page to return true."""
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while not page.evaluate(condition):
        assert time.monotonic() < deadline, condition
        page.wait_for_timeout(100)


def test_the_library_is_shown_and_uploads_wait_while_offline(
    installed: BrowserContext, user: User
) -> None:
    """After a sign-out, no cache has data of the user."""
    user.wait(user.upload("before.jpg", draw_unique(700), ["properties"]), renditions="succeeded")
    page = installed.new_page()
    sign_in(page, user)
    expect(page.locator(".tile img")).to_have_count(1)
    wait_for_service_worker(page)
    found = installed.new_cdp_session(page).send("Page.getInstallabilityErrors")
    # Contexts of Playwright are incognito windows, in which nothing is installed.
    assert [error["errorId"] for error in found["installabilityErrors"]] == ["in-incognito"]
    wait_until(page, _IS_STORED)

    installed.set_offline(True)
    page.reload()
    expect(page.get_by_text("What you see may be out of date.")).to_be_visible()
    image = page.get_by_role("img", name="before.jpg")
    expect(image).to_be_visible()
    page.wait_for_function("() => document.querySelector('.tile img').naturalWidth > 0")
    choose_files(page, file_payload("offline.jpg", draw_unique(701)))
    expect(page.get_by_text("Waiting for a connection").first).to_be_visible()
    save_screenshot(page, "offline")
    page.reload()
    expect(page.get_by_role("region", name="Uploads")).to_be_visible()

    installed.set_offline(False)
    expect(page.get_by_text("1 photo uploaded")).to_be_visible(timeout=40_000)
    expect(page.get_by_text("What you see may be out of date.")).to_have_count(0, timeout=40_000)
    expect(page.get_by_role("img", name="offline.jpg")).to_be_visible(timeout=40_000)

    page.goto("/settings/account")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    wait_until(page, _IS_CLEARED)


def test_a_shared_photo_is_uploaded_after_a_confirmation(
    installed: BrowserContext, user: User
) -> None:
    page = installed.new_page()
    sign_in(page, user)
    wait_for_service_worker(page)
    page.evaluate(_SHARE, base64.b64encode(draw_unique(710)).decode())
    expect(page.get_by_role("heading", name="Upload shared photos")).to_be_visible()
    expect(page.get_by_role("img", name="shared.jpg")).to_be_visible()
    save_screenshot(page, "share-target")
    assert find_accessibility_violations(page) == []
    assert user.list_images() == []
    page.get_by_role("main").get_by_role("button", name="Upload").click()
    expect(page.get_by_text("1 photo uploaded")).to_be_visible()
    (image,) = user.list_images()
    assert image["title"] == "shared.jpg"
    page.goto("/share")
    expect(page.get_by_role("heading", name="Nothing to upload")).to_be_visible()
