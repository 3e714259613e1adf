from enum import StrEnum


class ListAlbumsRole(StrEnum):
    ANY = "any"
    CONTRIBUTOR = "contributor"
    OWNER = "owner"
    VIEWER = "viewer"

    def __str__(self) -> str:
        return str(self.value)
