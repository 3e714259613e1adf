"""Messages that MiniStack's SES and Cognito have sent, kept in a file.

MiniStack keeps them in memory only, and all of them.
"""

from typing import Any

from sightline_local.ministack.snapshots import ServiceFiles

#: Messages that are kept for each account and region; the oldest are deleted first.
MAX_MESSAGES = 1_000

#: The name of the file, beside those of the services.
FILE_NAME = "sent_mail"


class SentMail:
    """The messages of the module `ministack.services.ses`."""

    def __init__(self, ses: Any, files: ServiceFiles) -> None:
        self._messages = ses._sent_emails
        self._files = files
        self._saved = self._newest()

    def load(self) -> None:
        """Restore the messages. Raises `StateUnreadable`."""
        state = self._files.load(FILE_NAME)
        if state is not None:
            self._messages.update(state["messages"])
        self._saved = self._newest()

    def save(self) -> None:
        """Write the messages if there are new ones. Raises `OSError`."""
        newest = self._newest()
        if newest == self._saved:
            return
        for messages in self._messages._data.values():
            del messages[:-MAX_MESSAGES]
        self._files.save(FILE_NAME, {"messages": self._messages})
        self._saved = newest

    def _newest(self) -> set[str]:
        """Return the id of the newest message of each account and region."""
        return {messages[-1]["MessageId"] for messages in self._messages._data.values() if messages}
