from enum import StrEnum


class Status(StrEnum):
    AWAITING_UPLOAD = "awaiting_upload"
    FAILED = "failed"
    PROCESSING = "processing"
    READY = "ready"

    def __str__(self) -> str:
        return str(self.value)
