"""The usage page."""

import pytest
from playwright.sync_api import Page, expect

from web.conftest import Library, sign_in

pytestmark = pytest.mark.web


def test_usage_matches_the_api(page: Page, library: Library) -> None:
    usage = library.user.http.get("/v1/usage").json()
    month = usage["months"][0]
    sign_in(page, library.user, "/usage")
    statistics = page.locator(".stat-value")
    expect(statistics.nth(0)).to_have_text(str(usage["images"]))
    size = usage["bytes"]
    expect(statistics.nth(1)).to_have_text(
        f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{size / 1e3:.0f} kB"
    )
    expect(statistics.nth(2)).to_have_text(str(sum(month["calls"].values())))
    expect(statistics.nth(3)).to_have_text(f"US${month['estimated_cost']:.4f}".rstrip("0"))
    expect(page.get_by_role("figure")).to_have_count(4)
    table = page.get_by_role("figure", name="Recognition calls").get_by_role("row")
    expect(table).to_have_count(6)
    expect(table.last).to_contain_text(str(sum(month["calls"].values())))
