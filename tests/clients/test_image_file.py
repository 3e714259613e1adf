"""What is to be uploaded is known by its content, however it is given."""

import hashlib
import io
from collections.abc import Callable
from pathlib import Path

import pytest

from sightline_client.errors import NotAPicture
from sightline_client.image_file import HEAD, Picture, Source, find_media_type
from sightline_testing.sample_images import draw_image, encode

JPEG = encode(draw_image((64, 40)), "JPEG")


class Pipe(io.BytesIO):
    """Something that can be read once."""

    def seekable(self) -> bool:
        return False

    def seek(self, *_: int) -> int:
        raise OSError("a pipe")


@pytest.mark.parametrize(
    ("kind", "media_type"),
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
def test_each_format_is_told_by_its_first_bytes(kind: str, media_type: str) -> None:
    assert find_media_type(encode(draw_image((64, 40)), kind)[:HEAD]) == media_type


@pytest.mark.parametrize(
    "head", [b"", b"\xff\xd8", b"%PDF-1.7", b"RIFF\0\0\0\0WAVE", b"\0\0\0\x18ftypmp42" + b"\0" * 16]
)
def test_what_is_none_is_no_picture(head: bytes) -> None:
    assert find_media_type(head) is None


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
def test_every_source_is_measured_and_can_be_read_twice(
    make: Callable[[Path], Source], tmp_path: Path
) -> None:
    path = tmp_path / "beach.png"
    path.write_bytes(JPEG)
    picture = Picture.of(make(path))
    assert (picture.media_type, picture.size) == ("image/jpeg", len(JPEG))
    assert picture.sha256 == hashlib.sha256(JPEG).hexdigest()
    for _ in range(2):
        with picture.open() as file:
            assert b"".join([file.read(1000), file.read()]) == JPEG


def test_a_stream_is_taken_from_where_it_is_and_left_open() -> None:
    stream = io.BytesIO(b"before" + JPEG)
    stream.seek(6)
    picture = Picture.of(stream)
    with picture.open() as file:
        assert file.read() == JPEG
    assert not stream.closed


def test_a_file_that_is_none_is_refused_before_it_is_announced(tmp_path: Path) -> None:
    path = tmp_path / "beach.jpg"
    path.write_text("no picture at all")
    with pytest.raises(NotAPicture, match=r"beach\.jpg"):
        Picture.of(path)
