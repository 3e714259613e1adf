"""The images that dead-lettered messages refer to."""

from sightline.consumer.messages import InvalidMessage, parse_uploads
from sightline.domain.object_keys import ImageKey
from sightline.ports.dead_letters import DeadLetter


def parse_images(letter: DeadLetter) -> tuple[ImageKey, ...] | None:
    """Return the images that a message refers to; None if the message is unreadable."""
    try:
        return tuple(upload.image for upload in parse_uploads(letter.body))
    except InvalidMessage:
        return None


def is_readable(letter: DeadLetter) -> bool:
    return parse_images(letter) is not None
