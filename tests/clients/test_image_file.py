"""Sources are identified by content, and can be read again, whatever their type."""

import hashlib
import io
from collections.abc import Callable
from pathlib import Path

import pytest

from sightline_client.errors import UnsupportedFileType
from sightline_client.image_file import SIGNATURE_SIZE, ImageFile, Source, detect_media_type
from sightline_testing.sample_images import draw_image, encode

JPEG = encode(draw_image((64, 40)), "JPEG")


class Pipe(io.BytesIO):
    """A stream that cannot be read twice."""

    def seekable(self) -> bool:
        return False

    def seek(self, *_: int) -> int:
        raise OSError("a pipe")


@pytest.mark.parametrize(
    ("image_format", "media_type"),
    [
        ("AVIF", "image/avif"),
        ("BMP", "image/bmp"),
        ("GIF", "image/gif"),
        ("HEIF", "image/heic"),
        ("JPEG", "image/jpeg"),
        ("PNG", "image/png"),
        ("TIFF", "image/tiff"),
        ("WEBP", "image/webp"),
    ],
)
def test_media_type_is_detected_from_the_first_bytes(image_format: str, media_type: str) -> None:
    content = encode(draw_image((64, 40)), image_format)
    assert detect_media_type(content[:SIGNATURE_SIZE]) == media_type


@pytest.mark.parametrize(
    "head",
    [
        b"II+\0\x08\0\0\0",
        b"IIRO\x08\0\0\0",
        b"IIU\0\x18\0\0\0",
        b"FUJIFILMCCD-RAW 0201",
        b"\0\0\0\x18ftypcrx \0\0\0\1crx isom",
    ],
)
def test_raw_files_are_declared_as_tiff(head: bytes) -> None:
    assert detect_media_type(head) == "image/tiff"


@pytest.mark.parametrize(
    "head", [b"", b"\xff\xd8", b"%PDF-1.7", b"RIFF\0\0\0\0WAVE", b"\0\0\0\x18ftypmp42" + b"\0" * 16]
)
def test_media_type_is_none_for_unsupported_content(head: bytes) -> None:
    assert detect_media_type(head) is None


@pytest.mark.parametrize(
    "make",
    [
        lambda path: path,
        str,
        lambda path: path.read_bytes(),
        lambda path: memoryview(path.read_bytes()),
        lambda path: io.BytesIO(path.read_bytes()),
        lambda path: Pipe(path.read_bytes()),
    ],
    ids=["path", "name", "bytes", "view", "stream", "pipe"],
)
def test_every_source_is_hashed_and_can_be_read_twice(
    make: Callable[[Path], Source], tmp_path: Path
) -> None:
    path = tmp_path / "beach.png"
    path.write_bytes(JPEG)
    image_file = ImageFile.from_source(make(path))
    assert (image_file.media_type, image_file.size) == ("image/jpeg", len(JPEG))
    assert image_file.sha256 == hashlib.sha256(JPEG).hexdigest()
    for _ in range(2):
        with image_file.open() as file:
            assert b"".join([file.read(1000), file.read()]) == JPEG


def test_stream_is_read_from_its_position_and_left_open() -> None:
    stream = io.BytesIO(b"before" + JPEG)
    stream.seek(6)
    image_file = ImageFile.from_source(stream)
    with image_file.open() as file:
        assert file.read() == JPEG
    assert not stream.closed


def test_unsupported_file_is_rejected_before_an_upload_is_created(tmp_path: Path) -> None:
    path = tmp_path / "beach.jpg"
    path.write_text("not an image")
    with pytest.raises(UnsupportedFileType, match=r"beach\.jpg"):
        ImageFile.from_source(path)
