"""Which images a share link shows."""

from sightline.domain.images import Image
from sightline.domain.share_links import ShareLink
from sightline.domain.states import Status
from sightline.domain.summaries import ImageSummary


def is_visible(image: Image | ImageSummary) -> bool:
    """Return whether visitors may see the image: it was uploaded, and is not being deleted."""
    return not image.is_hidden and image.status is not Status.AWAITING_UPLOAD


def is_shared(image: Image, link: ShareLink) -> bool:
    """Return whether the link shows the image: it is the shared one, or in the shared album."""
    if image.owner != link.owner or not is_visible(image):
        return False
    return link.album_id in image.albums if link.album_id else link.image_id == image.image_id
