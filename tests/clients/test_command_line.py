"""The `sightline` command in a terminal and in scripts, against a running Sightline."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pyotp
import pytest

from e2e.conftest import sign_up
from sightline_local.connection import Connection
from sightline_local.stack import Stack

pytestmark = pytest.mark.clients

COMMAND = str(Path(sys.executable).with_name("sightline"))

#: Timeout of a command.
TIMEOUT_SECONDS = 120

#: Images of the upload that is interrupted.
IMAGE_COUNT = 40

Json = dict[str, Any]
Draw = Callable[[str], Path]


class Shell:
    """Runs commands as one user, in a separate folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "SIGHTLINE_HOME": str(folder / "state"),
            "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
            "NO_COLOR": "1",
        }

    def start(self, *arguments: str | Path) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [COMMAND, *arguments],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(
        self, *arguments: str | Path, code: int = 0, stdin: str = ""
    ) -> "subprocess.CompletedProcess[str]":
        with self.start(*arguments) as process:
            out, err = process.communicate(stdin, timeout=TIMEOUT_SECONDS)
        assert process.returncode == code, f"{arguments}\n{out}\n{err}"
        assert "Traceback" not in err
        return subprocess.CompletedProcess(arguments, process.returncode, out, err)

    def json(self, *arguments: str | Path, code: int = 0, stdin: str = "") -> list[Json]:
        out = self.run(*arguments, "--json", code=code, stdin=stdin).stdout
        return [json.loads(line) for line in out.splitlines()]

    def list_ids(self) -> set[str]:
        """Return the ids of all images, also of those that await their upload."""
        # In this order: an image whose processing begins in between is in both lists.
        awaiting = self.run("ls", "--ids", "--limit", "1000", "--status", "awaiting_upload").stdout
        return set(awaiting.split() + self.run("ls", "--ids", "--limit", "1000").stdout.split())

    def wait_for(self, image: str, condition: Callable[[Json], bool]) -> Json:
        """Show the image until it meets a condition, and return it."""
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while time.monotonic() < deadline:
            (found,) = self.json("show", image)
            if condition(found):
                return found
        raise TimeoutError(f"{image} never met the condition")

    def find_uploaded(self) -> set[str]:
        """Return the ids of the images in the upload journal that have been sent.

        On a busy machine, others are left: deleting them at the end is limited to seconds.
        """
        files = (self.folder / "state" / "uploads").glob("*/*.json")
        entries = [json.loads(path.read_text()) for path in files]
        return {entry["image_id"] for entry in entries if entry["fields"] is None}

    def sign_in(self, connection: Connection) -> None:
        self.run(*login_arguments(connection), stdin=connection.password + "\n")


def login_arguments(connection: Connection) -> list[str]:
    options = {
        "--email": connection.email,
        "--pool": connection.pool_id,
        "--client-id": connection.client_id,
        "--cognito": connection.cognito,
    }
    pairs = [argument for option in options.items() for argument in option]
    return ["login", connection.api, "--password-stdin", *pairs]


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


