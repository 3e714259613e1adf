"""Benchmark of first loads of the web application on a mid-range phone (`make bench-web`).

Chromium emulates the network and the processor that Lighthouse uses for mobile pages. Four pages
are loaded in turn, from the same server: without a cache the gallery of a signed-in user, the page
on which users sign in, and a page of one word; and the gallery as users open it again, from what
the service worker keeps. Reports the medians of their largest contentful paints, and layout shifts.
"""

import json
import os
import shutil
import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import httpx
from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright
from rich.console import Console
from rich.table import Table

from sightline_local.connection import Connection
from sightline_local.demo import request_upload, sign_in, upload
from sightline_local.sample_image import draw_sample
from sightline_local.stack import Stack, consecutive_ports

OUT = Path(__file__).parent / "out"
DIST = Path(__file__).parents[1] / "web" / "dist"
ROUNDS = int(os.environ.get("ROUNDS", "7"))

#: Lighthouse's mobile profile: https://github.com/GoogleChrome/lighthouse/blob/main/docs/throttling.md
NETWORK = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1.6e6 / 8,
    "uploadThroughput": 750e3 / 8,
}
CPU_SLOWDOWN = 4
PHONE: ViewportSize = {"width": 412, "height": 823}

PHOTOS = 12
PHOTO_SIZE = (1200, 800)
TIMEOUT_MILLISECONDS = 60_000

#: The page that is compared with.
BLANK = "blank.html"

#: A photo that is loaded.
TILE = ".tile img.loaded, .tile img.fading-in"

#: Time in which the other photos of the first screen are loaded.
SETTLING_MILLISECONDS = 2_000

OBSERVE = """
  window.vitals = { lcp: 0, element: "", cls: 0 };
  new PerformanceObserver((list) => {
    for (const { startTime, element } of list.getEntries())
      Object.assign(window.vitals, { lcp: startTime, element: element?.outerHTML.slice(0, 80) });
  }).observe({ type: "largest-contentful-paint", buffered: true });
  new PerformanceObserver((list) => {
    for (const { value, hadRecentInput } of list.getEntries())
      if (!hadRecentInput) window.vitals.cls += value;
  }).observe({ type: "layout-shift", buffered: true });
"""


class Vitals(NamedTuple):
    """Largest contentful paint, in milliseconds, its element, and the cumulative layout shift."""

    lcp: float
    element: str
    cls: float


@contextmanager
def run_stack() -> Iterator[tuple[str, Connection]]:
    """Run Sightline with photos of the demo user; yield the URL of the web application."""
    with tempfile.TemporaryDirectory() as scratch:
        web = Path(scratch, "web")
        shutil.copytree(DIST, web)
        (web / BLANK).write_text("<!doctype html><title>Blank</title><p>Blank</p>")
        with Stack(consecutive_ports(0), Path(scratch, "stack"), web=web) as stack:
            stack.start()
            connection = Connection.from_stack(stack)
            upload_photos(connection)
            yield stack.ports.url("web"), connection


def upload_photos(connection: Connection) -> None:
    """Upload the photos, and wait until they have thumbnails."""
    with httpx.Client(timeout=30) as http:
        http.headers["Authorization"] = f"Bearer {sign_in(http, connection)}"
        for number in range(PHOTOS):
            width, height = PHOTO_SIZE
            body = draw_sample(size=(width + number, height))
            ticket = request_upload(http, connection, f"{number}.jpg", body, features=["labels"])
            upload(ticket, body)
        while True:
            images = http.get(f"{connection.api}/v1/images").raise_for_status().json()["items"]
            if len([each for each in images if each["status"] == "ready"]) == PHOTOS:
                return


def load(page: Page, url: str, shown: str) -> Vitals:
    """Load a page until an element that matches the selector is shown."""
    page.goto(url)
    expect(page.locator(shown).first).to_be_visible(timeout=TIMEOUT_MILLISECONDS)
    page.wait_for_timeout(SETTLING_MILLISECONDS)
    vitals = Vitals(**page.evaluate("window.vitals"))
    # What stays open takes time from the others.
    page.goto("about:blank")
    return vitals


def open_page(browser: Browser, url: str, connection: Connection | None, *, keep: bool) -> Page:
    """Open a page on the emulated phone, signed in if there is a connection.

    `keep` loads it from what the service worker and the cache of the browser keep.
    """
    context = browser.new_context(
        base_url=url,
        viewport=PHONE,
        is_mobile=True,
        locale="en-GB",
        service_workers="allow" if keep else "block",
    )
    context.add_init_script(OBSERVE)
    page = context.new_page()
    if connection is not None:
        page.goto("/")
        page.locator("input[type=email]").fill(connection.email)
        page.locator("input[type=password]").fill(connection.password)
        page.locator("form button[type=submit]").click()
        expect(page.locator(TILE).first).to_be_visible(timeout=TIMEOUT_MILLISECONDS)
    if keep:
        page.evaluate("navigator.serviceWorker.ready.then(() => null)")
        # It keeps the thumbnails that it has seen.
        load(page, "/", TILE)
    devtools = context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.send("Network.setCacheDisabled", {"cacheDisabled": not keep})
    devtools.send("Network.emulateNetworkConditions", NETWORK)
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": CPU_SLOWDOWN})
    return page


def measure(url: str, connection: Connection) -> dict[str, list[Vitals]]:
    """Return the vitals of all rounds by page."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("sightline: Chromium is required: on Debian, apt install chromium")
    vitals: dict[str, list[Vitals]] = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        signed_in = open_page(browser, url, connection, keep=False)
        returned = open_page(browser, url, connection, keep=True)
        signed_out = open_page(browser, url, None, keep=False)
        pages = {
            "gallery": (signed_in, "/", TILE),
            "gallery, opened again": (returned, "/", TILE),
            "sign in": (signed_out, "/", "form button[type=submit]"),
            "blank": (signed_out, f"/{BLANK}", "p"),
        }
        for _ in range(ROUNDS):
            for name, page in pages.items():
                vitals.setdefault(name, []).append(load(*page))
        browser.close()
    return vitals


def main() -> None:
    console = Console()
    with run_stack() as (url, connection):
        vitals = measure(url, connection)
    lcp = {name: statistics.median(each.lcp for each in found) for name, found in vitals.items()}
    shift = {name: max(each.cls for each in found) for name, found in vitals.items()}
    table = Table("page", "largest contentful paint", "next to blank", "layout shift", "element")
    for name, found in vitals.items():
        table.add_row(
            name,
            f"{lcp[name]:.0f} ms",
            f"{lcp[name] / lcp['blank']:.1f}",
            f"{shift[name]:.3f}",
            found[-1].element,
        )
    console.print(table)
    document = {
        "ratios": {"gallery_lcp_vs_blank": round(lcp["gallery"] / lcp["blank"], 2)},
        "lcp_milliseconds": lcp,
        "cumulative_layout_shift": shift,
    }
    OUT.mkdir(exist_ok=True)
    (OUT / "web.json").write_text(json.dumps(document, indent=2) + "\n")
    console.print(f"wrote {OUT / 'web.json'}")


if __name__ == "__main__":
    main()
