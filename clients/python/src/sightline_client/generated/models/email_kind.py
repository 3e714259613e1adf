from enum import StrEnum


class EmailKind(StrEnum):
    BATCH_DONE = "batch_done"
    BUDGET_WARNING = "budget_warning"
    IMAGE_FAILED = "image_failed"
    QUOTA_WARNING = "quota_warning"
    WEBHOOK_PAUSED = "webhook_paused"

    def __str__(self) -> str:
        return str(self.value)