def test_commands_cover_login_to_rm(
    shell: Shell, connection: Connection, draw: Draw, tmp_path: Path
) -> None:
    shell.sign_in(connection)
    beach, town = draw("day/beach.jpg"), draw("day/deeper/town.jpg")
    (tmp_path / "day" / "note.txt").write_text("not an image")
    uploaded = shell.run("upload", "day", "--wait", "--album", "Summer")
    assert "2 images to upload, 1 other file skipped" in uploaded.stderr
    assert "2 ready" in uploaded.stderr

    listed = shell.json("ls", "--album", "Summer")
    assert {each["title"] for each in listed} == {"beach.jpg", "town.jpg"}
    ids = {each["title"]: each["id"] for each in listed}
    assert ids["beach.jpg"] in shell.run("ls").stdout
    label = listed[0]["labels"][0]["name"]
    assert set(shell.run("search", label, "--ids").stdout.split()) == set(ids.values())
    newest_first = shell.run("ls", "--label", label, "--ids").stdout.split()
    assert shell.run("ls", "--sort", "oldest", "--ids").stdout.split() == newest_first[::-1]
    assert shell.json("ls", "--not", label) == []
    # Every filter works without a label.
    assert shell.run("search", "--album", "Summer", "--ids").stdout.split() == newest_first
    assert shell.json("search", "--status", "failed") == []
    assert label in shell.run("labels").stdout
    shown = shell.run("show", ids["beach.jpg"]).stdout
    assert "beach.jpg" in shown
    assert "━" in shown
    assert "2 images" in shell.run("usage").stdout
    assert shell.json("open", "last")[0]["url"].startswith("http")

    last, first = newest_first
    shell.run("album", "update", "Summer", "--sort", "manual", "--description", "Two weeks")
    shell.run("album", "move", "Summer", last, "--before", first)
    assert shell.run("ls", "--album", "Summer", "--ids").stdout.split() == [last, first]
    shell.run("album", "move", "Summer", last, "--after", first)
    assert shell.run("ls", "--album", "Summer", "--ids").stdout.split() == [first, last]
    shell.run("album", "move", "Summer", last, code=2)
    (found,) = shell.json("album", "create", "Found", "--search", "beach", "--sort", "taken_oldest")
    assert (found["images"], found["sort"]) == (1, "taken_oldest")
    shell.run("album", "rm", "Found", "--yes")

    shell.run("album", "update", "Summer", "--title", "Spring", "--cover", ids["town.jpg"])
    shell.run("album", "remove", "Spring", "-", stdin=ids["beach.jpg"])
    (album,) = shell.json("album", "ls")
    assert (album["title"], album["images"], album["cover_id"]) == ("Spring", 1, ids["town.jpg"])
    assert (album["description"], album["sort"]) == ("Two weeks", "manual")

    shell.run("download", ids["beach.jpg"], ids["town.jpg"], "--to", "saved")
    assert (tmp_path / "saved" / "beach.jpg").read_bytes() == beach.read_bytes()
    assert (tmp_path / "saved" / "town.jpg").read_bytes() == town.read_bytes()

    shell.run("album", "rm", "Spring", "--yes")
    shell.run("rm", "-", "--yes", stdin="\n".join(ids.values()))
    assert shell.json("ls") == []
    shell.run("logout")
    assert "sightline login" in shell.run("ls", code=3).stderr


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_upload_resumes_after_a_signal(
    shell: Shell, connection: Connection, draw: Draw, number: signal.Signals, code: int
) -> None:
    """What was sent is not sent again, and no image exists twice."""
    shell.sign_in(connection)
    images = {str(draw(f"many/{number:03}.jpg")) for number in range(IMAGE_COUNT)}
    with shell.start("upload", "many", "--json") as process:
        assert process.stdout is not None
        early = [json.loads(process.stdout.readline()) for _ in range(5)]
        process.send_signal(number)
        out, err = process.communicate(timeout=TIMEOUT_SECONDS)
    assert process.returncode == code
    assert "run the same command again to resume" in err
    first = early + [json.loads(line) for line in out.splitlines()]
    assert len(first) < IMAGE_COUNT
    uploaded = shell.find_uploaded()
    assert {each["image_id"] for each in first} <= uploaded
    assert len(uploaded) < IMAGE_COUNT
    assert shell.list_ids() == uploaded
    second = shell.json("upload", "many")
    assert {each["outcome"] for each in first} == {"uploaded"}
    duplicates = {each["image_id"] for each in second if each["outcome"] == "duplicate"}
    assert {each["image_id"] for each in first} <= duplicates
    assert len({each["image_id"] for each in second}) == len(images)
    ids = shell.list_ids()
    assert ids == {each["image_id"] for each in second}
    # Deleted images do not delay the processing of those of later tests, as those in the trash do.
    shell.run("rm", "-", "--yes", "--permanent", stdin="\n".join(ids))


