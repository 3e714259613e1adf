from enum import StrEnum


class AlbumSort(StrEnum):
    ALBUM_MANUAL = "manual"
    ALBUM_TAKEN_NEWEST = "taken_newest"
    ALBUM_TAKEN_OLDEST = "taken_oldest"
    ALBUM_UPLOADED_NEWEST = "uploaded_newest"
    ALBUM_UPLOADED_OLDEST = "uploaded_oldest"

    def __str__(self) -> str:
        return str(self.value)
