from enum import StrEnum


class SharedViewKind(StrEnum):
    ALBUM = "album"
    IMAGE = "image"

    def __str__(self) -> str:
        return str(self.value)