def test_upload_skips_what_is_no_regular_file(
    shell: Shell,
    connection: Connection,
    draw: Draw,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shell.sign_in(connection)
    images = [draw(f"mixed/{name}") for name in ("a.jpg", "deep/z.jpg")]
    os.mkfifo(tmp_path / "mixed" / "fifo.jpg")
    (tmp_path / "mixed" / "loop").symlink_to("loop")
    (tmp_path / "mixed" / "deep" / "up").symlink_to("..")
    (tmp_path / "mixed" / "note.txt").write_text("not an image")
    images[0].with_name("caf.jpg").write_bytes(images[0].read_bytes())
    latin1 = os.fsencode(tmp_path / "mixed") + b"/caf\xe9\n.jpg"
    (tmp_path / "mixed" / "caf.jpg").rename(os.fsdecode(latin1))
    skipped = {
        "mixed/caf\\xe9\n.jpg": "file name is not UTF-8",
        "mixed/deep/up": "link to a folder",
        "mixed/fifo.jpg": "FIFO, not a regular file",
        "mixed/loop": "Too many levels of symbolic links",
        "mixed/socket": "socket, not a regular file",
    }
    with socket.socket(socket.AF_UNIX) as server:
        # A relative path, because that of a socket is at most 107 bytes long.
        monkeypatch.chdir(tmp_path / "mixed")
        server.bind("socket")
        uploaded = shell.run("upload", "mixed", "--json")
    printed = {file.replace("\n", "\\n"): reason for file, reason in skipped.items()}
    assert list(filter(None, uploaded.stderr.splitlines())) == [
        *(f"skipped {file}: {reason}" for file, reason in printed.items()),
        "2 images to upload, 1 other file skipped",
        "✓ 2 uploaded, 5 skipped",
    ]
    results = [json.loads(line) for line in uploaded.stdout.splitlines()]
    outcomes = {each["file"]: (each["outcome"], each["error"]) for each in results}
    assert outcomes == {
        **{file: ("skipped", reason) for file, reason in skipped.items()},
        "mixed/a.jpg": ("uploaded", None),
        "mixed/deep/z.jpg": ("uploaded", None),
    }

    # Given by name, they are errors, and stop no other file either.
    given = shell.run("upload", "gone.jpg", "mixed/fifo.jpg", "mixed/a.jpg", code=1)
    assert list(filter(None, given.stderr.splitlines())) == [
        "sightline: gone.jpg: No such file or directory",
        "sightline: mixed/fifo.jpg: FIFO, not a regular file",
        "1 image to upload",
        "✓ 0 uploaded, 1 duplicate skipped, 2 failed",
    ]
    for path in images:
        path.unlink()
    empty = shell.run("upload", "mixed", code=4)
    assert empty.stderr.splitlines()[-1] == "sightline: no image files found"


def test_exit_code_identifies_the_error(
    shell: Shell, connection: Connection, draw: Draw, broken: Path, tmp_path: Path
) -> None:
    shell.run("ls", code=3)
    login = login_arguments(connection)
    rejected = shell.run(*login, stdin="Sightline-wrong-1\n", code=3)
    assert "Incorrect username or password" in rejected.stderr
    shell.sign_in(connection)
    shell.run("show", "0199a3c0-7c1e-7b0a-9d5e-3f1f6a0b2c4d", code=4)
    shell.run("ls", "--album", "Nowhere", code=4)
    shell.run("show", "last", code=4)
    shell.run("ls", "--since", "yesterday", code=2)
    shell.run("edit", "last", code=2)
    shell.run("sync", "nowhere", code=1)
    shell.run("ls", "--limit", "0", code=2)
    shell.run("rm", "-", code=2)
    (tmp_path / "empty").mkdir()
    shell.run("upload", "empty", code=4)
    failed = shell.run("upload", broken, "--wait", code=1)
    assert "✗ broken.png" in failed.stderr
    missing = shell.run("upload", "nowhere.jpg", code=1)
    assert missing.stderr == "sightline: nowhere.jpg: No such file or directory\n"


def test_session_is_renewed_or_reported_as_expired(
    shell: Shell, connection: Connection, tmp_path: Path
) -> None:
    shell.sign_in(connection)
    path = tmp_path / "state" / "sessions" / "default.json"
    stored = json.loads(path.read_text())
    path.write_text(json.dumps(stored | {"tokens": {**stored["tokens"], "access": "invalid"}}))
    shell.run("usage")
    assert json.loads(path.read_text())["tokens"]["access"] != "invalid"
    expired = {"access": "invalid", "refresh": "invalid", "expires_at": 0.0}
    path.write_text(json.dumps(stored | {"tokens": expired}))
    assert "sightline login" in shell.run("usage", code=3).stderr


def test_upload_survives_an_outage_of_the_api(
    shell: Shell, connection: Connection, draw: Draw, stack: Stack
) -> None:
    shell.sign_in(connection)
    image = draw("outage.jpg")
    stack.stop("api")
    outage = shell.run("ls", code=5)
    assert outage.stderr.startswith(
        f"sightline: cannot reach the API at {connection.api}; check the URL"
    )
    restart = threading.Timer(1.0, stack.restart, ["api"])
    restart.start()
    shell.run("upload", image, "--wait")
    restart.join()
    assert [each["title"] for each in shell.json("ls")] == ["outage.jpg"]


def test_watch_prints_changes(shell: Shell, connection: Connection, draw: Draw) -> None:
    shell.sign_in(connection)
    with shell.start("watch", "--json") as process:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["event"] == "open"
        (uploaded,) = shell.json("upload", draw("watched.jpg"))
        for line in process.stdout:
            event = json.loads(line)
            if (event["id"], event["status"]) == (uploaded["image_id"], "ready"):
                break
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=TIMEOUT_SECONDS)
    assert process.returncode == 130


