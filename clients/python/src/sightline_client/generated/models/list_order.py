from enum import StrEnum


class ListOrder(StrEnum):
    MANUAL = "manual"
    TAKEN = "taken"
    UPLOADED = "uploaded"

    def __str__(self) -> str:
        return str(self.value)
