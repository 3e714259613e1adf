"""Takes the screenshots of the web application (`make screenshots`, requires Chromium).

Starts the whole stack, uploads the photographs of scikit-image's package that are in the public
domain or under CC0, and writes `web-*.webp` beside this file.
"""

import io
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import distribution
from pathlib import Path
from typing import Any, NamedTuple

import httpx
from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from sightline_local.connection import Connection
from sightline_local.demo import request_upload, sign_in, upload
from sightline_local.stack import Stack, consecutive_ports

HERE = Path(__file__).parent
DIST = HERE.parent / "web" / "dist"

#: Photographs and their titles, oldest first. All are in the public domain or under CC0, as stated
#: at https://scikit-image.org/docs/stable/api/skimage.data.html
PHOTOGRAPHS = {
    "coins.png": "Greek coins from Pompeii",
    "moon.png": "Surface of the moon",
    "hubble_deep_field.jpg": "Hubble eXtreme Deep Field",
    "gravel.png": "Gravel",
    "retina.jpg": "Retina",
    "camera.png": "Photographer",
    "motorcycle_left.png": "Motorcycle in a garage",
    "rocket.jpg": "Launch of a Falcon 9",
    "astronaut.png": "Eileen Collins",
    "coffee.png": "A cup of coffee",
    "chelsea.png": "Chelsea the cat",
}
FEATURES = ["labels", "text", "properties"]

#: Time limit for processing an image, and for each step in the browser.
TIMEOUT_SECONDS = 120

#: Time for transitions to end before a screenshot.
SETTLING_MILLISECONDS = 2000

ALL_LOADED = "[...document.images].every(each => each.complete)"

#: Quality of the saved files (0 to 100).
WEBP_QUALITY = 85


class View(NamedTuple):
    """A screenshot: size of the window in CSS pixels, and how it is shown."""

    width: int
    height: int
    scheme: Any = "light"
    locale: str = "en-GB"
    scale: int = 1


GALLERY = View(1280, 760)
VIEWS = {
    "web-gallery": GALLERY,
    "web-gallery-dark": GALLERY._replace(scheme="dark"),
    "web-narrow": View(390, 780, locale="ar", scale=2),
}
PHOTO_VIEW = GALLERY


def main() -> None:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("sightline: Chromium is required: on Debian, apt install chromium")
    with running_stack() as (stack, connection), sync_playwright() as playwright:
        images = upload_photographs(connection)
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        url = stack.ports.url("web")
        for name, view in VIEWS.items():
            page = open_page(browser, url, view, connection)
            save(page, name, len(PHOTOGRAPHS))
        page = open_page(browser, url, PHOTO_VIEW, connection)
        page.goto(f"/photos/{images['chelsea.png']}")
        # The details of the photo.
        page.get_by_role("button", name="Details", exact=True).click()
        save(page, "web-photo", 1)
        browser.close()


@contextmanager
def running_stack() -> Iterator[tuple[Stack, Connection]]:
    with tempfile.TemporaryDirectory() as folder:
        settings = {"api": {"SIGHTLINE_OWNER_REQUESTS_PER_SECOND": "200"}}
        with Stack(consecutive_ports(0), Path(folder), settings=settings, web=DIST) as stack:
            stack.start()
            yield stack, Connection.from_stack(stack)


def upload_photographs(connection: Connection) -> dict[str, str]:
    """Upload the photographs, wait until they are ready, and return their ids by file name."""
    package = Path(str(distribution("scikit-image").locate_file("skimage/data")))
    images = {}
    with httpx.Client(timeout=30) as http:
        http.headers["Authorization"] = f"Bearer {sign_in(http, connection)}"
        for name, title in PHOTOGRAPHS.items():
            body = encode(package / name)
            ticket = request_upload(http, connection, title, body, features=FEATURES)
            upload(ticket, body)
            images[name] = ticket["image"]["id"]
        for image_id in images.values():
            wait(http, f"{connection.api}/v1/images/{image_id}")
    return images


def wait(http: httpx.Client, url: str) -> None:
    """Wait until the image is ready."""
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while http.get(url).json()["status"] != "ready":
        if time.monotonic() > deadline:
            sys.exit(f"sightline: {url} is not ready after {TIMEOUT_SECONDS} seconds")
        time.sleep(0.5)


def encode(path: Path) -> bytes:
    """Return a photograph as a JPEG."""
    file = io.BytesIO()
    with Image.open(path) as image:
        image.convert("RGB").save(file, "JPEG", quality=92)
    return file.getvalue()


def open_page(browser: Browser, url: str, view: View, connection: Connection) -> Page:
    """Open the gallery as the demo user."""
    context = browser.new_context(
        base_url=url,
        viewport={"width": view.width, "height": view.height},
        device_scale_factor=view.scale,
        color_scheme=view.scheme,
        locale=view.locale,
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.set_default_timeout(TIMEOUT_SECONDS * 1000)
    page.goto("/")
    page.locator("input[type=email]").fill(connection.email)
    page.locator("input[type=password]").fill(connection.password)
    page.locator("form button[type=submit]").click()
    expect(page.locator("nav").first).to_be_visible()
    return page


def save(page: Page, name: str, images: int) -> None:
    """Save what the page shows once it has at least that many images, and all are loaded."""
    page.wait_for_selector("main img")
    # The Content Security Policy forbids `wait_for_function`, which evaluates in the page.
    while not page.evaluate(f"document.images.length >= {images} && {ALL_LOADED}"):
        page.wait_for_timeout(100)
    # Pictures fade in over their placeholders.
    page.wait_for_timeout(SETTLING_MILLISECONDS)
    path = HERE / f"{name}.webp"
    with Image.open(io.BytesIO(page.screenshot())) as image:
        image.convert("RGB").save(path, "WEBP", quality=WEBP_QUALITY)
    print(f"wrote {path.relative_to(HERE.parent)}")


if __name__ == "__main__":
    main()
