from enum import StrEnum


class HistoryEntryPart(StrEnum):
    ORIGINAL = "original"
    RECOGNITION = "recognition"
    RENDITIONS = "renditions"

    def __str__(self) -> str:
        return str(self.value)
