"""Read XMP packets (ISO 16684-1:2012): a flat map of the simple properties of an image.

Packets are untrusted input. A document type declaration is rejected, so no entity is ever expanded;
the size, the depth and the number of properties are limited.
"""

import contextlib
import struct
from collections.abc import Iterable, Mapping
from xml.parsers import expat

from PIL import Image

#: Maximum size of a packet, in bytes. Packets with more contain images or depth maps.
MAX_PACKET_BYTES = 2_000_000

#: Maximum depth of nested elements, and maximum number of properties that are kept.
MAX_DEPTH = 50
MAX_PROPERTIES = 2_000

#: Maximum length of a value, in characters; longer ones are binary data in Base64.
MAX_VALUE_LENGTH = 1_000

#: The headers of XMP in JPEG APP1 segments (XMP Specification Part 3, 1.1.3).
_JPEG_EXTENSION = b"http://ns.adobe.com/xmp/extension/\0"

#: After its header, an extension segment has a GUID, the full length and the offset of its data.
_EXTENSION_FIELDS = struct.Struct(">32sII")

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_RDF_ROOT = f"{_RDF} RDF"
_DESCRIPTION = f"{_RDF} Description"
_CONTAINERS = frozenset({f"{_RDF} Seq", f"{_RDF} Alt", f"{_RDF} Bag"})
_ITEM = f"{_RDF} li"

#: Namespaces of XMP properties by their usual prefix.
NAMESPACES = {
    "aux": "http://ns.adobe.com/exif/1.0/aux/",
    "exif": "http://ns.adobe.com/exif/1.0/",
    "exifEX": "http://cipa.jp/exif/1.0/",
    "GCamera": "http://ns.google.com/photos/1.0/camera/",
    "GPano": "http://ns.google.com/photos/1.0/panorama/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "tiff": "http://ns.adobe.com/tiff/1.0/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "xmpNote": "http://ns.adobe.com/xmp/note/",
}
_PREFIXES = {uri: prefix for prefix, uri in NAMESPACES.items()}

#: Simple properties by prefixed name, such as `exif:GPSLatitude`; the first value of an array.
Xmp = Mapping[str, str]


def read_xmp(image: Image.Image) -> Xmp:
    """Return the XMP properties of a loaded image in any format; empty if it has none."""
    packet = image.info.get("xmp")
    if isinstance(packet, str):
        packet = packet.encode()
    properties = parse_packet(packet) if isinstance(packet, bytes) else {}
    guid = properties.get("xmpNote:HasExtendedXMP")
    if guid is None:
        return properties
    extension = _join_extension(guid, getattr(image, "applist", ()))
    return parse_packet(extension) | properties


def parse_packet(packet: bytes) -> dict[str, str]:
    """Return the properties of a packet; of a damaged one those before the damage."""
    if not packet or len(packet) > MAX_PACKET_BYTES:
        return {}
    parser = _PacketParser()
    with contextlib.suppress(expat.ExpatError, ValueError, LookupError):
        parser.parse(packet.strip(b"\0 \t\r\n"))
    return parser.properties


def _join_extension(guid: str, segments: Iterable[tuple[str, bytes]]) -> bytes:
    """Join the segments of a JPEG that extend its XMP, in the order of their offsets."""
    start = len(_JPEG_EXTENSION)
    parts: dict[int, bytes] = {}
    for name, body in segments:
        if name != "APP1" or not body.startswith(_JPEG_EXTENSION):
            continue
        if len(body) < start + _EXTENSION_FIELDS.size:
            continue
        owner, length, offset = _EXTENSION_FIELDS.unpack_from(body, start)
        if owner == guid.encode() and length <= MAX_PACKET_BYTES:
            parts[offset] = body[start + _EXTENSION_FIELDS.size :]
    return b"".join(parts[offset] for offset in sorted(parts))


class _PacketParser:
    """Collects the properties of the `rdf:Description` elements at the top of a packet.

    Properties of nested descriptions belong to structures, such as the history of edits.
    """

    def __init__(self) -> None:
        self.properties: dict[str, str] = {}
        self._path: list[str] = []
        self._text: list[str] = []
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = self._reject_document_type
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._read_text

    def parse(self, packet: bytes) -> None:
        """Parse a packet. Raises `ExpatError` and `ValueError` where it is damaged or hostile."""
        self._parser.Parse(packet, True)

    def _reject_document_type(self, *_: object) -> None:
        raise ValueError("XMP contains no document type declaration")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._path.append(name)
        if len(self._path) > MAX_DEPTH:
            raise ValueError("too deep")
        self._text.clear()
        if name == _DESCRIPTION and self._path[-2:-1] == [_RDF_ROOT]:
            for attribute, value in attributes.items():
                self._add(attribute, value)

    def _read_text(self, text: str) -> None:
        if len(self._text) < MAX_VALUE_LENGTH:
            self._text.append(text[:MAX_VALUE_LENGTH])

    def _end(self, name: str) -> None:
        text = "".join(self._text).strip()
        self._text.clear()
        owner = self._property_of_value()
        if owner is not None and text:
            self._add(owner, text)
        self._path.pop()

    def _property_of_value(self) -> str | None:
        """Return the property that the element being closed has the value of, if any."""
        below = self._path_below_description()
        if len(below) == 1:
            return below[0]
        is_item = len(below) == 3 and below[1] in _CONTAINERS and below[2] == _ITEM
        return below[0] if is_item else None

    def _path_below_description(self) -> list[str]:
        """Return the path from the outermost description down; empty outside of any."""
        with contextlib.suppress(ValueError):
            root = self._path.index(_RDF_ROOT)
            if self._path[root + 1 : root + 2] == [_DESCRIPTION]:
                return self._path[root + 2 :]
        return []

    def _add(self, name: str, value: str) -> None:
        uri, _, local = name.rpartition(" ")
        prefix = _PREFIXES.get(uri)
        if prefix is None or len(value) > MAX_VALUE_LENGTH:
            return
        if len(self.properties) < MAX_PROPERTIES:
            self.properties.setdefault(f"{prefix}:{local}", value.strip())
