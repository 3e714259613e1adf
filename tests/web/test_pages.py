"""Requirements on every page: accessibility, translation, layout, security headers and size."""

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from sightline_local.stack import Stack
from sightline_local.web.static_files import MIN_COMPRESSED_BYTES
from web.conftest import (
    WEB,
    ErrorWatcher,
    Library,
    find_accessibility_violations,
    save_screenshot,
    sign_in,
)

pytestmark = pytest.mark.web

#: Limit of the compressed JavaScript that the first page loads.
MAX_SCRIPT_BYTES = 150_000

LANGUAGES = {"en": "Photos", "de": "Fotos", "es": "Fotos", "ja": "写真", "ar": "الصور"}

SIZES = {"narrow": (360, 740), "wide": (1280, 800)}


def open_pages(page: Page, library: Library) -> Iterator[str]:
    """Open one page after the other; yields the name of each after it has loaded."""
    expect(page.locator(".tile img.loaded, .tile img.fading-in")).to_have_count(3)
    yield "photos"
    page.goto(f"/photos/{library.images['saw.jpg']}")
    expect(page.locator(".frame img.shown")).to_be_visible()
    yield "photo"
    page.keyboard.press("i")
    expect(page.get_by_role("complementary")).to_be_visible()
    yield "photo-details"
    page.goto("/map")
    expect(page.locator(".place").first).to_be_visible()
    yield "map"
    page.goto("/albums")
    expect(page.get_by_role("main").get_by_role("heading").nth(1)).to_be_visible()
    yield "albums"
    page.goto(f"/shared-albums/{library.shared_album}")
    expect(page.locator(".public-grid img")).to_be_visible()
    yield "shared-album"
    page.goto(f"/invitations/{library.invitation}")
    expect(page.get_by_role("main").get_by_role("heading")).to_be_visible()
    yield "invitation"
    page.goto("/usage")
    expect(page.locator(".chart").first).to_be_visible()
    yield "usage"
    page.goto("/shared")
    expect(page.get_by_role("main").get_by_role("heading").nth(1)).to_be_visible()
    yield "shared"
    page.goto("/duplicates")
    expect(page.locator(".empty-state")).to_be_visible()
    yield "duplicates"
    page.goto("/trash")
    expect(page.get_by_role("main").get_by_role("heading").nth(1)).to_be_visible()
    yield "trash"
    for section in ("account", "appearance", "notifications", "api-keys", "webhooks"):
        page.goto(f"/settings/{section}")
        expect(page.get_by_role("main").get_by_role("heading").nth(1)).to_be_visible()
        yield f"settings-{section}"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_pages_are_accessible_and_fit_the_screen(
    browser: Browser,
    stack: Stack,
    library: Library,
    watch_errors: ErrorWatcher,
    scheme: str,
    size: str,
) -> None:
    """axe finds no violation, and no page is wider than the screen."""
    width, height = SIZES[size]
    context = watch_errors(
        browser.new_context(
            base_url=stack.ports.url("web"),
            viewport={"width": width, "height": height},
            color_scheme="dark" if scheme == "dark" else "light",
            locale="en-GB",
            reduced_motion="reduce",
        )
    )
    page = context.new_page()
    page.goto("/")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    save_screenshot(page, f"sign-in-{scheme}-{size}")
    assert find_accessibility_violations(page) == []
    sign_in(page, library.user)
    for name in open_pages(page, library):
        save_screenshot(page, f"{name}-{scheme}-{size}")
        assert (name, find_accessibility_violations(page)) == (name, [])
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert (name, wide) == (name, width)
    context.close()


def test_dialogs_are_accessible(page: Page, library: Library) -> None:
    sign_in(page, library.user)
    expect(page.locator(".tile img")).to_have_count(3)
    for open_dialog in ("u", "?"):
        page.keyboard.press(open_dialog)
        expect(page.get_by_role("dialog")).to_be_visible()
        assert find_accessibility_violations(page) == []
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
    page.locator(".tile").first.hover()
    page.locator(".tile").first.get_by_role("button", name="Select").click()
    page.get_by_role("combobox", name="Search your photos").fill("a")
    expect(page.get_by_role("listbox").get_by_role("option").first).to_be_visible()
    assert find_accessibility_violations(page) == []
    page.get_by_role("toolbar").get_by_role("button", name="to an album").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert find_accessibility_violations(page) == []