def test_token_from_the_environment_replaces_the_session(
    shell: Shell, connection: Connection, tmp_path: Path
) -> None:
    shell.sign_in(connection)
    stored = json.loads((tmp_path / "state" / "sessions" / "default.json").read_text())
    shell.run("logout")
    shell.environment |= {
        "SIGHTLINE_API": connection.api,
        "SIGHTLINE_TOKEN": stored["tokens"]["access"],
    }
    assert shell.json("usage")[0]["images"] == 0


def test_an_api_key_replaces_the_session_within_its_scopes(
    shell: Shell, connection: Connection
) -> None:
    assert "set SIGHTLINE_API" in shell.run("--api-key", "slk_x", "ls", code=1).stderr
    shell.sign_in(connection)
    secret = shell.run("key", "create", "import", "--scope", "images:read", "--days", "7").stdout
    (listed,) = shell.json("key", "ls")
    assert (listed["name"], listed["scopes"]) == ("import", ["images:read"])
    assert secret.startswith(listed["prefix"])
    assert secret.strip() not in shell.run("key", "ls").stdout
    # The URL is that of the profile.
    assert shell.run("--api-key", secret.strip(), "whoami").stdout.startswith("API key slk_")
    shell.environment |= {"SIGHTLINE_API": connection.api, "SIGHTLINE_API_KEY": secret.strip()}
    assert shell.json("ls") == []
    (reported,) = shell.json("whoami")
    assert (reported["api_key"], reported["subject"]) == (listed["prefix"], None)
    for command in (("usage",), ("key", "ls"), ("album", "create", "x")):
        assert "sightline key create" in shell.run(*command, code=1).stderr
    shell.environment["SIGHTLINE_API_KEY"] = secret.strip()[:-1] + "_"
    assert "sign in" in shell.run("ls", code=3).stderr
    del shell.environment["SIGHTLINE_API_KEY"], shell.environment["SIGHTLINE_API"]
    shell.run("key", "revoke", listed["id"])
    assert shell.json("key", "ls") == []
    shell.run("key", "revoke", listed["id"], code=4)


def test_webhook_commands(shell: Shell, connection: Connection) -> None:
    """The local stack allows an endpoint on this machine; the port is closed."""
    shell.sign_in(connection)
    url = "http://127.0.0.1:9/"
    secret = shell.run("webhook", "create", url, "--event", "image.ready").stdout.strip()
    assert secret.startswith("whsec_")
    (listed,) = shell.json("webhook", "ls")
    assert (listed["url"], listed["events"]) == (url, ["image.ready"])
    shell.run("webhook", "create", "http://10.0.0.1/", "--event", "image.ready", code=1)
    webhook_id = listed["id"]
    assert shell.run("webhook", "rotate", webhook_id).stdout.strip() != secret
    shell.run("webhook", "test", webhook_id)
    (delivery,) = shell.json("webhook", "deliveries", webhook_id)
    assert delivery["event"] == "webhook.test"
    shell.run("webhook", "replay", webhook_id, delivery["id"])
    shell.run("webhook", "pause", webhook_id)
    assert "paused" in shell.run("webhook", "ls").stdout
    assert "paused" in shell.run("webhook", "test", webhook_id, code=1).stderr
    shell.run("webhook", "resume", webhook_id)
    shell.run("webhook", "rm", webhook_id)
    assert shell.json("webhook", "ls") == []


