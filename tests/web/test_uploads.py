"""Uploads: many at once, duplicates, interrupted uploads and invalid files."""

import base64
import re

import pytest
from playwright.sync_api import Page, Route, expect

from e2e.conftest import User
from web.conftest import (
    TIMEOUT_MILLISECONDS,
    choose_files,
    draw_unique,
    file_payload,
    read_photo,
    sign_in,
)

pytestmark = pytest.mark.web

_DROP = """
([files]) => {
  const transfer = new DataTransfer();
  for (const [name, body] of files) {
    const bytes = Uint8Array.from(atob(body), (letter) => letter.charCodeAt(0));
    transfer.items.add(new File([bytes], name, { type: "image/jpeg" }));
  }
  const options = { bubbles: true, cancelable: true, dataTransfer: transfer };
  const event = (name) => new DragEvent(name, options);
  return [transfer, event];
}
"""


def encode(body: bytes) -> str:
    return base64.b64encode(body).decode()


def panel(page: Page):  # type: ignore[no-untyped-def]
    return page.get_by_role("region", name="Uploads")


def is_upload(url: str) -> bool:
    """Whether this is the URL of presigned POSTs."""
    return url.rstrip("/").endswith("sightline-originals")


def test_an_uploaded_photo_becomes_ready_without_a_reload(page: Page, user: User) -> None:
    sign_in(page, user)
    body = read_photo("phone_jolla.jpg", draw_unique(20))
    choose_files(page, file_payload("phone.jpg", body))
    expect(panel(page).get_by_text("1 photo uploaded")).to_be_visible()
    thumbnail = page.get_by_role("img", name="phone.jpg")
    expect(thumbnail).to_be_visible(timeout=TIMEOUT_MILLISECONDS)
    expect(page.locator(".tile .tile-status")).to_have_count(0, timeout=TIMEOUT_MILLISECONDS)
    (image,) = user.http.get("/v1/images").json()["items"]
    assert image["status"] == "ready"
    assert image["title"] == "phone.jpg"


def test_many_uploads_run_at_once_and_show_their_progress(page: Page, user: User) -> None:
    sign_in(page, user)
    held: list[Route] = []
    page.route(is_upload, lambda route: held.append(route) if len(held) < 2 else route.continue_())
    choose_files(
        page, *(file_payload(f"{number}.jpg", draw_unique(30 + number)) for number in range(6))
    )
    expect(panel(page).get_by_text("4 of 6 uploaded")).to_be_visible()
    expect(panel(page).get_by_role("progressbar")).to_have_attribute(
        "aria-valuenow", re.compile(r"^[1-9]\d$")
    )
    expect(panel(page).get_by_text("Uploaded ·")).to_have_count(4)
    for route in held:
        route.continue_()
    expect(panel(page).get_by_text("6 photos uploaded")).to_be_visible()
    expect(page.locator(".tile")).to_have_count(6)


def test_dropped_and_pasted_files_are_uploaded(page: Page, user: User) -> None:
    sign_in(page, user)
    expect(page.get_by_text("Add your first photo")).to_be_visible()
    files = [["dropped.jpg", encode(draw_unique(40))]]
    page.evaluate(f"""(files) => {{
      const [, event] = ({_DROP})([files]);
      document.body.dispatchEvent(event("dragenter"));
      window.dropEvent = event("drop");
    }}""", files)  # fmt: skip
    expect(page.get_by_text("Drop files to upload")).to_be_visible()
    page.evaluate("document.body.dispatchEvent(window.dropEvent)")
    expect(page.get_by_text("Drop files to upload")).to_have_count(0)
    expect(panel(page).get_by_text("1 photo uploaded")).to_be_visible()
    page.evaluate(f"""(files) => {{
      const [transfer] = ({_DROP})([files]);
      const event = new ClipboardEvent("paste", {{ bubbles: true, clipboardData: transfer }});
      document.body.dispatchEvent(event);
    }}""", [["pasted.jpg", encode(draw_unique(41))]])  # fmt: skip
    expect(panel(page).get_by_text("2 photos uploaded")).to_be_visible()


def test_a_folder_is_uploaded_recursively(page: Page, user: User, tmp_path_factory) -> None:  # type: ignore[no-untyped-def]
    folder = tmp_path_factory.mktemp("holiday")
    (folder / "deep").mkdir()
    (folder / "one.jpg").write_bytes(draw_unique(42))
    (folder / "deep" / "two.jpg").write_bytes(draw_unique(43))
    (folder / ".hidden").write_bytes(b"x")
    sign_in(page, user)
    choose_files(page, folder, kind="folder")
    expect(panel(page).get_by_text("2 photos uploaded")).to_be_visible()


