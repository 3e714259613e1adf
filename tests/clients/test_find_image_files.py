"""The command line finds image files in folders by their content, and never blocks on the rest."""

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from sightline_cli.files import find_image_files
from sightline_cli.formatting import decode_path, format_path
from sightline_local.sample_image import draw_sample

IMAGE = draw_sample(size=(64, 48))

#: A user id without privileges.
UNPRIVILEGED_UID = 65_534

SEARCH_UNPRIVILEGED = f"""
import os, sys
from pathlib import Path
from sightline_cli.files import find_image_files
if os.geteuid() == 0:
    os.setresuid({UNPRIVILEGED_UID}, {UNPRIVILEGED_UID}, {UNPRIVILEGED_UID})
found = find_image_files([Path(sys.argv[1])])
print(*sorted(path.name for path in found.images))
for path, reason in sorted(found.skipped.items()):
    print(path.name, reason, sep=": ")
"""


@pytest.fixture
def public_folder() -> Iterator[Path]:
    """A folder that every user can read, unlike those of `tmp_path`."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


def test_find_image_files_searches_folders_by_content(tmp_path: Path) -> None:
    for name in ("a.jpg", "deep/er/b.dat", ".hidden.jpg", ".thumbs/c.jpg", "deep/z.jpg"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(IMAGE)
    (tmp_path / "no.jpg").write_text("not an image")
    (tmp_path / "b.jpg").symlink_to("deep/z.jpg")
    found = find_image_files([tmp_path])
    names = ["a.jpg", "b.jpg", "deep/er/b.dat", "deep/z.jpg"]
    assert list(found.images) == [tmp_path / name for name in names]
    assert set(found.images.values()) == {len(IMAGE)}
    assert (found.other, found.skipped, found.rejected) == (1, {}, {})
    # A file given by name is not checked here: the client reports what is wrong with it.
    assert set(find_image_files([tmp_path / "no.jpg"]).images) == {tmp_path / "no.jpg"}


def test_special_files_are_skipped_without_being_opened(tmp_path: Path) -> None:
    """Opening a FIFO for reading would block, or would let a waiting writer go on."""
    (tmp_path / "a.jpg").write_bytes(IMAGE)
    fifo = tmp_path / "fifo.jpg"
    os.mkfifo(fifo)
    (tmp_path / "link.jpg").symlink_to("fifo.jpg")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "socket.jpg"))
        (tmp_path / "device.jpg").symlink_to("/dev/zero")
        found = find_image_files([tmp_path])
        named = find_image_files([fifo])
    assert set(found.images) == {tmp_path / "a.jpg"}
    assert {path.name: reason for path, reason in found.skipped.items()} == {
        "fifo.jpg": "FIFO, not a regular file",
        "link.jpg": "FIFO, not a regular file",
        "socket.jpg": "socket, not a regular file",
        "device.jpg": "character device, not a regular file",
    }
    assert named.rejected == {fifo: "FIFO, not a regular file"}
    with pytest.raises(OSError, match="No such device or address"):
        # There is no reader, and there was none.
        os.open(fifo, os.O_WRONLY | os.O_NONBLOCK)


def test_links_that_lead_nowhere_or_to_folders_are_skipped(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "a.jpg").write_bytes(IMAGE)
    (tmp_path / "deep" / "cycle").symlink_to(tmp_path)
    (tmp_path / "broken.jpg").symlink_to("gone.jpg")
    (tmp_path / "loop.jpg").symlink_to("pool.jpg")
    (tmp_path / "pool.jpg").symlink_to("loop.jpg")
    found = find_image_files([tmp_path, tmp_path / "loop.jpg"])
    assert set(found.images) == {tmp_path / "deep" / "a.jpg"}
    assert {path.name: reason for path, reason in found.skipped.items()} == {
        "cycle": "link to a folder",
        "broken.jpg": "No such file or directory",
        "loop.jpg": "Too many levels of symbolic links",
        "pool.jpg": "Too many levels of symbolic links",
    }
    assert found.rejected == {tmp_path / "loop.jpg": "Too many levels of symbolic links"}


def test_image_whose_name_is_not_utf8_is_skipped(tmp_path: Path) -> None:
    latin1 = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.jpg"))
    note = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt"))
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xfcber"))
    latin1.write_bytes(IMAGE)
    note.write_text("not an image")
    folder.mkdir()
    (folder / "a.jpg").write_bytes(IMAGE)
    found = find_image_files([tmp_path, latin1])
    assert found.skipped == found.rejected == {latin1: "file name is not UTF-8"}
    # The name of a folder is not part of a title.
    assert set(found.images) == {folder / "a.jpg"}
    assert found.other == 1


def test_unreadable_files_and_folders_are_skipped(public_folder: Path) -> None:
    """Searched by a process without the privileges of root, to which everything is readable."""
    for name in ("a.jpg", "locked.jpg", "locked/b.jpg", "z/c.jpg"):
        (public_folder / name).parent.mkdir(exist_ok=True)
        (public_folder / name).write_bytes(IMAGE)
    (public_folder / "locked.jpg").chmod(0)
    (public_folder / "locked").chmod(0)
    searched = subprocess.run(
        [sys.executable, "-c", SEARCH_UNPRIVILEGED, public_folder],
        capture_output=True,
        text=True,
        check=False,
    )
    (public_folder / "locked").chmod(0o700)
    assert searched.stdout.splitlines() == [
        "a.jpg c.jpg",
        "locked: Permission denied",
        "locked.jpg: Permission denied",
    ], searched.stderr


def test_path_is_printed_on_one_line() -> None:
    path = os.fsdecode(b"caf\xe9/\xc3\xbcber\n\x1b[31m.jpg")
    assert format_path(path) == r"caf\xe9/über\n\x1b[31m.jpg"
    assert decode_path(path) == "caf\\xe9/über\n\x1b[31m.jpg"


def test_find_image_files_ignores_what_is_excluded(tmp_path: Path) -> None:
    for name in (
        "a.jpg",
        "a.gif",
        "drafts/b.jpg",
        "deep/drafts/c.jpg",
        "deep/raw/d.jpg",
        "raw/e.jpg",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(IMAGE)
    given = tmp_path / "a.gif"
    found = find_image_files([tmp_path], ["*.gif", "drafts/", "deep/raw"])
    assert list(found.images) == [tmp_path / "a.jpg", tmp_path / "raw/e.jpg"]
    assert found.other == 0
    # A file that is given by name is never excluded.
    assert list(find_image_files([given], ["*.gif"]).images) == [given]
