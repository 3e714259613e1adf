from enum import StrEnum


class WordField(StrEnum):
    CAMERA = "camera"
    DESCRIPTION = "description"
    LABEL = "label"
    LENS = "lens"
    PLACE = "place"
    TEXT = "text"
    TITLE = "title"

    def __str__(self) -> str:
        return str(self.value)