def test_a_duplicate_is_detected_before_it_is_sent(page: Page, user: User) -> None:
    first = user.upload("first.jpg", draw_unique(50))
    user.wait(first, renditions="succeeded")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if is_upload(request.url) else None)
    sign_in(page, user)
    choose_files(page, file_payload("second.jpg", draw_unique(50)))
    expect(panel(page).get_by_text("You already have this photo")).to_be_visible()
    assert sent == []
    assert len(user.list_images()) == 1
    panel(page).get_by_role("button", name="Upload anyway").click()
    expect(panel(page).get_by_text("1 photo uploaded")).to_be_visible()
    assert len(sent) == 1
    assert len(user.list_images()) == 2


def test_upload_rejects_a_file_that_is_not_an_image(page: Page, user: User) -> None:
    sign_in(page, user)
    choose_files(page, file_payload("notes.txt", b"words", "text/plain"))
    expect(panel(page).get_by_text("Unsupported file type.")).to_be_visible()
    assert user.list_images() == []


def test_a_broken_image_shows_its_error_and_can_be_retried(page: Page, user: User) -> None:
    body = b"\x89PNG\r\n\x1a\n" + b"not an image" * 100
    sign_in(page, user)
    choose_files(page, file_payload("broken.png", body, "image/png"))
    failed = page.get_by_role("link", name="Failed")
    expect(failed).to_be_visible(timeout=TIMEOUT_MILLISECONDS)
    failed.click()
    expect(page.get_by_role("alert").first).to_be_visible()
    details = page.get_by_role("complementary", name="Details")
    expect(details.get_by_text("Previews: failed")).to_be_visible()
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("Processing restarted.")).to_be_visible()
    expect(details.get_by_text("Previews: failed")).to_be_visible(timeout=TIMEOUT_MILLISECONDS)


def test_an_interrupted_upload_is_retried_automatically(page: Page, user: User) -> None:
    sign_in(page, user)
    broken: list[str] = []

    def break_once(route: Route) -> None:
        broken.append(route.request.url)
        if len(broken) == 1:
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route(is_upload, break_once)
    choose_files(page, file_payload("again.jpg", draw_unique(52)))
    expect(panel(page).get_by_text("1 photo uploaded")).to_be_visible()
    assert len(broken) == 2
    assert len(user.list_images()) == 1


def test_failed_uploads_are_retried_on_request(page: Page, user: User) -> None:
    sign_in(page, user)
    page.route(is_upload, lambda route: route.fulfill(status=403, body="<Code>AccessDenied</Code>"))
    choose_files(
        page, file_payload("one.jpg", draw_unique(53)), file_payload("two.jpg", draw_unique(54))
    )
    expect(panel(page).get_by_text("2 uploads failed")).to_be_visible()
    page.unroute(is_upload)
    panel(page).get_by_role("button", name="Retry all").click()
    expect(panel(page).get_by_text("2 photos uploaded")).to_be_visible()


def test_uploads_resume_after_a_reload(page: Page, user: User) -> None:
    sign_in(page, user)
    held: list[Route] = []
    # Hold the first two requests only: removing the route would let them through before the reload.
    page.route(is_upload, lambda route: held.append(route) if len(held) < 2 else route.continue_())
    choose_files(
        page, file_payload("left.jpg", draw_unique(55)), file_payload("over.jpg", draw_unique(56))
    )
    expect(panel(page).get_by_text("0 of 2 uploaded")).to_be_visible()
    expect(page.locator(".upload.uploading")).to_have_count(2)
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(panel(page).get_by_text("2 photos uploaded")).to_be_visible()
    names = {image["title"] for image in user.list_images()}
    assert names == {"left.jpg", "over.jpg"}


def test_changes_made_elsewhere_appear_without_a_reload(page: Page, user: User) -> None:
    sign_in(page, user)
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    image = user.upload("elsewhere.jpg", draw_unique(57))
    expect(page.get_by_role("link", name="elsewhere.jpg")).to_be_visible(
        timeout=TIMEOUT_MILLISECONDS
    )
    user.http.delete(f"/v1/images/{image}")
    expect(page.get_by_role("link", name="elsewhere.jpg")).to_have_count(0)
