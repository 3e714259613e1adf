"""User journeys, and failures of processes during them."""

import hashlib
import io
import os
import signal
from pathlib import Path
from typing import Any

import httpx
import PIL.Image
import pytest
from rich.console import Console

from e2e.conftest import User, cloud
from sightline_local.connection import Connection
from sightline_local.demo import run_demo, upload
from sightline_local.sample_image import CAPTION, draw_sample
from sightline_testing.sample_images import encode

IMAGE = draw_sample(size=(900, 600))


def list_objects(user: User) -> list[str]:
    """Return the keys of all objects."""
    resources = user.stack.resources
    assert resources is not None
    s3 = cloud(user.stack, "s3")
    return [
        entry["Key"]
        for bucket in (resources.originals_bucket, resources.renditions_bucket)
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
        for entry in page.get("Contents", [])
    ]


def list_rows(user: User) -> list[str]:
    """Return the keys of all rows of the table."""
    resources = user.stack.resources
    assert resources is not None
    items = cloud(user.stack, "dynamodb").scan(TableName=resources.table)["Items"]
    return [f"{item['pk']['S']} {item['sk']['S']}" for item in items]


@pytest.mark.parametrize("part", ["recognition", "renditions"])
def test_each_part_is_processed_while_the_other_service_is_stopped(user: User, part: str) -> None:
    """The stopped service catches up after its restart."""
    service, other = {
        "recognition": ("worker", "renditions"),
        "renditions": ("resizer", "recognition"),
    }[part]
    user.stack.stop(service)
    try:
        image_id = user.upload("part.jpg", IMAGE)
        image = user.wait(image_id, **{other: "succeeded"})
        assert image[part]["state"] == "pending"
        assert image["status"] == "processing"
    finally:
        user.stack.restart(service)
    assert user.wait(image_id)["status"] == "ready"


@pytest.mark.parametrize("service", ["worker", "resizer"])
def test_a_killed_service_loses_no_image(user: User, service: str) -> None:
    image_ids = []
    for number in range(6):
        image_ids.append(user.upload(f"{number}.jpg", IMAGE))
        if number == 3:
            user.stack.kill(service)
    user.stack.restart(service)
    assert [user.wait(image_id)["status"] for image_id in image_ids] == ["ready"] * 6


def test_a_suspended_process_delays_but_loses_no_image(user: User) -> None:
    """Its message is redelivered; the late result of the resumed resizer has no effect."""
    image_id = user.upload("suspended.jpg", IMAGE)
    pid = user.stack.pid("resizer")
    os.kill(pid, signal.SIGSTOP)
    try:
        user.wait(image_id, recognition="succeeded")
    finally:
        os.kill(pid, signal.SIGCONT)
    assert user.wait(image_id)["status"] == "ready"


def test_deletion_removes_all_rows_and_objects(user: User) -> None:
    image_id = user.upload("deleted.jpg", IMAGE)
    user.wait(image_id)
    assert len([key for key in list_objects(user) if image_id in key]) == 4
    assert user.http.delete(f"/v1/images/{image_id}?permanent=true").status_code == 204
    assert not [key for key in list_objects(user) if image_id in key]
    assert not [row for row in list_rows(user) if image_id in row]
    assert user.http.get(f"/v1/images/{image_id}").status_code == 404


def test_an_image_deleted_during_processing_leaves_nothing(user: User) -> None:
    """Deletion races with processing; the order does not matter."""
    image_ids = [user.upload(f"race {number}.jpg", IMAGE) for number in range(8)]
    for image_id in image_ids:
        assert user.http.delete(f"/v1/images/{image_id}?permanent=true").status_code == 204
    # Both services work in order: once a later image is ready, these have been processed.
    user.wait(user.upload("after.jpg", IMAGE))
    user.wait(user.upload("after.jpg", IMAGE))
    remaining = [
        each
        for each in list_objects(user) + list_rows(user)
        for image_id in image_ids
        if image_id in each
    ]
    assert remaining == []


def test_an_upload_after_deletion_leaves_nothing(user: User) -> None:
    created = user.request_upload("late.jpg", IMAGE)
    image_id = created["image"]["id"]
    assert user.http.delete(f"/v1/images/{image_id}?permanent=true").status_code == 204
    upload(created, IMAGE)
    user.wait(user.upload("after.jpg", IMAGE))
    assert not [each for each in list_objects(user) + list_rows(user) if image_id in each]


