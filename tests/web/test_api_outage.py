"""What the page shows while the API is unavailable and after it recovers."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from sightline_local.stack import Stack, consecutive_ports
from web.conftest import WEB, draw_unique, new_user, sign_in

pytestmark = pytest.mark.web


@pytest.fixture
def own_stack(tmp_path: Path) -> Iterator[Stack]:
    """A separate stack, whose API can be stopped without affecting other tests."""
    with Stack(consecutive_ports(0), tmp_path, web=WEB / "dist") as stack:
        stack.start()
        yield stack


def test_the_page_recovers_after_an_api_outage(browser: Browser, own_stack: Stack) -> None:
    user = new_user(own_stack)
    user.wait(user.upload("before.jpg", draw_unique(400), ["properties"]), renditions="succeeded")
    context = browser.new_context(base_url=own_stack.ports.url("web"), locale="en-GB")
    page = context.new_page()
    sign_in(page, user)
    expect(page.locator(".tile img")).to_have_count(1)
    expect(page.get_by_text("Live", exact=True)).to_be_visible()

    own_stack.stop("api")
    expect(page.get_by_text("What you see may be out of date.")).to_be_visible()
    expect(page.locator(".tile img")).to_have_count(1)
    page.get_by_role("link", name="Albums").click()
    expect(page.get_by_text("Couldn’t load this page")).to_be_visible(timeout=40_000)  # noqa: RUF001

    own_stack.restart("api")
    expect(page.get_by_text("What you see may be out of date.")).to_have_count(0, timeout=40_000)
    expect(page.get_by_role("heading", name="No albums yet")).to_be_visible(timeout=40_000)
    image = user.upload("after.jpg", draw_unique(401), ["properties"])
    page.get_by_role("link", name="Photos", exact=True).click()
    expect(page.get_by_role("link", name="after.jpg")).to_be_visible(timeout=40_000)
    user.http.delete(f"/v1/images/{image}")
    user.http.close()
    context.close()
