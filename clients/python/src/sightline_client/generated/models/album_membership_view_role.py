from enum import StrEnum


class AlbumMembershipViewRole(StrEnum):
    CONTRIBUTOR = "contributor"
    VIEWER = "viewer"

    def __str__(self) -> str:
        return str(self.value)