def test_reprocessing_repeats_both_parts_and_indexes_labels_once(user: User) -> None:
    image_id = user.upload("reprocessed.jpg", IMAGE)
    before = user.wait(image_id)
    response = user.http.post(f"/v1/images/{image_id}/reprocess", json={})
    assert response.status_code == 202

    def is_reprocessed(image: dict[str, Any]) -> bool:
        return all(
            image[part]["started_at"] != before[part]["started_at"]
            and image[part]["state"] == "succeeded"
            for part in ("recognition", "renditions")
        )

    after = user.wait_until(image_id, is_reprocessed)
    assert after["status"] == "ready"
    assert after["recognition"]["labels"] == before["recognition"]["labels"]
    indexed = [row for row in list_rows(user) if image_id in row and "#LABEL#" in row]
    assert len(indexed) == len(after["recognition"]["labels"])


def test_an_image_returns_from_the_trash_as_it_was(user: User) -> None:
    image_id = user.upload("trashed.jpg", IMAGE)
    before = user.wait(image_id)

    def list_trash() -> list[str]:
        items = user.http.get("/v1/trash").raise_for_status().json()["items"]
        return [each["image"]["id"] for each in items]

    assert user.http.delete(f"/v1/images/{image_id}").status_code == 204
    assert user.http.get(f"/v1/images/{image_id}").status_code == 404
    assert image_id in list_trash()
    restored = user.http.post(f"/v1/images/{image_id}/restore").raise_for_status().json()
    assert restored["labels"] == before["labels"]
    assert len([key for key in list_objects(user) if image_id in key]) == 4
    assert image_id not in list_trash()


def test_a_reencoded_copy_is_a_near_duplicate_until_it_is_deleted(user: User) -> None:
    with PIL.Image.open(io.BytesIO(IMAGE)) as image:
        copy = encode(image.resize((450, 300)), "JPEG", quality=40)
    original_id, copy_id = user.upload("scene.jpg", IMAGE), user.upload("copy.jpg", copy)
    for image_id in (original_id, copy_id):
        user.wait(image_id)

    def list_duplicates(image_id: str) -> dict[str, int]:
        parameters = {"limit": 100}
        response = user.http.get(f"/v1/images/{image_id}/duplicates", params=parameters)
        items = response.raise_for_status().json()["items"]
        return {each["image"]["id"]: each["distance"] for each in items}

    distance = list_duplicates(original_id)[copy_id]
    assert distance <= 4
    assert list_duplicates(copy_id)[original_id] == distance
    assert user.http.delete(f"/v1/images/{copy_id}").status_code == 204
    assert copy_id not in list_duplicates(original_id)


def test_recognition_of_duplicates_is_billed_once(user: User) -> None:
    body = draw_sample(size=(901, 601))
    image_ids = [user.upload("duplicate.jpg", body) for _ in range(3)]
    assert {user.wait(image_id)["status"] for image_id in image_ids} == {"ready"}
    resources = user.stack.resources
    assert resources is not None
    items = cloud(user.stack, "dynamodb").scan(TableName=resources.table)["Items"]
    billed = [
        int(item["recognition"]["M"]["result"]["M"]["calls"]["M"].get("labels", {"N": "0"})["N"])
        for item in items
        if item["sk"]["S"] in {f"IMAGE#{image_id}" for image_id in image_ids}
        and item["pk"]["S"].startswith("USER#")
    ]
    assert sorted(billed) == [0, 0, 1]


def test_an_upload_with_a_wrong_checksum_fails(user: User) -> None:
    """S3 rejects it; the emulator does not, so the resizer must detect it."""
    created = user.request_upload("other.jpg", IMAGE)
    upload(created, IMAGE[:-1] + b"x")
    image = user.wait(created["image"]["id"])
    assert image["status"] == "failed"
    assert image["renditions"]["failure"]["code"] == "checksum_mismatch"


