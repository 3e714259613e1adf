"""Uploads as people make them: many, again, broken off, and of what is no picture."""

import base64
import re

import pytest
from playwright.sync_api import Page, Route, expect

from e2e.conftest import User
from sightline_testing.sample_images import find_images
from web.conftest import PATIENCE, as_file, choose_files, draw, find_photograph, sign_in

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
    """Whether this is where S3 takes forms."""
    return url.rstrip("/").endswith("sightline-originals")


def test_a_photograph_is_uploaded_and_gets_ready_without_a_reload(page: Page, user: User) -> None:
    sign_in(page, user)
    body = find_photograph("phone_jolla.jpg", draw(20))
    choose_files(page, as_file("phone.jpg", body))
    expect(panel(page).get_by_text("1 picture uploaded")).to_be_visible()
    picture = page.get_by_role("img", name="phone.jpg")
    expect(picture).to_be_visible(timeout=PATIENCE)
    expect(page.locator(".tile .state")).to_have_count(0, timeout=PATIENCE)
    (image,) = user.http.get("/v1/images").json()["items"]
    assert image["status"] == "ready"
    assert image["title"] == "phone.jpg"


def test_many_go_at_once_with_progress_for_each_and_for_all(page: Page, user: User) -> None:
    sign_in(page, user)
    held: list[Route] = []
    page.route(is_upload, lambda route: held.append(route) if len(held) < 2 else route.continue_())
    choose_files(page, *(as_file(f"{number}.jpg", draw(30 + number)) for number in range(6)))
    expect(panel(page).get_by_text("4 of 6 uploaded")).to_be_visible()
    expect(panel(page).get_by_role("progressbar")).to_have_attribute(
        "aria-valuenow", re.compile(r"^[1-9]\d$")
    )
    expect(panel(page).get_by_text("Uploaded ·")).to_have_count(4)
    for route in held:
        route.continue_()
    expect(panel(page).get_by_text("6 pictures uploaded")).to_be_visible()
    expect(page.locator(".tile")).to_have_count(6)


def test_files_are_dropped_and_pasted(page: Page, user: User) -> None:
    sign_in(page, user)
    expect(page.get_by_text("Your first picture goes here")).to_be_visible()
    files = [["dropped.jpg", encode(draw(40))]]
    page.evaluate(f"""(files) => {{
      const [, event] = ({_DROP})([files]);
      document.body.dispatchEvent(event("dragenter"));
      window.dropEvent = event("drop");
    }}""", files)  # fmt: skip
    expect(page.get_by_text("Drop to upload")).to_be_visible()
    page.evaluate("document.body.dispatchEvent(window.dropEvent)")
    expect(page.get_by_text("Drop to upload")).to_have_count(0)
    expect(panel(page).get_by_text("1 picture uploaded")).to_be_visible()
    page.evaluate(f"""(files) => {{
      const [transfer] = ({_DROP})([files]);
      const event = new ClipboardEvent("paste", {{ bubbles: true, clipboardData: transfer }});
      document.body.dispatchEvent(event);
    }}""", [["pasted.jpg", encode(draw(41))]])  # fmt: skip
    expect(panel(page).get_by_text("2 pictures uploaded")).to_be_visible()


def test_a_folder_is_taken_with_all_in_it(page: Page, user: User, tmp_path_factory) -> None:  # type: ignore[no-untyped-def]
    folder = tmp_path_factory.mktemp("holiday")
    (folder / "deep").mkdir()
    (folder / "one.jpg").write_bytes(draw(42))
    (folder / "deep" / "two.jpg").write_bytes(draw(43))
    (folder / ".hidden").write_bytes(b"x")
    sign_in(page, user)
    choose_files(page, folder, kind="folder")
    expect(panel(page).get_by_text("2 pictures uploaded")).to_be_visible()