def test_share_links_are_managed_with_the_command_line(
    shell: Shell, connection: Connection, draw: Draw
) -> None:
    shell.sign_in(connection)
    shell.run("upload", draw("shared.jpg"), "--wait")
    shell.run("album", "create", "Summer")
    shell.run("album", "add", "Summer", "last")
    link = shell.run("share", "create", "last", "--days", "7", "--original").stdout.strip()
    assert "og:title" in httpx.get(link).text
    url = link.removesuffix("/page")
    assert url.startswith(f"{connection.api}/v1/shared/")
    view = httpx.get(url).json()
    assert (view["kind"], view["original"], view["position"]) == ("image", True, True)
    created = shell.json("share", "create", "--album", "Summer", "--days", "none")[0]
    assert created["url"] == f"{connection.api}{created['path']}/page"
    album_url = connection.api + created["path"]
    album = httpx.get(album_url).json()
    assert (album["title"], album["expires_at"]) == ("Summer", None)
    (image,) = httpx.get(f"{album_url}/images").json()["items"]
    assert httpx.get(image["thumbnail"]["url"]).status_code == 200
    latest, first = shell.json("share", "ls")
    assert (latest["album_id"] is not None, latest["opened"]) == (True, 1)
    assert url.rpartition("/")[2].startswith(first["prefix"])
    assert url.rpartition("/")[2] not in shell.run("share", "ls").stdout
    shell.run("share", "update", first["id"], "--no-original", "--no-position")
    assert httpx.get(url).json()["position"] is False
    shell.run("share", "update", first["id"], "--password", stdin="open sesame\n")
    assert httpx.get(url).status_code == 403
    proof = httpx.post(f"{url}/access", json={"password": "open sesame"}).json()["access"]
    assert httpx.get(url, headers={"Share-Access": proof}).status_code == 200
    shell.run("share", "revoke", first["id"])
    assert httpx.get(url).status_code == 404
    shell.run("share", "create", "last", "--album", "Summer", code=2)


def test_albums_are_shared_with_the_command_line(
    shell: Shell, connection: Connection, stack: Stack, numbers: Iterator[int], draw: Draw
) -> None:
    friend = sign_up(stack, f"person{next(numbers)}@example.com")
    shell.sign_in(connection)
    shell.run("album", "create", "Shared")
    code = shell.run("album", "invite", "Shared", friend.email, "--contributor").stdout.strip()
    assert "invited" in shell.run("album", "members", "Shared").stdout
    shell.sign_in(friend)
    shell.run("album", "accept", f"https://photos.example.com/invitations/{code}")
    assert shell.json("album", "ls") == []
    (album,) = shell.json("album", "ls", "--shared")
    assert (album["title"], album["role"]) == ("Shared", "contributor")
    shell.run("upload", draw("contributed.jpg"), "--wait")
    shell.run("album", "add", "Shared", "last")
    shell.run("album", "accept", code, code=4)
    shell.run("album", "accept", "no code", code=2)
    shell.sign_in(connection)
    (member,) = shell.json("album", "members", "Shared")
    assert (member["email"], member["role"]) == (friend.email, "contributor")
    shell.run("album", "remove-member", "Shared", member["id"])
    assert shell.json("album", "members", "Shared") == []
    invited = shell.json("album", "invite", "Shared", friend.email)[0]
    shell.run("album", "remove-member", "Shared", invited["invitation"]["id"])
    code = shell.run("album", "invite", "Shared", friend.email).stdout.strip()
    shell.sign_in(friend)
    shell.run("album", "accept", code)
    shell.run("album", "leave", "Shared")
    assert shell.json("album", "ls", "--shared") == []


def test_completion_supports_every_shell(shell: Shell) -> None:
    for name in ("bash", "zsh", "fish"):
        shell.environment["_SIGHTLINE_COMPLETE"] = f"source_{name}"
        assert "sightline" in shell.run().stdout


def test_whoami_reports_the_user_and_an_invalid_session(
    shell: Shell, connection: Connection, tmp_path: Path
) -> None:
    assert "sightline login" in shell.run("whoami", code=3).stderr
    shell.sign_in(connection)
    assert shell.run("whoami").stdout == connection.email + "\n"
    (reported,) = shell.json("whoami")
    assert (reported["email"], reported["api_url"]) == (connection.email, connection.api)
    stored = json.loads((tmp_path / "state" / "sessions" / "default.json").read_text())
    shell.environment |= {
        "SIGHTLINE_API": connection.api,
        "SIGHTLINE_TOKEN": stored["tokens"]["access"],
    }
    # A token names no email address, only its subject.
    (by_token,) = shell.json("whoami")
    assert (by_token["email"], by_token["subject"]) == (None, reported["subject"])
    assert shell.run("whoami").stdout == reported["subject"] + "\n"
    shell.environment["SIGHTLINE_TOKEN"] = "invalid"
    shell.run("whoami", code=3)


