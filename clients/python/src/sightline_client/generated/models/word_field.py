from enum import StrEnum


class WordField(StrEnum):
    FIELD_CAMERA = "camera"
    FIELD_DESCRIPTION = "description"
    FIELD_LABEL = "label"
    FIELD_LENS = "lens"
    FIELD_PLACE = "place"
    FIELD_TEXT = "text"
    FIELD_TITLE = "title"

    def __str__(self) -> str:
        return str(self.value)
