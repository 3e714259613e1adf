"""A process without disk space, and what the checker finds when an object was not written."""

import subprocess
import sys
from pathlib import Path

import pytest

from sightline_reliability.checker import check_invariants
from sightline_reliability.full_disk import full_disk
from sightline_reliability.ledger import Ledger
from sightline_reliability.system_state import SystemState

#: Writes a file for each line that it reads, and prints whether it could.
WRITE_FILES = """
import pathlib, sys
for name in sys.stdin:
    try:
        pathlib.Path(name.strip()).write_bytes(b"content")
        print("written", flush=True)
    except OSError:
        print("failed", flush=True)
"""

WRITTEN_OBJECTS = "every object outlives a kill of the emulator"
KEY = "originals/owner/image"


def test_a_process_cannot_write_while_its_disk_is_full(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", WRITE_FILES],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None

        def write(name: str) -> str:
            print(tmp_path / name, file=process.stdin, flush=True)
            assert process.stdout is not None
            return process.stdout.readline().strip()

        assert write("before") == "written"
        with full_disk(process.pid):
            assert write("meanwhile") == "failed"
        assert write("afterwards") == "written"
        process.stdin.close()


@pytest.mark.parametrize(
    ("before", "after", "kinds"),
    [
        ({KEY: "etag"}, None, []),
        ({KEY: "etag"}, {KEY: "etag"}, []),
        ({KEY: "etag"}, {}, ["lost"]),
        ({KEY: "etag"}, {KEY: "other"}, ["lost"]),
        ({}, {KEY: "etag"}, ["left"]),
    ],
    ids=["not killed", "written", "not written", "not overwritten", "not deleted"],
)
def test_objects_in_files_equal_those_in_memory(
    before: dict[str, str], after: dict[str, str] | None, kinds: list[str]
) -> None:
    state = SystemState(objects=before, objects_after_kill=after)
    violations = check_invariants(state, Ledger())
    assert [each.kind for each in violations if each.invariant == WRITTEN_OBJECTS] == kinds