def test_a_duplicate_is_noticed_before_it_is_sent(page: Page, user: User) -> None:
    first = user.send("first.jpg", draw(50))
    user.wait(first, renditions="succeeded")
    sent: list[str] = []
    page.on("request", lambda asked: sent.append(asked.url) if is_upload(asked.url) else None)
    sign_in(page, user)
    choose_files(page, as_file("second.jpg", draw(50)))
    expect(panel(page).get_by_text("You have this picture already")).to_be_visible()
    assert sent == []
    assert len(user.http.get("/v1/images").json()["items"]) == 1
    panel(page).get_by_role("button", name="Upload anyway").click()
    expect(panel(page).get_by_text("1 picture uploaded")).to_be_visible()
    assert len(sent) == 1
    assert len(user.http.get("/v1/images").json()["items"]) == 2


def test_what_is_no_picture_is_said_to_be_none(page: Page, user: User) -> None:
    sign_in(page, user)
    choose_files(page, as_file("notes.txt", b"words", "text/plain"))
    expect(panel(page).get_by_text("no picture of a kind that Sightline reads")).to_be_visible()
    assert user.http.get("/v1/images").json()["items"] == []


def test_a_broken_picture_fails_with_a_reason_and_a_way_to_try_again(
    page: Page, user: User
) -> None:
    found = [path for path in find_images("malformed") if path.name == "broken.png"]
    body = found[0].read_bytes() if found else draw(51)[:2000]
    sign_in(page, user)
    choose_files(page, as_file("broken.png", body, "image/png"))
    failed = page.get_by_role("link", name="Failed")
    expect(failed).to_be_visible(timeout=PATIENCE)
    failed.click()
    expect(page.get_by_role("alert").first).to_be_visible()
    details = page.get_by_role("complementary", name="Details")
    expect(details.get_by_text("Copies: failed")).to_be_visible()
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("It is being processed once more.")).to_be_visible()
    expect(details.get_by_text("Copies: failed")).to_be_visible(timeout=PATIENCE)


def test_an_upload_that_breaks_off_is_tried_again_by_itself(page: Page, user: User) -> None:
    sign_in(page, user)
    broken: list[str] = []

    def break_once(route: Route) -> None:
        broken.append(route.request.url)
        if len(broken) == 1:
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route(is_upload, break_once)
    choose_files(page, as_file("again.jpg", draw(52)))
    expect(panel(page).get_by_text("1 picture uploaded")).to_be_visible()
    assert len(broken) == 2
    assert len(user.http.get("/v1/images").json()["items"]) == 1


def test_what_failed_is_tried_again_when_asked_to(page: Page, user: User) -> None:
    sign_in(page, user)
    page.route(is_upload, lambda route: route.fulfill(status=403, body="<Code>AccessDenied</Code>"))
    choose_files(page, as_file("one.jpg", draw(53)), as_file("two.jpg", draw(54)))
    expect(panel(page).get_by_text("2 uploads failed")).to_be_visible()
    page.unroute(is_upload)
    panel(page).get_by_role("button", name="Try all again").click()
    expect(panel(page).get_by_text("2 pictures uploaded")).to_be_visible()


def test_uploads_survive_a_reload(page: Page, user: User) -> None:
    sign_in(page, user)
    held: list[Route] = []
    page.route(is_upload, lambda route: held.append(route))
    choose_files(page, as_file("left.jpg", draw(55)), as_file("over.jpg", draw(56)))
    expect(panel(page).get_by_text("0 of 2 uploaded")).to_be_visible()
    expect(page.locator(".upload.sending")).to_have_count(2)
    page.unroute(is_upload)
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(panel(page).get_by_text("2 pictures uploaded")).to_be_visible()
    names = {image["title"] for image in user.http.get("/v1/images").json()["items"]}
    assert names == {"left.jpg", "over.jpg"}


def test_what_comes_from_elsewhere_appears_by_itself(page: Page, user: User) -> None:
    sign_in(page, user)
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    image = user.send("elsewhere.jpg", draw(57))
    expect(page.get_by_role("link", name="elsewhere.jpg")).to_be_visible(timeout=PATIENCE)
    user.http.delete(f"/v1/images/{image}")
    expect(page.get_by_role("link", name="elsewhere.jpg")).to_have_count(0)
