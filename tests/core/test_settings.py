"""Settings come from the environment, once, and say what is wrong with it."""

import pytest
from pydantic import ValidationError

from sightline.settings import ConsumerSettings, read_settings
from sightline_local.recognition.settings import RecognitionSettings

NEEDED = {
    "AWS_REGION": "eu-central-1",
    "SIGHTLINE_TABLE": "images",
    "SIGHTLINE_ORIGINALS_BUCKET": "originals",
    "SIGHTLINE_EVENTS_TOPIC_ARN": "arn:aws:sns:eu-central-1:123456789012:image-events",
    "SIGHTLINE_QUEUE_URL": "http://queue",
}


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in NEEDED.items():
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


@pytest.mark.parametrize("name", NEEDED)
def test_a_missing_name_is_named(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv(name)
    with pytest.raises(SystemExit) as caught:
        read_settings(ConsumerSettings)
    assert caught.value.code == 2
    assert capsys.readouterr().err == f"{name}: field required\n"


def test_a_name_is_told_with_its_own_prefix(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SIGHTLINE_RECOGNITION_PORT", "many")
    with pytest.raises(SystemExit):
        read_settings(RecognitionSettings)
    assert capsys.readouterr().err.startswith("SIGHTLINE_RECOGNITION_PORT: ")


def test_a_wrong_value_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SIGHTLINE_CONCURRENCY", "0")
    with pytest.raises(SystemExit):
        read_settings(ConsumerSettings)
    assert "SIGHTLINE_CONCURRENCY: input should be greater than or equal to 1" in (
        capsys.readouterr().err
    )
