"""The folder of a local stack: its lock, its versions, and what makes it unusable."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sightline_local import state_folder
from sightline_local.errors import StackError
from sightline_local.state_folder import StateFolder

VERSION = "1.5.33"

#: Enters the folder in its first argument, reports that, and waits for the end of its input.
HOLDER = """
import sys
from pathlib import Path
from sightline_local.state_folder import StateFolder
with StateFolder(Path(sys.argv[1])) as state:
    print("locked", flush=True)
    sys.stdin.read()
"""

#: The same, but it has begun to stop.
STOPPING_HOLDER = HOLDER.replace("    print", "    state.announce_stop()\n    print")

#: The same with a child that inherits the lock and outlives it, as the emulator does.
HOLDER_WITH_EMULATOR = """
import subprocess, sys
from pathlib import Path
from sightline_local.state_folder import StateFolder
with StateFolder(Path(sys.argv[1])) as state:
    subprocess.Popen(
        [sys.executable, "-c", "import sys; sys.stdin.read()"], pass_fds=[state.lock]
    )
    print("locked", flush=True)
    sys.stdin.read()
"""


@contextmanager
def holding(folder: Path, code: str = HOLDER) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "locked\n"
        yield process
    finally:
        process.stdin.close()
        process.wait()
        process.stdout.close()


def test_a_second_run_names_the_first(tmp_path: Path) -> None:
    with (
        holding(tmp_path) as first,
        pytest.raises(StackError, match=rf"already runs .*\(process {first.pid}\)"),
        StateFolder(tmp_path),
    ):
        pass


def test_the_next_run_waits_for_one_that_stops(tmp_path: Path) -> None:
    with holding(tmp_path, STOPPING_HOLDER) as first:
        assert first.stdin is not None
        # Its lock ends when it reads the end of its input.
        threading.Timer(0.5, first.stdin.close).start()
        with StateFolder(tmp_path):
            first.wait()


def test_the_lock_ends_with_its_process(tmp_path: Path) -> None:
    with holding(tmp_path) as first:
        first.kill()
        first.wait()
        with StateFolder(tmp_path):
            pass


def test_the_lock_lasts_until_the_emulator_has_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with holding(tmp_path, HOLDER_WITH_EMULATOR) as first:
        first.send_signal(signal.SIGKILL)
        first.wait()
        with monkeypatch.context() as patch:
            patch.setattr(state_folder, "RELEASE_TIMEOUT_SECONDS", 0.3)
            with pytest.raises(StackError, match="emulator has not stopped"), StateFolder(tmp_path):
                pass
        assert first.stdin is not None
        first.stdin.close()
        with StateFolder(tmp_path):
            pass


def test_an_empty_state_gets_the_current_versions(tmp_path: Path) -> None:
    with StateFolder(tmp_path) as folder:
        folder.prepare(VERSION)
        folder.prepare(VERSION)
        versions = json.loads((folder.state / "versions.json").read_text())
    assert versions == {"format": state_folder.STATE_FORMAT, "ministack": VERSION}


def test_a_newer_ministack_takes_over_the_state(tmp_path: Path) -> None:
    with StateFolder(tmp_path) as folder:
        folder.prepare("1.5.9")
        folder.prepare("1.5.33")
        assert "1.5.33" in (folder.state / "versions.json").read_text()


@pytest.mark.parametrize(
    ("versions", "message"),
    [
        ({"format": 99, "ministack": VERSION}, "newer Sightline.*FRESH=1"),
        ({"format": 0, "ministack": VERSION}, "old format 0.*FRESH=1"),
        ({"format": 1, "ministack": VERSION}, "table in the emulator.*FRESH=1"),
        ({"format": 2, "ministack": "1.10.0"}, "MiniStack 1.10.0, and 1.5.33.*FRESH=1"),
        ({"ministack": VERSION}, "not a state of Sightline.*FRESH=1"),
        ([], "not a state of Sightline.*FRESH=1"),
    ],
)
def test_other_versions_are_rejected_and_left_alone(
    tmp_path: Path, versions: object, message: str
) -> None:
    with StateFolder(tmp_path) as folder:
        folder.state.mkdir()
        path = folder.state / "versions.json"
        path.write_text(json.dumps(versions))
        with pytest.raises(StackError, match=message):
            folder.prepare(VERSION)
        assert json.loads(path.read_text()) == versions


def test_an_older_format_is_migrated(tmp_path: Path) -> None:
    """Format 1 had another table beside the SQLite file, in the emulator."""
    with StateFolder(tmp_path) as folder:
        folder.state.mkdir()
        (folder.state / "versions.json").write_text('{"format": 1, "ministack": "1.5.33"}')
        folder.table.write_text("the table")
        (folder.state / "table").mkdir()
        (folder.state / "table" / "1.journal").touch()
        folder.prepare(VERSION)
        assert {path.name for path in folder.state.iterdir()} == {"table.db", "versions.json"}
        assert '"format": 2' in (folder.state / "versions.json").read_text()


def test_reset_deletes_the_state_only(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    with StateFolder(tmp_path) as folder:
        folder.prepare(VERSION)
        assert folder.reset()
        assert not folder.reset()
    assert {path.name for path in tmp_path.iterdir()} == {"lock", "logs"}


def test_a_folder_of_another_user_is_rejected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: tmp_path.stat().st_uid + 1)
    with pytest.raises(StackError, match=r"belongs to another user .*chown"), StateFolder(tmp_path):
        pass


def test_a_folder_that_cannot_be_created_is_rejected(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    with (
        pytest.raises(StackError, match=f"cannot use the folder {file}/folder: not a directory"),
        StateFolder(file / "folder"),
    ):
        pass
