"""Fixtures of the tests of core."""

import pytest

from sightline_testing.simulated_time import Simulate, simulate_time


@pytest.fixture
def simulate(monkeypatch: pytest.MonkeyPatch) -> Simulate:
    """Return a function that runs a test in simulated time."""
    return simulate_time(monkeypatch)
