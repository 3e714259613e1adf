from enum import StrEnum


class Feature(StrEnum):
    FACES = "faces"
    LABELS = "labels"
    MODERATION = "moderation"
    PROPERTIES = "properties"
    TEXT = "text"

    def __str__(self) -> str:
        return str(self.value)