def test_an_object_without_an_image_is_ignored(user: User, other_user: User) -> None:
    """An object under the prefix of a user creates no row unless the API created the image."""
    resources = user.stack.resources
    assert resources is not None
    image_id = other_user.request_upload("x.jpg", IMAGE)["image"]["id"]
    owner = next(row for row in list_rows(user) if image_id in row).split()[0].removeprefix("USER#")
    forged = image_id[:-4] + "0000"
    cloud(user.stack, "s3").put_object(
        Bucket=resources.originals_bucket, Key=f"originals/{owner}/{forged}", Body=IMAGE
    )
    user.wait(user.upload("after.jpg", IMAGE))
    assert not [row for row in list_rows(user) if forged in row]


def test_images_of_another_user_are_inaccessible(user: User, other_user: User) -> None:
    image_id = user.upload("private.jpg", IMAGE)
    before = user.wait(image_id)
    for method in ("GET", "DELETE"):
        response = other_user.http.request(method, f"/v1/images/{image_id}")
        assert (response.status_code, response.json()["code"]) == (404, "image_not_found")
    listed = other_user.http.get("/v1/images", params={"limit": 100}).json()["items"]
    assert image_id not in {item["id"] for item in listed}
    after = user.get(image_id)
    assert after["recognition"] == before["recognition"]


def test_a_request_without_a_token_is_unauthenticated(user: User) -> None:
    response = httpx.get(f"{user.connection.api}/v1/images")
    assert (response.status_code, response.json()["code"]) == (401, "unauthenticated")


def test_any_file_name_is_accepted_as_title(user: User) -> None:
    for name in ("a b+c%20d.jpg", "日本 🐕.jpg", "../../etc/passwd", "a#b?c&d=e.jpg"):
        image = user.wait(user.upload(name, IMAGE))
        assert (image["status"], image["title"]) == ("ready", name)


def test_recognition_depends_on_the_content_of_the_image(user: User) -> None:
    """Text has its position in the upright image, and labels name what it shows."""
    image = user.wait(user.upload("text.jpg", IMAGE, features=("labels", "text")))
    (line,) = [each for each in image["recognition"]["text"] if each["is_line"]]
    assert line["text"].replace(" ", "") == CAPTION.replace(" ", "")
    middle = line["box"]["top"] + line["box"]["height"] / 2
    assert middle == pytest.approx(0.9, abs=0.03)
    assert "Text" in {label["name"] for label in image["recognition"]["labels"]}
    assert image["recognition"]["models"].keys() == {"labels", "text"}
    rotated = draw_sample(6, (900, 600))
    upright = user.wait(user.upload("rotated.jpg", rotated, features=("labels", "text")))
    assert (upright["width"], upright["height"]) == (600, 900)
    (line,) = [each for each in upright["recognition"]["text"] if each["is_line"]]
    assert line["text"].replace(" ", "") == CAPTION.replace(" ", "")
    names = {label["name"] for label in upright["recognition"]["labels"]}
    assert "Text" in names
    assert not names & {"Portrait Orientation", "Landscape Orientation", "Grey"}


def test_the_demo_prints_the_result_and_saves_the_renditions(
    user: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Connection.from_stack(user.stack).write(tmp_path)
    path = tmp_path / "evening.jpg"
    path.write_bytes(IMAGE)
    output = io.StringIO()
    run_demo(path, tmp_path, Console(file=output, width=200))
    text = output.getvalue()
    for expected in ("ready", "900 × 600", "Drawing Board", "47.00500, 11.50750", "EVENING"):  # noqa: RUF001
        assert expected in text
    saved = sorted(each.name for each in (tmp_path / "renditions-of-evening").iterdir())
    assert saved == ["full.webp", "preview.webp", "thumb.webp"]


def test_the_demo_recognizes_the_cat_of_its_sample_photograph(
    user: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Connection.from_stack(user.stack).write(tmp_path)
    output = io.StringIO()
    run_demo(None, tmp_path, Console(file=output, width=200))
    text = output.getvalue()
    assert "Cat" in text
    assert "Saved renditions-of-chelsea/thumb.webp (256 × 170 px)" in text  # noqa: RUF001


def test_the_presigned_post_contains_the_checksum(user: User) -> None:
    fields = user.request_upload("x.jpg", IMAGE)["upload"]["fields"]
    assert "x-amz-checksum-sha256" in fields
    assert hashlib.sha256(IMAGE).hexdigest() not in fields.values()