@pytest.mark.parametrize("size", SIZES)
def test_the_page_of_components_is_accessible(page: Page, size: str) -> None:
    """It shows both themes, and needs no session."""
    width, height = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})
    page.goto("/design")
    expect(page.get_by_role("heading", name="Dark")).to_be_visible()
    assert find_accessibility_violations(page) == []
    save_screenshot(page, f"design-{size}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_translated(page: Page, library: Library, language: str) -> None:
    sign_in(page, library.user, "/settings/appearance")
    page.get_by_label("Language").select_option(language)
    expect(page.locator("html")).to_have_attribute("lang", language)
    expect(page.locator("html")).to_have_attribute("dir", "rtl" if language == "ar" else "ltr")
    page.goto("/")
    expect(page.locator(".tab").first).to_have_text(LANGUAGES[language])
    for name in open_pages(page, library):
        save_screenshot(page, f"{name}-{language}")
        # i18next shows the key of a missing text.
        text = page.locator("body").inner_text()
        assert not re.search(
            r"\b(gallery|filter|upload|usage|labels|photo|processing|downloads|error)\.[a-z]\w+",
            text,
        )
        assert page.evaluate("document.documentElement.scrollWidth") == 1280


def test_the_keyboard_reaches_a_photo_and_returns(page: Page, library: Library) -> None:
    """Every focused element has a visible outline."""
    sign_in(page, library.user)
    expect(page.locator(".tile img")).to_have_count(3)
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    for _ in range(60):
        page.keyboard.press("Tab")
        style = page.evaluate(
            "(({outlineStyle, outlineWidth}) => [outlineStyle, outlineWidth])"
            "(getComputedStyle(document.activeElement))"
        )
        inside = page.evaluate("document.activeElement.tagName")
        if inside != "BODY":
            assert style[0] != "none", page.evaluate("document.activeElement.outerHTML")
        if page.evaluate("document.activeElement.matches('.tile a')"):
            break
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.locator(".viewer")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".tile")).to_have_count(3)


def test_the_chosen_theme_persists(page: Page, library: Library) -> None:
    dark, light = "rgb(18, 19, 22)", "rgb(251, 251, 250)"
    sign_in(page, library.user, "/settings/appearance")
    root = page.locator("html")
    page.get_by_role("radio", name="Dark").check(force=True)
    expect(root).to_have_css("background-color", dark)
    page.reload()
    expect(page.get_by_role("radio", name="Dark")).to_be_checked()
    expect(root).to_have_css("background-color", dark)
    page.get_by_role("radio", name="Light").check(force=True)
    expect(root).to_have_css("background-color", light)


def test_no_request_goes_to_a_third_party(page: Page, stack: Stack, library: Library) -> None:
    requested: set[str] = set()
    page.on("request", lambda request: requested.add(request.url))
    sign_in(page, library.user)
    for _ in open_pages(page, library):
        pass
    known = (stack.ports.url("web"), stack.ports.url("cloud"), "data:", "blob:")
    assert [url for url in requested if not url.startswith(known)] == []


