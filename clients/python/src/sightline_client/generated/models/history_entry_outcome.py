from enum import StrEnum


class HistoryEntryOutcome(StrEnum):
    COMPLETED = "completed"
    FAILED = "failed"
    RETRIED = "retried"
    RUNNING = "running"

    def __str__(self) -> str:
        return str(self.value)
