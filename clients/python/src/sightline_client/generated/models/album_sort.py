from enum import StrEnum


class AlbumSort(StrEnum):
    MANUAL = "manual"
    TAKEN_NEWEST = "taken_newest"
    TAKEN_OLDEST = "taken_oldest"
    UPLOADED_NEWEST = "uploaded_newest"
    UPLOADED_OLDEST = "uploaded_oldest"

    def __str__(self) -> str:
        return str(self.value)
