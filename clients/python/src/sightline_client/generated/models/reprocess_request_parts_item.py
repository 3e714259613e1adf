from enum import StrEnum


class ReprocessRequestPartsItem(StrEnum):
    RECOGNITION = "recognition"
    RENDITIONS = "renditions"

    def __str__(self) -> str:
        return str(self.value)
