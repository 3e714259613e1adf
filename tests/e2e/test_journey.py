"""What users do, and what happens to the processes meanwhile."""

import hashlib
import io
import os
import signal
from pathlib import Path
from typing import Any

import httpx
import pytest
from rich.console import Console

from e2e.conftest import User, cloud
from sightline_local.connection import Connection
from sightline_local.demo import run_demo, upload
from sightline_local.sample_image import CAPTION, draw_sample

PICTURE = draw_sample(size=(900, 600))


def objects(user: User) -> list[str]:
    made = user.stack.resources
    assert made is not None
    s3 = cloud(user.stack, "s3")
    return [
        entry["Key"]
        for bucket in (made.originals_bucket, made.renditions_bucket)
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
        for entry in page.get("Contents", [])
    ]


def rows(user: User) -> list[str]:
    made = user.stack.resources
    assert made is not None
    items = cloud(user.stack, "dynamodb").scan(TableName=made.table)["Items"]
    return [f"{item['pk']['S']} {item['sk']['S']}" for item in items]


@pytest.mark.parametrize("part", ["recognition", "renditions"])
def test_one_part_does_not_share_the_others_fate(user: User, part: str) -> None:
    """With one service stopped the other's part succeeds; started again, it catches up."""
    service, other = {
        "recognition": ("worker", "renditions"),
        "renditions": ("resizer", "recognition"),
    }[part]
    user.stack.stop(service)
    try:
        image_id = user.send("fate.jpg", PICTURE)
        image = user.wait(image_id, **{other: "succeeded"})
        assert image[part]["state"] == "pending"
        assert image["status"] == "processing"
    finally:
        user.stack.restart(service)
    assert user.wait(image_id)["status"] == "ready"


@pytest.mark.parametrize("service", ["worker", "resizer"])
def test_killed_processes_lose_nothing(user: User, service: str) -> None:
    image_ids = []
    for number in range(6):
        image_ids.append(user.send(f"{number}.jpg", PICTURE))
        if number == 3:
            user.stack.kill(service)
    user.stack.restart(service)
    assert [user.wait(image_id)["status"] for image_id in image_ids] == ["ready"] * 6


def test_a_frozen_process_is_stood_in_for(user: User) -> None:
    """What a hung resizer holds comes back; when it wakes, its late answer changes nothing."""
    image_id = user.send("frozen.jpg", PICTURE)
    pid = user.stack.pid("resizer")
    os.kill(pid, signal.SIGSTOP)
    try:
        user.wait(image_id, recognition="succeeded")
    finally:
        os.kill(pid, signal.SIGCONT)
    assert user.wait(image_id)["status"] == "ready"


def test_deletion_leaves_no_trace(user: User) -> None:
    image_id = user.send("gone.jpg", PICTURE)
    user.wait(image_id)
    assert len([key for key in objects(user) if image_id in key]) == 4
    assert user.http.delete(f"/v1/images/{image_id}").status_code == 204
    assert not [key for key in objects(user) if image_id in key]
    assert not [row for row in rows(user) if image_id in row]
    assert user.http.get(f"/v1/images/{image_id}").status_code == 404


def test_an_image_deleted_at_once_does_not_come_back(user: User) -> None:
    """Deletion races with processing; whoever wins, nothing stays behind."""
    image_ids = [user.send(f"race {number}.jpg", PICTURE) for number in range(8)]
    for image_id in image_ids:
        assert user.http.delete(f"/v1/images/{image_id}").status_code == 204
    # Both services work in order: once a later picture is ready, these have been dealt with.
    user.wait(user.send("after.jpg", PICTURE))
    user.wait(user.send("after.jpg", PICTURE))
    left = [
        each for each in objects(user) + rows(user) for image_id in image_ids if image_id in each
    ]
    assert left == []


def test_a_ticket_used_after_its_image_was_deleted_leaves_nothing(user: User) -> None:
    ticket = user.announce("late.jpg", PICTURE)
    image_id = ticket["image"]["id"]
    assert user.http.delete(f"/v1/images/{image_id}").status_code == 204
    upload(ticket, PICTURE)
    user.wait(user.send("after.jpg", PICTURE))
    assert not [each for each in objects(user) + rows(user) if image_id in each]


def test_reprocessing_makes_everything_anew_and_counts_once(user: User) -> None:
    image_id = user.send("again.jpg", PICTURE)
    before = user.wait(image_id)
    answer = user.http.post(f"/v1/images/{image_id}/reprocess", json={})
    assert answer.status_code == 202

    def moved(image: dict[str, Any]) -> bool:
        return all(
            image[part]["started_at"] != before[part]["started_at"]
            and image[part]["state"] == "succeeded"
            for part in ("recognition", "renditions")
        )

    after = user.wait_until(image_id, moved)
    assert after["status"] == "ready"
    assert after["recognition"]["labels"] == before["recognition"]["labels"]
    indexed = [row for row in rows(user) if image_id in row and "#LABEL#" in row]
    assert len(indexed) == len(after["recognition"]["labels"])


