"""Selection of the AWS emulator."""

import sys
from pathlib import Path

import pytest

from sightline_local.emulators import PYTHON_VARIABLE, EmulatorMissing, choose_emulator


def test_moto_runs_in_the_same_interpreter() -> None:
    emulator = choose_emulator("moto", 8001)
    assert emulator.command[:3] == [sys.executable, "-m", "sightline_local.cloud"]
    assert emulator.environment == {}


def test_ministack_listens_on_loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PYTHON_VARIABLE, sys.executable)
    emulator = choose_emulator("ministack", 8001)
    assert emulator.command == [sys.executable, "-m", "ministack"]
    assert emulator.environment["BIND_HOST"] == "127.0.0.1"
    assert emulator.environment["GATEWAY_PORT"] == "8001"
    assert emulator.environment["SFTP_ENABLED"] == emulator.environment["IOT_MTLS_ENABLED"] == "0"


def test_missing_ministack_reports_how_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PYTHON_VARIABLE, str(tmp_path / "none"))
    with pytest.raises(EmulatorMissing, match="run `make ministack`"):
        choose_emulator("ministack", 8001)
