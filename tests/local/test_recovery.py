"""The line that `make run` prints after a run that was killed."""

from pathlib import Path

import pytest

from sightline_local.errors import StackError
from sightline_local.recovery import recover, summarize


def test_nothing_to_repair() -> None:
    assert summarize([]) == (
        "The previous run did not stop cleanly: photos and users are kept, notifications not yet "
        "sent are lost."
    )


def test_images_are_counted_once() -> None:
    """An image whose two parts are stalled is one image."""
    line = summarize([("stalled", "1"), ("stalled", "1"), ("stalled", "2"), ("lost original", "3")])
    assert "processing resumes for 2, 1 lost their original, " in line


def test_a_repair_that_fails_ends_the_start(tmp_path: Path) -> None:
    with pytest.raises(StackError, match=r"the state cannot be repaired: .*outputs\.json"):
        recover(tmp_path / "outputs.json")
