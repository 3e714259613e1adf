from enum import StrEnum


class WebhookEventType(StrEnum):
    ALBUM_CREATED = "album.created"
    ALBUM_DELETED = "album.deleted"
    ALBUM_UPDATED = "album.updated"
    IMAGE_DELETED = "image.deleted"
    IMAGE_FAILED = "image.failed"
    IMAGE_READY = "image.ready"

    def __str__(self) -> str:
        return str(self.value)
