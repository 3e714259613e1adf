from enum import StrEnum


class ListOrder(StrEnum):
    TAKEN = "taken"
    UPLOADED = "uploaded"

    def __str__(self) -> str:
        return str(self.value)
