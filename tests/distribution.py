"""The distribution of tests to the processes of pytest-xdist.

The tests of a file share the servers they start, so a file is a unit, with two exceptions.
"""

import re

from xdist.scheduler import LoadFileScheduling

#: Files that need the applied stack, which takes minutes: together they are one unit.
APPLIED = re.compile(r"tests/infra/test_(applied\w*|controller_switch|destroyed)\.py")

#: Suites of few files, where each test is a unit: each process starts what they need anyway.
SPREAD = re.compile(r"tests/(clients|web)/|tests/infra/test_(delivery_steps|stack|static)\.py")

#: Files in these suites that share a build or an emulator of their own.
SHARING = re.compile(r"test_(ministack_sign_in|packages|sign_in_page)\.py")


class Distribution(LoadFileScheduling):  # type: ignore[misc]
    """Distributes units of tests in their order."""

    def _split_scope(self, nodeid: str) -> str:
        return find_unit(nodeid)


def find_unit(nodeid: str) -> str:
    """Return the name of the unit that a test belongs to."""
    path = nodeid.partition("::")[0]
    if APPLIED.match(path):
        return "applied"
    if SPREAD.match(path) and not SHARING.search(path):
        return nodeid
    return path
