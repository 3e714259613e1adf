"""What may answer as AWS here."""

import sys
from pathlib import Path

import pytest

from sightline_local.emulators import PYTHON_VARIABLE, EmulatorMissing, choose_emulator


def test_moto_is_what_is_usual() -> None:
    emulator = choose_emulator("moto", 8001)
    assert emulator.command[:3] == [sys.executable, "-m", "sightline_local.cloud"]
    assert emulator.environment == {}


def test_ministack_listens_on_loopback_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PYTHON_VARIABLE, sys.executable)
    emulator = choose_emulator("ministack", 8001)
    assert emulator.command == [sys.executable, "-m", "ministack"]
    assert emulator.environment["BIND_HOST"] == "127.0.0.1"
    assert emulator.environment["GATEWAY_PORT"] == "8001"
    assert emulator.environment["SFTP_ENABLED"] == emulator.environment["IOT_MTLS_ENABLED"] == "0"


def test_where_ministack_is_not_installed_it_is_said_how(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PYTHON_VARIABLE, str(tmp_path / "none"))
    with pytest.raises(EmulatorMissing, match="make ministack"):
        choose_emulator("ministack", 8001)
