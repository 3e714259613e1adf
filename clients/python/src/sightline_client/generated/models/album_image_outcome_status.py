from enum import IntEnum


class AlbumImageOutcomeStatus(IntEnum):
    VALUE_204 = 204
    VALUE_404 = 404
    VALUE_409 = 409

    def __str__(self) -> str:
        return str(self.value)
