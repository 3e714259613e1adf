"""Tell a damaged image from one in a format that is not supported."""

import io

from PIL import Image

from sightline.domain.failures import Rejected
from sightline.imaging import jpeg, png
from sightline.imaging.tiff import Tag, TiffFile, read_tiff

#: Compressions of TIFF that Pillow decodes. Without another one, the file is damaged.
TIFF_COMPRESSIONS = frozenset({1, 2, 3, 4, 5, 6, 7, 8, 32771, 32773, 32946, 34925, 50000})

#: Brands of AVIF and HEIF files.
ISO_BRANDS = frozenset(
    {b"avif", b"avis", b"mif1", b"msf1", b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis"}
)

#: Bytes of a file that its brands are read from.
BRANDS_BYTES = 64


def unsupported() -> Rejected:
    """Return the rejection of a file in a format, or a variant of one, that is not supported."""
    return Rejected("unsupported_format", "The file is not an image in a supported format.")


def broken() -> Rejected:
    """Return the rejection of a file whose format is supported, but whose content is not valid."""
    return Rejected("broken_image", "The image is damaged or truncated.")


def explain(body: bytes, error: Exception) -> Rejected:
    """Return the rejection for an error that a decoder raised."""
    # Decoders say so of compressions, layouts and codecs that they were built without.
    if "unsupported" in str(error).lower() or "not supported" in str(error).lower():
        return unsupported()
    return broken() if _is_supported(body) else unsupported()


def _is_supported(body: bytes) -> bool:
    """Return whether the file claims to be in a variant of a format that is supported."""
    if body.startswith(jpeg.SIGNATURE):
        frame = jpeg.read_jpeg(body).frame
        return frame is None or frame in jpeg.DECODABLE_FRAMES
    if (tiff := read_tiff(body)) is not None:
        return _is_supported_tiff(tiff)
    if body[4:8] == b"ftyp":
        head = body[8:BRANDS_BYTES]
        return any(head[at : at + 4] in ISO_BRANDS for at in range(0, len(head), 4))
    return body.startswith((png.SIGNATURE, b"GIF87a", b"GIF89a", b"BM")) or (
        body[:4] == b"RIFF" and body[8:12] == b"WEBP"
    )


def _is_supported_tiff(tiff: TiffFile) -> bool:
    """Return whether the pixels of a TIFF are damaged, rather than of an unknown layout."""
    page = next(tiff.walk(1), None)
    if page is None or not page.integer(Tag.WIDTH):
        return True
    if page.integer(Tag.COMPRESSION, 1) not in TIFF_COMPRESSIONS:
        return False
    try:
        with Image.open(io.BytesIO(tiff.body), formats=("TIFF",)):
            return True
    except Exception:
        return False
