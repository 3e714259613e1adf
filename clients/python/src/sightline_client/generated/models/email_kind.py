from enum import StrEnum


class EmailKind(StrEnum):
    BATCH_DONE = "batch_done"
    IMAGE_FAILED = "image_failed"
    WEBHOOK_PAUSED = "webhook_paused"

    def __str__(self) -> str:
        return str(self.value)
