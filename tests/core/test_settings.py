"""Settings from environment variables, and the messages for invalid ones."""

import pytest
from pydantic import ValidationError

from sightline.settings import ConsumerSettings, read_settings
from sightline_local.recognition.settings import RecognitionSettings

REQUIRED = {
    "AWS_REGION": "eu-central-1",
    "SIGHTLINE_TABLE": "images",
    "SIGHTLINE_ORIGINALS_BUCKET": "originals",
    "SIGHTLINE_EVENTS_TOPIC_ARN": "arn:aws:sns:eu-central-1:123456789012:image-events",
    "SIGHTLINE_QUEUE_URL": "http://queue",
}


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in REQUIRED.items():
        monkeypatch.setenv(name, value)


def test_settings_are_read_once_and_frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIGHTLINE_CONCURRENCY", "7")
    settings = read_settings(ConsumerSettings)
    assert (settings.region, settings.table, settings.concurrency) == (
        "eu-central-1",
        "images",
        7,
    )
    with pytest.raises(ValidationError):
        setattr(settings, "table", "other")  # noqa: B010


@pytest.mark.parametrize("name", REQUIRED)
def test_a_missing_variable_is_reported_by_name(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv(name)
    with pytest.raises(SystemExit) as caught:
        read_settings(ConsumerSettings)
    assert caught.value.code == 2
    assert capsys.readouterr().err == f"{name}: field required\n"


def test_an_invalid_variable_is_reported_with_its_own_prefix(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SIGHTLINE_RECOGNITION_PORT", "many")
    with pytest.raises(SystemExit):
        read_settings(RecognitionSettings)
    assert capsys.readouterr().err.startswith("SIGHTLINE_RECOGNITION_PORT: ")


def test_an_invalid_value_is_reported_with_its_reason(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SIGHTLINE_CONCURRENCY", "0")
    with pytest.raises(SystemExit):
        read_settings(ConsumerSettings)
    assert "SIGHTLINE_CONCURRENCY: input should be greater than or equal to 1" in (
        capsys.readouterr().err
    )


def test_a_relative_path_of_the_table_is_rejected_with_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SIGHTLINE_TABLE", "sqlite://table.db")
    with pytest.raises(SystemExit):
        read_settings(ConsumerSettings)
    assert capsys.readouterr().err == (
        "SIGHTLINE_TABLE: sqlite://table.db has no absolute path: use three slashes, as in "
        "sqlite:///data/sightline.db.\n"
    )