def test_edit_changes_texts_and_keeps_other_labels(
    shell: Shell, connection: Connection, draw: Draw
) -> None:
    shell.sign_in(connection)
    shell.run("upload", draw("beach.jpg"), "--wait")
    (image,) = shell.json("show", "last")
    detected = image["labels"][0]["name"]
    shell.run("edit", "last", "--title", "Rex", "--description", "A dog", "--add-label", "Holiday")
    (edited,) = shell.json("edit", "last", "--add-label", "Dog", "--remove-label", detected.upper())
    assert (edited["title"], edited["description"]) == ("Rex", "A dog")
    assert sorted(edited["labels_added"]) == ["Dog", "Holiday"]
    assert edited["labels_hidden"] == [detected]
    (restored,) = shell.json(
        "edit", "last", "--add-label", detected, "--remove-label", "holiday", "--title", ""
    )
    assert (restored["title"], restored["description"]) == (None, "A dog")
    assert (restored["labels_added"], restored["labels_hidden"]) == (["Dog"], [])

    recorded = image["taken_at_local"]
    (corrected,) = shell.json("edit", "last", "--taken", "2021-07-03 14:05+02:00")
    assert corrected["taken_at"] == "2021-07-03T14:05:00+02:00"
    (shifted,) = shell.json("edit", "last", "--taken", "-1d", "--title", "Later")
    assert (shifted["title"], shifted["taken_at"]) == ("Later", "2021-07-02T14:05:00+02:00")
    assert "2021-07-02 14:05:00+02:00 (corrected)" in shell.run("show", "last").stdout
    (reverted,) = shell.json("edit", "last", "--taken", "")
    assert (reverted["taken_at_override"], reverted["taken_at_local"]) == (None, recorded)
    shell.run("edit", "last", "--taken", "noon", code=2)

    (marked,) = shell.json("edit", "last", "--favorite", "--archive", "--rating", "4")
    assert (marked["favorite"], marked["archived"], marked["rating"]) == (True, True, 4)
    assert "favorite, archived, ★★★★" in shell.run("show", image["id"]).stdout
    assert shell.json("ls") == []
    for options in (["--archived", "true"], ["--archived", "any", "--favorite"]):
        assert [each["id"] for each in shell.json("ls", *options)] == [image["id"]]
    assert len(shell.json("search", "later", "--min-rating", "4")) == 1
    assert shell.json("search", "later", "--min-rating", "5") == []
    assert shell.json("search", "later", "--archived", "false") == []
    shell.run("edit", image["id"], "--no-favorite", "--unarchive", "--rating", "0")
    assert len(shell.json("ls", "--no-favorite")) == 1
    (moved,) = shell.json("edit", "last", "--position", "38.7109,-9.1366", "--rotate", "90")
    assert moved["position_override"] == {"latitude": 38.7109, "longitude": -9.1366}
    assert moved["rotation"] == 90
    rotated = shell.wait_for("last", lambda found: found["renditions"]["rotation"] == 90)
    assert (rotated["width"], rotated["height"]) == (image["height"], image["width"])
    assert rotated["place"]["city"] == "Lisbon"
    shown = shell.run("show", "last").stdout
    assert "(38.71090, -9.13660) (corrected)" in shown
    assert "90° clockwise" in shown
    (hidden,) = shell.json("edit", "last", "--position", "none")
    assert (hidden["place"], hidden["rotation"]) == (None, 90)
    (reverted,) = shell.json("edit", "last", "--position", "file", "--rotate", "0")
    assert (reverted["position_override"], reverted["rotation"]) == (None, 0)
    assert reverted["place"] == image["place"]
    shell.run("edit", "last", "--position", "91,0", code=2)
    shell.run("edit", "last", "--rotate", "45", code=2)

    missing = "0199a3c0-7c1e-7b0a-9d5e-3f1f6a0b2c4d"
    both = shell.run("edit", missing, image["id"], "--title", "Both", code=4)
    assert f"sightline: {missing}: " in both.stderr
    assert shell.json("show", "last")[0]["title"] == "Both"


def test_reprocess_runs_other_features(shell: Shell, connection: Connection, draw: Draw) -> None:
    shell.sign_in(connection)
    shell.run("upload", draw("sign.jpg"), "--wait")
    (before,) = shell.json("show", "last")
    preview = shell.run("reprocess", "last", "--dry-run")
    assert preview.stdout == f"would reprocess sign.jpg {before['id']}\n"
    assert shell.json("show", "last")[0]["recognition"] == before["recognition"]
    shell.run("reprocess", "-", "--feature", "properties", "--wait", stdin=before["id"])
    (after,) = shell.json("show", "last")
    assert after["status"] == "ready"
    assert before["recognition"]["labels"] is not None
    assert after["recognition"]["labels"] is None
    assert after["recognition"]["properties"] is not None
    shell.run("reprocess", "0199a3c0-7c1e-7b0a-9d5e-3f1f6a0b2c4d", code=4)


