from enum import StrEnum


class AlbumRole(StrEnum):
    CONTRIBUTOR = "contributor"
    VIEWER = "viewer"

    def __str__(self) -> str:
        return str(self.value)
