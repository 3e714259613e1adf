from enum import StrEnum


class Language(StrEnum):
    AR = "ar"
    DE = "de"
    EN = "en"
    ES = "es"
    JA = "ja"

    def __str__(self) -> str:
        return str(self.value)
