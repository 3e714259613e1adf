from enum import StrEnum


class AlbumViewRole(StrEnum):
    CONTRIBUTOR = "contributor"
    OWNER = "owner"
    VIEWER = "viewer"

    def __str__(self) -> str:
        return str(self.value)
