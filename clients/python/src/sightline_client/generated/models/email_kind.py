from enum import StrEnum


class EmailKind(StrEnum):
    EMAIL_BATCH_DONE = "batch_done"
    EMAIL_BUDGET_WARNING = "budget_warning"
    EMAIL_IMAGE_FAILED = "image_failed"
    EMAIL_QUOTA_WARNING = "quota_warning"
    EMAIL_WEBHOOK_PAUSED = "webhook_paused"

    def __str__(self) -> str:
        return str(self.value)
