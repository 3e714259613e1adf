"""Selection of the AWS emulator."""

import sys
from pathlib import Path

import pytest

from sightline_local.emulators import (
    PYTHON_VARIABLE,
    EmulatorMissing,
    choose_emulator,
    find_ministack_version,
)


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


def test_ministack_keeps_its_data_in_a_given_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PYTHON_VARIABLE, sys.executable)
    emulator = choose_emulator("ministack", 8001, tmp_path)
    environment = emulator.environment
    assert environment["SIGHTLINE_CLOUD_PORT"] == "8001"
    for name in ("STATE_DIR", "S3_DATA_DIR", "SIGHTLINE_UNCLEAN_FILE"):
        assert Path(environment[name]).parent == tmp_path
    # Queues are named by it, and must be found again when the stack uses another port.
    assert (
        environment["GATEWAY_PORT"]
        == choose_emulator("ministack", 9001, tmp_path).environment["GATEWAY_PORT"]
    )


def test_a_python_without_ministack_reports_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(PYTHON_VARIABLE, sys.executable)
    with pytest.raises(EmulatorMissing, match="make ministack"):
        find_ministack_version()


def test_missing_ministack_reports_how_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PYTHON_VARIABLE, str(tmp_path / "none"))
    with pytest.raises(EmulatorMissing, match="run `make ministack`"):
        choose_emulator("ministack", 8001)
