"""The `sightline` command as people and scripts use it, against all of Sightline."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sightline_local.connection import Connection
from sightline_local.stack import Stack

pytestmark = pytest.mark.clients

COMMAND = str(Path(sys.executable).with_name("sightline"))

#: Seconds that one command may take.
PATIENCE = 120

#: Pictures of an upload that is broken off.
COUNT = 40

Json = dict[str, Any]
Draw = Callable[[str], Path]


class Shell:
    """Runs commands as one user of one machine, in a folder of its own."""

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
        self, *arguments: str | Path, code: int = 0, given: str = ""
    ) -> "subprocess.CompletedProcess[str]":
        with self.start(*arguments) as process:
            out, err = process.communicate(given, timeout=PATIENCE)
        assert process.returncode == code, f"{arguments}\n{out}\n{err}"
        assert "Traceback" not in err
        return subprocess.CompletedProcess(arguments, process.returncode, out, err)

    def json(self, *arguments: str | Path, code: int = 0, given: str = "") -> list[Json]:
        out = self.run(*arguments, "--json", code=code, given=given).stdout
        return [json.loads(line) for line in out.splitlines()]

    def sign_in(self, card: Connection) -> None:
        self.run(
            *("login", card.api, "--email", card.email, "--password-stdin"),
            *("--pool", card.pool_id, "--client-id", card.client_id, "--cognito", card.cognito),
            given=card.password + "\n",
        )


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


def test_from_login_to_rm(shell: Shell, card: Connection, draw: Draw, tmp_path: Path) -> None:
    shell.sign_in(card)
    beach, town = draw("day/beach.jpg"), draw("day/deeper/town.jpg")
    (tmp_path / "day" / "note.txt").write_text("no picture")
    sent = shell.run("upload", "day", "--wait", "--album", "Summer")
    assert "2 pictures, 1 other file left alone" in sent.stderr
    assert "2 ready" in sent.stderr

    listed = shell.json("ls", "--album", "Summer")
    assert {each["title"] for each in listed} == {"beach.jpg", "town.jpg"}
    ids = {each["title"]: each["id"] for each in listed}
    assert ids["beach.jpg"] in shell.run("ls").stdout
    label = listed[0]["labels"][0]["name"]
    assert set(shell.run("search", label, "--ids").stdout.split()) == set(ids.values())
    assert label in shell.run("labels").stdout
    shown = shell.run("show", ids["beach.jpg"]).stdout
    assert "beach.jpg" in shown
    assert "━" in shown
    assert "2 pictures" in shell.run("usage").stdout
    assert shell.json("open", "last")[0]["url"].startswith("http")

    shell.run("album", "change", "Summer", "--title", "Spring", "--cover", ids["town.jpg"])
    shell.run("album", "remove", "Spring", "-", given=ids["beach.jpg"])
    (album,) = shell.json("album", "ls")
    assert (album["title"], album["images"], album["cover_id"]) == ("Spring", 1, ids["town.jpg"])

    shell.run("download", ids["beach.jpg"], ids["town.jpg"], "--to", "saved")
    assert (tmp_path / "saved" / "beach.jpg").read_bytes() == beach.read_bytes()
    assert (tmp_path / "saved" / "town.jpg").read_bytes() == town.read_bytes()

    shell.run("album", "rm", "Spring", "--yes")
    shell.run("rm", "-", "--yes", given="\n".join(ids.values()))
    assert shell.json("ls") == []
    shell.run("logout")
    assert "sightline login" in shell.run("ls", code=3).stderr


def test_an_upload_goes_on_after_ctrl_c(shell: Shell, card: Connection, draw: Draw) -> None:
    """What was sent is not sent again, and nothing is there twice."""
    shell.sign_in(card)
    pictures = {str(draw(f"many/{number:03}.jpg")) for number in range(COUNT)}
    with shell.start("upload", "many", "--json") as process:
        assert process.stdout is not None
        early = [json.loads(process.stdout.readline()) for _ in range(5)]
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert "the same command goes on" in err
    first = early + [json.loads(line) for line in out.splitlines()]
    assert len(first) < COUNT
    second = shell.json("upload", "many")
    assert {each["outcome"] for each in first} == {"sent"}
    there = {each["image_id"] for each in second if each["outcome"] == "there_already"}
    assert {each["image_id"] for each in first} <= there
    assert len({each["image_id"] for each in second}) == len(pictures)
    ids = shell.run("ls", "--ids", "--limit", "1000").stdout
    assert len(ids.split()) == len(pictures)
    # What is gone is not waited for by those that come after it.
    shell.run("rm", "-", "--yes", given=ids)


def test_exit_codes_tell_what_is_wrong(
    shell: Shell, card: Connection, draw: Draw, broken: Path, tmp_path: Path
) -> None:
    shell.run("ls", code=3)
    wrong = ("login", card.api, "--email", card.email, "--password-stdin")
    place = ("--pool", card.pool_id, "--client-id", card.client_id, "--cognito", card.cognito)
    refused = shell.run(*wrong, *place, given="Sightline-wrong-1\n", code=3)
    assert "Incorrect username or password" in refused.stderr
    shell.sign_in(card)
    shell.run("show", "0199a3c0-7c1e-7b0a-9d5e-3f1f6a0b2c4d", code=4)
    shell.run("ls", "--album", "Nowhere", code=1)
    shell.run("ls", "--limit", "0", code=2)
    shell.run("rm", "-", code=2)
    (tmp_path / "empty").mkdir()
    shell.run("upload", "empty", code=4)
    failed = shell.run("upload", broken, "--wait", code=1)
    assert "✗ broken.png" in failed.stderr
    missing = shell.run("upload", "nowhere.jpg", code=1)
    assert missing.stderr == "sightline: nowhere.jpg: No such file or directory\n"


def test_an_expired_session_is_renewed_or_said_to_be_over(
    shell: Shell, card: Connection, tmp_path: Path
) -> None:
    shell.sign_in(card)
    path = tmp_path / "state" / "sessions" / "default.json"
    kept = json.loads(path.read_text())
    path.write_text(json.dumps(kept | {"tokens": {**kept["tokens"], "access": "spent"}}))
    shell.run("usage")
    assert json.loads(path.read_text())["tokens"]["access"] != "spent"
    over = {"access": "spent", "refresh": "spent", "expires_at": 0.0}
    path.write_text(json.dumps(kept | {"tokens": over}))
    assert "sightline login" in shell.run("usage", code=3).stderr


def test_an_api_that_goes_away_and_comes_back(
    shell: Shell, card: Connection, draw: Draw, stack: Stack
) -> None:
    shell.sign_in(card)
    picture = draw("away.jpg")
    stack.stop("api")
    away = shell.run("ls", code=5)
    assert away.stderr.startswith(f"sightline: nothing answers at {card.api}")
    coming = threading.Timer(1.0, stack.restart, ["api"])
    coming.start()
    shell.run("upload", picture, "--wait")
    coming.join()
    assert [each["title"] for each in shell.json("ls")] == ["away.jpg"]


def test_watching_tells_what_happens(shell: Shell, card: Connection, draw: Draw) -> None:
    shell.sign_in(card)
    with shell.start("watch", "--json") as process:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["event"] == "open"
        (sent,) = shell.json("upload", draw("watched.jpg"))
        for line in process.stdout:
            told = json.loads(line)
            if (told["id"], told["status"]) == (sent["image_id"], "ready"):
                break
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=PATIENCE)
    assert process.returncode == 130


def test_a_token_from_elsewhere_is_enough(shell: Shell, card: Connection, tmp_path: Path) -> None:
    shell.sign_in(card)
    kept = json.loads((tmp_path / "state" / "sessions" / "default.json").read_text())
    shell.run("logout")
    shell.environment |= {"SIGHTLINE_API": card.api, "SIGHTLINE_TOKEN": kept["tokens"]["access"]}
    assert shell.json("usage")[0]["images"] == 0


def test_completion_is_there_for_every_shell(shell: Shell) -> None:
    for name in ("bash", "zsh", "fish"):
        shell.environment["_SIGHTLINE_COMPLETE"] = f"source_{name}"
        assert "sightline" in shell.run().stdout
