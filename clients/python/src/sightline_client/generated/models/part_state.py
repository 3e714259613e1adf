from enum import StrEnum


class PartState(StrEnum):
    PART_FAILED = "failed"
    PART_PENDING = "pending"
    PART_RUNNING = "running"
    PART_SUCCEEDED = "succeeded"

    def __str__(self) -> str:
        return str(self.value)
