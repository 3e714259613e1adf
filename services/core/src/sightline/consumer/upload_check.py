"""Check an upload against what its client declared.

S3 enforces the size and the checksum of a presigned POST; an emulator may not.
"""

from sightline.domain.failures import Rejected
from sightline.domain.images import Image


def check_upload(image: Image, size: int, sha256: str | None) -> None:
    """Raise `Rejected` if the size or the checksum (hex; None if unknown) is not as declared."""
    if size != image.bytes:
        raise Rejected("size_mismatch", "The upload does not have the declared size.")
    if sha256 is not None and sha256 != image.sha256:
        raise Rejected("checksum_mismatch", "The upload does not match the declared SHA-256.")
