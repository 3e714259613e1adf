from enum import StrEnum


class HistoryEntryStage(StrEnum):
    QUEUE = "queue"
    UPLOAD = "upload"
    WORK = "work"

    def __str__(self) -> str:
        return str(self.value)