def test_the_same_picture_twice_is_paid_for_once(user: User) -> None:
    picture = draw_sample(size=(901, 601))
    image_ids = [user.send("twice.jpg", picture) for _ in range(3)]
    assert {user.wait(image_id)["status"] for image_id in image_ids} == {"ready"}
    made = user.stack.resources
    assert made is not None
    items = cloud(user.stack, "dynamodb").scan(TableName=made.table)["Items"]
    paid = [
        int(item["recognition"]["M"]["result"]["M"]["calls"]["M"].get("labels", {"N": "0"})["N"])
        for item in items
        if item["sk"]["S"] in {f"IMAGE#{image_id}" for image_id in image_ids}
        and item["pk"]["S"].startswith("USER#")
    ]
    assert sorted(paid) == [0, 0, 1]


def test_other_bytes_than_announced_end_failed(user: User) -> None:
    """S3 refuses them by their checksum; the emulator does not, so the resizer must."""
    ticket = user.announce("swap.jpg", PICTURE)
    upload(ticket, PICTURE[:-1] + b"x")
    image = user.wait(ticket["image"]["id"])
    assert image["status"] == "failed"
    assert image["renditions"]["failure"]["code"] == "checksum_mismatch"


def test_a_foreign_object_is_nobodys_image(user: User, stranger: User) -> None:
    """Something in the bucket under a user's prefix, without a ticket: no row, no trace."""
    made = user.stack.resources
    assert made is not None
    image_id = stranger.announce("x.jpg", PICTURE)["image"]["id"]
    owner = next(row for row in rows(user) if image_id in row).split()[0].removeprefix("USER#")
    forged = image_id[:-4] + "0000"
    cloud(user.stack, "s3").put_object(
        Bucket=made.originals_bucket, Key=f"originals/{owner}/{forged}", Body=PICTURE
    )
    user.wait(user.send("after.jpg", PICTURE))
    assert not [row for row in rows(user) if forged in row]


def test_nobody_sees_another_users_images(user: User, stranger: User) -> None:
    image_id = user.send("private.jpg", PICTURE)
    before = user.wait(image_id)
    for method in ("GET", "DELETE"):
        answer = stranger.http.request(method, f"/v1/images/{image_id}")
        assert (answer.status_code, answer.json()["code"]) == (404, "image_not_found")
    listed = stranger.http.get("/v1/images", params={"limit": 100}).json()["items"]
    assert image_id not in {item["id"] for item in listed}
    after = user.get(image_id)
    assert after["recognition"] == before["recognition"]


def test_without_a_token_nothing_is_told(user: User) -> None:
    answer = httpx.get(f"{user.card.api}/v1/images")
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


def test_any_file_name_will_do(user: User) -> None:
    for name in ("a b+c%20d.jpg", "日本 🐕.jpg", "../../etc/passwd", "a#b?c&d=e.jpg"):
        image = user.wait(user.send(name, PICTURE))
        assert (image["status"], image["title"]) == ("ready", name)


def test_recognition_comes_from_the_picture(user: User) -> None:
    """Text is read where it stands, and labels say what can be seen; no two pictures alike."""
    image = user.wait(user.send("text.jpg", PICTURE, features=("labels", "text")))
    (line,) = [each for each in image["recognition"]["text"] if each["is_line"]]
    assert line["text"].replace(" ", "") == CAPTION.replace(" ", "")
    middle = line["box"]["top"] + line["box"]["height"] / 2
    assert middle == pytest.approx(0.9, abs=0.03)
    assert "Text" in {label["name"] for label in image["recognition"]["labels"]}
    assert image["recognition"]["models"].keys() == {"labels", "text"}
    turned = draw_sample(6, (900, 600))
    upright = user.wait(user.send("turned.jpg", turned, features=("labels",)))
    names = {label["name"] for label in upright["recognition"]["labels"]}
    assert "Portrait Orientation" in names
    assert "Landscape Orientation" not in names


def test_the_demo_shows_everything(
    user: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Connection.from_stack(user.stack).write(tmp_path)
    picture = tmp_path / "evening.jpg"
    picture.write_bytes(PICTURE)
    output = io.StringIO()
    run_demo(picture, tmp_path, Console(file=output, width=200))
    text = output.getvalue()
    for expected in ("ready", "900 × 600", "Drawing Board", "47.00500, 11.50750", "EVENING"):  # noqa: RUF001
        assert expected in text
    saved = sorted(path.name for path in (tmp_path / "renditions-of-evening").iterdir())
    assert saved == ["full.webp", "preview.webp", "thumb.webp"]


def test_the_form_names_the_checksum(user: User) -> None:
    fields = user.announce("x.jpg", PICTURE)["upload"]["fields"]
    assert "x-amz-checksum-sha256" in fields
    assert hashlib.sha256(PICTURE).hexdigest() not in fields.values()
