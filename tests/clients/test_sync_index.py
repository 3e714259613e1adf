"""The index of a synced folder."""

from pathlib import Path

import pytest

from sightline_cli.sync_index import FileVersion, SyncIndex

VERSION = FileVersion(10, 20)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SIGHTLINE_HOME", str(tmp_path / "state"))
    return tmp_path / "state"


def test_index_is_kept_for_each_owner_and_folder(tmp_path: Path) -> None:
    index = SyncIndex.load("owner", tmp_path / "photos")
    index.add("day/\udce9.jpg", VERSION)
    index.save()
    again = SyncIndex.load("owner", tmp_path / "." / "photos")
    assert again.contains("day/\udce9.jpg", VERSION)
    assert not again.contains("day/\udce9.jpg", FileVersion(10, 21))
    assert not SyncIndex.load("other", tmp_path / "photos").contains("day/\udce9.jpg", VERSION)
    assert not SyncIndex.load("owner", tmp_path / "more").contains("day/\udce9.jpg", VERSION)


@pytest.mark.parametrize("text", ["", "[]", '{"a": 1}', '{"a": [1]}'])
def test_index_that_cannot_be_read_is_empty(tmp_path: Path, home: Path, text: str) -> None:
    SyncIndex.load("owner", tmp_path).save()
    (path,) = home.glob("sync/owner/*.json")
    path.write_text(text)
    assert not SyncIndex.load("owner", tmp_path).contains("a", VERSION)


def test_version_changes_with_the_file(tmp_path: Path) -> None:
    path = tmp_path / "image.jpg"
    path.write_text("one")
    before = FileVersion.read(path)
    assert FileVersion.read(path) == before
    path.write_text("longer")
    assert FileVersion.read(path) != before
