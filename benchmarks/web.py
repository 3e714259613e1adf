"""Benchmark of the first load of the gallery on a mid-range phone (`make bench-web`).

Chromium emulates the network and the processor that Lighthouse uses for mobile pages. The gallery
of a signed-in user is loaded without a cache, in turn with a page of one word from the same server.
Reports the medians of their largest contentful paints, and the layout shift of the gallery.
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
from playwright.sync_api import Page, ViewportSize, expect, sync_playwright
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
    """Load a page without a cache, until an element that matches the selector is shown."""
    page.goto("about:blank")
    page.goto(url)
    expect(page.locator(shown).first).to_be_visible(timeout=TIMEOUT_MILLISECONDS)
    page.wait_for_timeout(SETTLING_MILLISECONDS)
    return Vitals(**page.evaluate("window.vitals"))


def measure(url: str, connection: Connection) -> tuple[list[Vitals], list[Vitals]]:
    """Return the vitals of the gallery and of the blank page, of all rounds."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("sightline: Chromium is required: on Debian, apt install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        context = browser.new_context(
            base_url=url, viewport=PHONE, is_mobile=True, locale="en-GB", service_workers="block"
        )
        context.add_init_script(OBSERVE)
        page = context.new_page()
        page.goto("/")
        page.locator("input[type=email]").fill(connection.email)
        page.locator("input[type=password]").fill(connection.password)
        page.locator("form button[type=submit]").click()
        expect(page.locator(".tile").first).to_be_visible(timeout=TIMEOUT_MILLISECONDS)
        devtools = context.new_cdp_session(page)
        devtools.send("Network.enable")
        devtools.send("Network.setCacheDisabled", {"cacheDisabled": True})
        devtools.send("Network.emulateNetworkConditions", NETWORK)
        devtools.send("Emulation.setCPUThrottlingRate", {"rate": CPU_SLOWDOWN})
        rounds = [(load(page, "/", TILE), load(page, f"/{BLANK}", "p")) for _ in range(ROUNDS)]
        browser.close()
    gallery, blank = zip(*rounds, strict=True)
    return list(gallery), list(blank)


def main() -> None:
    console = Console()
    with run_stack() as (url, connection):
        gallery, blank = measure(url, connection)
    lcp = {
        name: statistics.median(each.lcp for each in rounds)
        for name, rounds in (("gallery", gallery), ("blank", blank))
    }
    shift = max(each.cls for each in gallery)
    table = Table("page", "largest contentful paint", "element")
    table.add_row("gallery", f"{lcp['gallery']:.0f} ms", gallery[-1].element)
    table.add_row("blank", f"{lcp['blank']:.0f} ms", blank[-1].element)
    console.print(table)
    console.print(f"cumulative layout shift of the gallery: {shift:.3f}")
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
