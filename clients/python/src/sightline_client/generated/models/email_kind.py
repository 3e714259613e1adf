from enum import StrEnum


class EmailKind(StrEnum):
    BATCH_DONE = "batch_done"
    IMAGE_FAILED = "image_failed"

    def __str__(self) -> str:
        return str(self.value)