def test_sync_uploads_what_is_new_and_deletes_nothing(
    shell: Shell, connection: Connection, draw: Draw
) -> None:
    shell.sign_in(connection)
    first, second = draw("photos/first.jpg"), draw("photos/deeper/second.jpg")
    draw("photos/drafts/draft.jpg")
    options = ("--exclude", "drafts", "--concurrency", "2")
    preview = shell.json("sync", "photos", *options, "--dry-run")
    assert {each["file"]: each["outcome"] for each in preview} == {
        "photos/deeper/second.jpg": "pending",
        "photos/first.jpg": "pending",
    }
    assert shell.list_ids() == set()
    synced = shell.json("sync", "photos", *options)
    ids = {each["file"]: each["image_id"] for each in synced}
    assert shell.list_ids() == set(ids.values())

    # Neither unchanged files nor images that the owner deleted are uploaded again.
    shell.run("rm", ids["photos/first.jpg"], "--yes")
    again = shell.run("sync", "photos", *options, "--json")
    assert again.stdout == ""
    assert "2 unchanged images skipped" in again.stderr

    # A deleted file keeps its image; a changed one is uploaded.
    second.unlink()
    first.write_bytes(draw("other.jpg").read_bytes())
    (changed,) = shell.json("sync", "photos", *options)
    assert (changed["file"], changed["outcome"]) == ("photos/first.jpg", "uploaded")
    assert shell.list_ids() == {ids["photos/deeper/second.jpg"], changed["image_id"]}
    (checked,) = shell.json("sync", "photos", *options, "--full")
    assert (checked["outcome"], checked["image_id"]) == ("duplicate", changed["image_id"])


def test_dry_run_changes_nothing(shell: Shell, connection: Connection, draw: Draw) -> None:
    shell.sign_in(connection)
    path = draw("dry/run.jpg")
    draw("dry/skipped.gif")
    preview = shell.run("upload", "dry", "--dry-run", "--exclude", "*.gif")
    assert preview.stdout.startswith("would upload dry/run.jpg ")
    assert len(preview.stdout.splitlines()) == 1
    assert shell.list_ids() == set()
    (uploaded,) = shell.json("upload", path)
    deletion = shell.run("rm", uploaded["image_id"], "--dry-run")
    assert deletion.stdout == f"would delete run.jpg {uploaded['image_id']}\n"
    shell.run("rm", "-", "--dry-run", stdin="0199a3c0-7c1e-7b0a-9d5e-3f1f6a0b2c4d", code=4)
    assert shell.list_ids() == {uploaded["image_id"]}


def test_ls_filters_by_a_relative_time(shell: Shell, connection: Connection, draw: Draw) -> None:
    shell.sign_in(connection)
    (uploaded,) = shell.json("upload", draw("now.jpg"), "--wait")[:1]
    assert [each["id"] for each in shell.json("ls", "--since", "2d")] == [uploaded["image_id"]]
    assert shell.json("ls", "--until", "2d") == []


def test_machine_client_signs_in_with_its_secret(
    shell: Shell, connection: Connection, draw: Draw
) -> None:
    assert connection.machine_client_id is not None
    assert connection.machine_client_secret is not None
    assert connection.token_url is not None
    login = ["login", connection.api, "--client-id", connection.machine_client_id]
    login += ["--token-url", connection.token_url]
    assert "SIGHTLINE_CLIENT_SECRET" in shell.run(*login, code=2).stderr
    wrong = shell.run(*login, "--client-secret-stdin", stdin="wrong\n", code=3)
    assert "invalid_client" in wrong.stderr
    shell.environment["SIGHTLINE_CLIENT_SECRET"] = connection.machine_client_secret
    (signed_in,) = shell.json(*login)
    assert signed_in["client_id"] == connection.machine_client_id
    del shell.environment["SIGHTLINE_CLIENT_SECRET"]
    shell.run("upload", draw("machine.jpg"))
    (image_id,) = shell.list_ids()
    shell.run("rm", image_id, "--yes")
    assert "access token of a person" in shell.run("key", "ls", code=1).stderr
    shell.run("logout")
    shell.sign_in(connection)
    assert shell.list_ids() == set()


