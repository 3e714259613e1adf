"""The segments of a JPEG: how many scans it has, and whether its end is missing.

Markers: ITU-T T.81, annex B.
"""

import re
import struct
from dataclasses import dataclass, field

from sightline.domain.failures import Rejected

SIGNATURE = b"\xff\xd8\xff"
END = b"\xff\xd9"

#: Limit on the scans of a file; encoders write about ten. Each goes over all coefficients.
MAX_SCANS = 100

#: Limit on the pixels of all scans together, if there are more scans than usual.
MAX_SCAN_PIXELS = 2_000_000_000
USUAL_SCANS = 20

#: Limit on the segments outside scans: enough for 600 MB of metadata in segments of 64 kB.
MAX_SEGMENTS = 10_000

#: Start-of-frame markers, without those of differential frames.
FRAME_MARKERS = frozenset({0xC0, 0xC1, 0xC2, 0xC3, 0xC9, 0xCA, 0xCB})

#: Frames that libjpeg decodes: sequential and progressive, with Huffman or arithmetic coding.
DECODABLE_FRAMES = frozenset({0xC0, 0xC1, 0xC2, 0xC9, 0xCA})

#: Markers of frames that other decoders read: lossless, differential, and JPEG-LS.
OTHER_FRAMES = frozenset({0xC3, 0xC5, 0xC6, 0xC7, 0xCB, 0xCD, 0xCE, 0xCF, 0xF7})

#: Markers without a length: TEM, RST0 to RST7 and SOI.
STANDALONE_MARKERS = frozenset({0x01, *range(0xD0, 0xD9)})

#: A run of zeros of this length at the end of a file is data that was never written.
MIN_ZEROS = 64

# It starts with a literal, so that the search takes one millisecond for 5 MB.
_MARKER = re.compile(rb"\xff([\x01-\xcf\xd8-\xfe])")


@dataclass(slots=True)
class JpegFile:
    """The structure of a JPEG. `end` is where its usable data ends.

    `ended` is whether it has an end marker. `precision` counts the bits that are missing of each
    coefficient, by the component; of a sequential JPEG only one number, as all come together.
    """

    end: int = 0
    ended: bool = False
    progressive: bool = False
    frame: int | None = None
    pixels: int = 0
    longest_side: int = 0
    scans: int = 0
    precision: dict[int, list[int]] = field(default_factory=dict)

    @property
    def decodable(self) -> bool:
        """Whether libjpeg decodes the frame; it does not know the lossless ones."""
        return self.frame in DECODABLE_FRAMES

    @property
    def missing_scans(self) -> bool:
        """Whether a scan is missing in full: not every bit of every coefficient was sent."""
        return not self.precision or any(map(any, self.precision.values()))


#: The bits of a coefficient that are missing before its first scan.
_UNSENT = 16


def read_jpeg(body: bytes) -> JpegFile:
    """Return the structure of the JPEG. Raises `Rejected` if decoding it would take too long."""
    jpeg = JpegFile(end=len(body.rstrip(b"\0")) if body.endswith(b"\0" * MIN_ZEROS) else len(body))
    at, segments = 2, 0
    while found := _MARKER.search(body, at, jpeg.end):
        marker, at = found[1][0], found.end()
        if marker == 0xD9:
            jpeg.ended, jpeg.end = True, at
            return jpeg
        if marker in STANDALONE_MARKERS:
            continue
        segments += 1
        if segments > MAX_SEGMENTS + jpeg.scans:
            raise Rejected("too_complex", "The JPEG has too many segments.")
        length = int.from_bytes(body[at : at + 2])
        if at + length > jpeg.end or length < 2:
            # What a decoder would wait for in vain.
            jpeg.end = found.start()
            return jpeg
        segment = body[at + 2 : at + length]
        if marker in FRAME_MARKERS and jpeg.frame is None:
            _read_frame(jpeg, marker, segment)
        elif marker in OTHER_FRAMES and jpeg.frame is None:
            jpeg.frame = marker
        elif marker == 0xDA:
            _read_scan(jpeg, segment)
            if jpeg.scans == 1 and not jpeg.missing_scans and body.endswith(END):
                # One scan has all: what follows it is ignored.
                jpeg.ended = True
                return jpeg
        at += length
    return jpeg


def _read_frame(jpeg: JpegFile, marker: int, segment: bytes) -> None:
    if len(segment) < 6 or len(segment) < 6 + 3 * segment[5]:
        return
    _, height, width, count = struct.unpack_from(">BHHB", segment)
    jpeg.frame, jpeg.pixels, jpeg.longest_side = marker, width * height, max(width, height)
    jpeg.progressive = marker in {0xC2, 0xCA}
    size = 64 if jpeg.progressive else 1
    jpeg.precision = {segment[6 + 3 * index]: [_UNSENT] * size for index in range(count)}


def _read_scan(jpeg: JpegFile, segment: bytes) -> None:
    jpeg.scans += 1
    costly = jpeg.scans > USUAL_SCANS and jpeg.scans * jpeg.pixels > MAX_SCAN_PIXELS
    if jpeg.scans > MAX_SCANS or costly:
        raise Rejected("too_complex", "The JPEG has too many scans.")
    if not segment or len(segment) < 4 + 2 * segment[0]:
        return
    count = segment[0]
    first, last, bits = segment[1 + 2 * count : 4 + 2 * count]
    for index in range(count):
        sent = jpeg.precision.get(segment[1 + 2 * index])
        if sent is None:
            continue
        if jpeg.progressive:
            for coefficient in range(first, min(last, 63) + 1):
                sent[coefficient] = bits & 15
        else:
            sent[0] = 0
