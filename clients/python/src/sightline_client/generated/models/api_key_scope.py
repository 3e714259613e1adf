from enum import StrEnum


class ApiKeyScope(StrEnum):
    ACCOUNTREAD = "account:read"
    ALBUMSWRITE = "albums:write"
    IMAGESREAD = "images:read"
    IMAGESWRITE = "images:write"
    SHARESWRITE = "shares:write"

    def __str__(self) -> str:
        return str(self.value)