def test_the_content_security_policy_is_minimal(stack: Stack) -> None:
    web, cloud = stack.ports.url("web"), stack.ports.url("cloud")
    headers = httpx.get(f"{web}/").headers
    policy = dict(
        part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";")
    )
    assert policy["default-src"] == "'self'"
    assert policy["connect-src"] == f"'self' {cloud}"
    assert policy["object-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_the_content_security_policy_matches_the_one_on_aws() -> None:
    """The local server and CloudFront send the same directives."""
    terraform = WEB.parent / "infra/terraform/modules/distribution/headers.tf"
    aws = set(re.findall(r"\"?([a-z]+-(?:src|uri|action|ancestors)) ", terraform.read_text()))
    source = WEB.parent / "services/local/src/sightline_local/web/headers.py"
    local = set(re.findall(r'"([a-z]+-(?:src|uri|action|ancestors))"', source.read_text()))
    assert local == aws


def test_responses_have_the_right_caching_headers(stack: Stack) -> None:
    web = stack.ports.url("web")
    page = httpx.get(f"{web}/photos/anything")
    assert page.headers["Cache-Control"] == "no-cache"
    assert httpx.get(f"{web}/config.json").headers["Cache-Control"] == "no-cache"
    again = httpx.get(f"{web}/", headers={"If-None-Match": page.headers["ETag"]})
    assert again.status_code == 304
    scripts = re.findall(r'(?:src|href)="(/assets/[^"]+)"', page.text)
    assert scripts
    for path in scripts:
        response = httpx.get(web + path)
        assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        small = len(response.content) <= MIN_COMPRESSED_BYTES
        assert small or response.headers["Content-Encoding"] == "gzip"
    assert httpx.get(f"{web}/assets/gone.js").status_code == 404


#: Path of the script that is loaded some seconds after the first page.
LATE_SCRIPT = "/assets/offline-"


def measure_scripts(context: BrowserContext, page: Page) -> dict[str, int]:
    """Record the names and compressed sizes of the scripts that a page loads at first."""
    sizes: dict[str, int] = {}

    def measure(path: str) -> None:
        body = (WEB / "dist" / path.lstrip("/")).read_bytes()
        sizes[Path(path).name] = len(gzip.compress(body, 9))

    page.on(
        "request",
        lambda request: (
            measure(httpx.URL(request.url).path)
            if request.url.endswith(".js") and LATE_SCRIPT not in request.url
            else None
        ),
    )
    return sizes


def test_the_sign_in_page_loads_little_script(context: BrowserContext, page: Page) -> None:
    sizes = measure_scripts(context, page)
    page.goto("/")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert 50_000 < sum(sizes.values()) < MAX_SCRIPT_BYTES, sizes


def test_the_gallery_loads_little_script(
    context: BrowserContext, page: Page, library: Library
) -> None:
    """Measured after a reload while signed in."""
    sign_in(page, library.user)
    expect(page.locator(".tile img")).to_have_count(3)
    sizes = measure_scripts(context, page)
    page.reload()
    expect(page.locator(".tile img")).to_have_count(3)
    assert 50_000 < sum(sizes.values()) < MAX_SCRIPT_BYTES, sizes


#: The limit of a good layout shift is 0.1: https://web.dev/articles/cls
MAX_LAYOUT_SHIFT = 0.05

OBSERVE_LAYOUT_SHIFT = """
  window.layoutShift = 0;
  new PerformanceObserver((list) => {
    for (const { value } of list.getEntries()) window.layoutShift += value;
  }).observe({ type: "layout-shift", buffered: true });
"""

#: Lighthouse's mobile profile: milliseconds, bytes per second, and times slower.
SLOW_NETWORK = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 200_000,
    "uploadThroughput": 93_750,
}
CPU_SLOWDOWN = 4


def slow_down(context: BrowserContext, page: Page) -> None:
    """Load what follows on a slow network and processor, without a cache."""
    devtools = context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.send("Network.setCacheDisabled", {"cacheDisabled": True})
    devtools.send("Network.emulateNetworkConditions", SLOW_NETWORK)
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": CPU_SLOWDOWN})


def test_the_page_to_sign_in_does_not_shift_while_it_loads(
    context: BrowserContext, page: Page, library: Library
) -> None:
    """Opened as any page is that requires a session, which leads to it."""
    page.add_init_script(OBSERVE_LAYOUT_SHIFT)
    slow_down(context, page)
    # The first load compiles the code, the second one draws the card as soon as it can.
    for _ in range(2):
        page.goto("about:blank")
        page.goto("/")
        expect(page.locator("input[type=password]")).to_be_visible()
        assert page.evaluate("window.layoutShift") <= MAX_LAYOUT_SHIFT


@pytest.mark.parametrize("size", SIZES)
def test_the_gallery_does_not_shift_while_it_loads(
    context: BrowserContext, page: Page, library: Library, size: str
) -> None:
    """On a slow network and processor, where what loads late appears late."""
    width, height = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})
    page.add_init_script(OBSERVE_LAYOUT_SHIFT)
    sign_in(page, library.user)
    slow_down(context, page)
    page.reload()
    expect(page.locator(".tile img.loaded, .tile img.fading-in")).to_have_count(3)
    assert page.evaluate("window.layoutShift") <= MAX_LAYOUT_SHIFT
    # The browser does report shifts.
    page.evaluate("document.body.style.paddingTop = '200px'")
    page.wait_for_function(f"() => window.layoutShift > {MAX_LAYOUT_SHIFT}")
