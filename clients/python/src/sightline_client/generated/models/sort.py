from enum import StrEnum


class Sort(StrEnum):
    NEWEST = "newest"

    def __str__(self) -> str:
        return str(self.value)