def test_sign_in_requires_a_code_of_the_authenticator_app(
    shell: Shell, connection: Connection
) -> None:
    shell.sign_in(connection)
    assert shell.run("mfa", "status").stdout == "disabled\n"
    assert (
        "the code is wrong" in shell.run("mfa", "enable", "--code-stdin", stdin="x", code=1).stderr
    )
    assert shell.run("mfa", "status").stdout == "disabled\n"
    with shell.start("mfa", "enable", "--code-stdin") as process:
        assert process.stdout is not None
        # Codes of a published library, not of ours.
        app = pyotp.TOTP(process.stdout.readline().strip())
        _, err = process.communicate(app.now() + "\n", timeout=TIMEOUT_SECONDS)
    assert process.returncode == 0, err
    assert shell.json("mfa", "status") == [{"enabled": True}]
    login, password = login_arguments(connection), connection.password
    assert "code" in shell.run(*login, stdin=f"{password}\n000000\n", code=3).stderr.lower()
    shell.run(*login, stdin=f"{password}\n{app.now()}\n")
    shell.run("mfa", "disable", "--yes")
    shell.run(*login, stdin=f"{password}\n")


def test_an_import_is_exported_again(
    shell: Shell, connection: Connection, draw: Draw, tmp_path: Path
) -> None:
    """Google Takeout in, ZIP files out, whose sidecars another user imports."""
    shell.sign_in(connection)
    year = "takeout/Takeout/Google Photos/Photos from 2021"
    taken = {"timestamp": "1625313910"}
    for name in ("a.jpg", "b.jpg"):
        draw(f"{year}/{name}")
        sidecar = {
            "title": name,
            "description": f"Text of {name}",
            "photoTakenTime": taken,
            "favorited": name == "b.jpg",
        }
        (tmp_path / year / f"{name}.supplemental-me.json").write_text(json.dumps(sidecar))
    album = tmp_path / year / "../Lisbon"
    album.mkdir()
    (album / "a.jpg").write_bytes((tmp_path / year / "a.jpg").read_bytes())
    (album / "Metadaten.json").write_text(json.dumps({"title": "Lisbon", "date": taken}))
    (tmp_path / year / "a.MP4").write_bytes(b"....ftypmp42")

    command = ("import", "takeout", "takeout", "--time-zone", "Europe/Lisbon")
    preview = shell.run(*command, "--dry-run")
    assert len(preview.stdout.splitlines()) == 3
    assert shell.list_ids() == set()
    imported = shell.run(*command)
    assert "2 uploaded, 1 duplicate skipped" in imported.stderr
    assert "a.MP4: a video" in imported.stderr
    images = {each["title"]: each for each in shell.json("ls")}
    assert {each["taken_at_local"] for each in images.values()} == {"2021-07-03T13:05:10"}
    assert [each["title"] for each in shell.json("ls", "--album", "Lisbon")] == ["a.jpg"]
    assert [each["title"] for each in shell.json("ls", "--favorite")] == ["b.jpg"]
    shell.run("edit", images["a.jpg"]["id"], "--archive", "--rating", "3")
    shell.run("edit", images["a.jpg"]["id"], "--description", "Mine")
    again = shell.json(*command)
    assert {each["outcome"] for each in again if "image_id" in each} == {"duplicate"}
    (shown,) = shell.json("show", images["a.jpg"]["id"])
    assert shown["description"] == "Mine"

    (file,) = shell.run("export", "backup").stdout.split()
    written = (tmp_path / file).stat().st_mtime_ns
    shell.run("export", "backup")
    assert (tmp_path / file).stat().st_mtime_ns == written
    with zipfile.ZipFile(tmp_path / file) as opened:
        assert opened.testzip() is None
        assert opened.read("b.jpg") == (tmp_path / year / "b.jpg").read_bytes()
    (selected,) = shell.json("export", "selection", images["b.jpg"]["id"])
    assert selected["images"] == 1
    (of_album,) = shell.json("export", "album", "--album", "Lisbon")
    assert of_album["images"] == 1
    shell.run("export", "other", "0199a3c0-7c1e-7b0a-9d5e-3f1f6a0b2c4d", code=4)

    shell.run("rm", "-", "--yes", stdin="\n".join(each["id"] for each in images.values()))
    shell.run("import", "immich", "backup")
    restored = {each["title"]: each for each in shell.json("ls")}
    assert set(restored) == {"a.jpg", "b.jpg"}
    (shown,) = shell.json("show", restored["a.jpg"]["id"])
    assert (shown["description"], shown["taken_at"]) == ("Mine", "2021-07-03T13:05:10+01:00")
    assert shown["rating"] == 3
