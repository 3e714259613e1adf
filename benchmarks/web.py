"""Benchmark of first loads of the web application on a mid-range phone (`make bench-web`).

Chromium emulates the network and the processor that Lighthouse uses for mobile pages. Five pages
are loaded in turn, from the same server: without a cache the gallery of a signed-in user, the same
once the access token has expired, the page on which users sign in, and a page of one word; and the
gallery as users open it again, from what the service worker keeps. Reports the medians of their
largest contentful paints, and layout shifts.
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
from playwright.sync_api import Browser, BrowserContext, ViewportSize, expect, sync_playwright
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


#: Forgets the access token, as if it had expired.
EXPIRE = """
  const session = JSON.parse(sessionStorage.getItem("sightline.session"));
  if (session) {
    delete session.access;
    sessionStorage.setItem("sightline.session", JSON.stringify(session));
  }
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


class Phone:
    """An emulated phone with one page.

    It is slow only while it loads the page: idle pages that are slowed down take time from others.
    """

    def __init__(self, context: BrowserContext) -> None:
        context.add_init_script(OBSERVE)
        self.page = context.new_page()
        self._devtools = context.new_cdp_session(self.page)

    def sign_in(self, connection: Connection) -> None:
        self.page.goto("/")
        self.page.locator("input[type=email]").fill(connection.email)
        self.page.locator("input[type=password]").fill(connection.password)
        self.page.locator("form button[type=submit]").click()
        expect(self.page.locator(TILE).first).to_be_visible(timeout=TIMEOUT_MILLISECONDS)

    def fill_cache(self) -> None:
        """Let the service worker keep the page and the thumbnails that it has seen."""
        self.page.evaluate("navigator.serviceWorker.ready.then(() => null)")
        self.load("/", TILE)

    def slow_down(self, *, keep: bool) -> None:
        """Emulate the network from now on, without the cache of the browser unless `keep`."""
        self._devtools.send("Network.enable")
        self._devtools.send("Network.setCacheDisabled", {"cacheDisabled": not keep})
        self._devtools.send("Network.emulateNetworkConditions", NETWORK)

    def load(self, url: str, shown: str) -> Vitals:
        """Load a page until an element that matches the selector is shown."""
        self._devtools.send("Emulation.setCPUThrottlingRate", {"rate": CPU_SLOWDOWN})
        self.page.goto(url)
        expect(self.page.locator(shown).first).to_be_visible(timeout=TIMEOUT_MILLISECONDS)
        self.page.wait_for_timeout(SETTLING_MILLISECONDS)
        vitals = Vitals(**self.page.evaluate("window.vitals"))
        self.page.goto("about:blank")
        self._devtools.send("Emulation.setCPUThrottlingRate", {"rate": 1})
        return vitals


def open_phone(
    browser: Browser,
    url: str,
    connection: Connection | None,
    *,
    keep: bool = False,
    script: str | None = None,
) -> Phone:
    """Open a phone, signed in if there is a connection; `script` runs before each page.

    `keep` loads the page from what the service worker and the cache of the browser keep.
    """
    context = browser.new_context(
        base_url=url,
        viewport=PHONE,
        is_mobile=True,
        locale="en-GB",
        service_workers="allow" if keep else "block",
    )
    phone = Phone(context)
    if connection is not None:
        phone.sign_in(connection)
    if keep:
        phone.fill_cache()
    if script is not None:
        context.add_init_script(script)
    phone.slow_down(keep=keep)
    return phone


def measure(url: str, connection: Connection) -> dict[str, list[Vitals]]:
    """Return the vitals of all rounds by page."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("sightline: Chromium is required: on Debian, apt install chromium")
    vitals: dict[str, list[Vitals]] = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        signed_out = open_phone(browser, url, None)
        pages = {
            "gallery": (open_phone(browser, url, connection), "/", TILE),
            "gallery, after an hour": (
                open_phone(browser, url, connection, script=EXPIRE),
                "/",
                TILE,
            ),
            "gallery, opened again": (open_phone(browser, url, connection, keep=True), "/", TILE),
            "sign in": (signed_out, "/", "form button[type=submit]"),
            "blank": (signed_out, f"/{BLANK}", "p"),
        }
        for _ in range(ROUNDS):
            for name, (phone, path, shown) in pages.items():
                vitals.setdefault(name, []).append(phone.load(path, shown))
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
