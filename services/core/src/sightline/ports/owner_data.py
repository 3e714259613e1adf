"""What remains of an owner without images and albums: the port."""

from typing import Protocol


class OwnerData(Protocol):
    """Usage, API keys, share links, idempotency keys and label counts of an owner."""

    async def erase(self, owner: str) -> None:
        """Remove everything of an owner who has no image and no album; idempotent."""
