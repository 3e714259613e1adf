"""The order of lists of images: by id, which is by time of creation."""

from enum import StrEnum


class SortOrder(StrEnum):
    """The order of a list of images by their time of creation."""

    NEWEST = "newest"
    OLDEST = "oldest"

    def reaches(self, image_id: str, position: str) -> bool:
        """Return whether the id is at the position, or after it in this order."""
        return image_id <= position if self is SortOrder.NEWEST else image_id >= position

    def next_position(self, image_id: str) -> str:
        """Return the position immediately after an id.

        IDs have one length, so their digits count up and down like those of a number.
        """
        step = -1 if self is SortOrder.NEWEST else 1
        digits = f"{int(image_id.replace('-', ''), 16) + step:032x}"
        return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
