"""The file of messages that MiniStack has sent."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sightline_local.ministack import sent_mail
from sightline_local.ministack.sent_mail import SentMail
from sightline_local.ministack.snapshots import ServiceFiles


class Messages(dict[str, Any]):
    """A dictionary by scope, as MiniStack's own."""

    @property
    def _data(self) -> dict[str, Any]:
        return self


@pytest.fixture
def files(tmp_path: Path) -> ServiceFiles:
    return ServiceFiles(tmp_path, encode=dict, decode=lambda value: value)


def message(number: int) -> dict[str, str]:
    return {"MessageId": str(number)}


def test_the_newest_messages_are_kept(files: ServiceFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sent_mail, "MAX_MESSAGES", 2)
    messages = Messages(entries=[message(number) for number in range(3)], empty=[])
    ses = SimpleNamespace(_sent_emails=Messages())
    mail = SentMail(ses, files)
    ses._sent_emails.update(messages)
    mail.save()
    restored = SimpleNamespace(_sent_emails=Messages())
    SentMail(restored, files).load()
    assert restored._sent_emails["entries"] == [message(1), message(2)]


def test_the_file_is_written_for_new_messages_only(files: ServiceFiles, tmp_path: Path) -> None:
    ses = SimpleNamespace(_sent_emails=Messages(entries=[]))
    mail = SentMail(ses, files)
    mail.save()
    assert list(tmp_path.iterdir()) == []
    ses._sent_emails["entries"].append(message(1))
    mail.save()
    (path,) = tmp_path.iterdir()
    path.unlink()
    mail.save()
    assert list(tmp_path.iterdir()) == []
