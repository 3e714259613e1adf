"""XMP sidecars, as Immich, exiftool, digiKam and the archives of Sightline write them.

Values are elements or attributes, which XMP allows for the same property (ISO 16684-1).
"""

import re
import xml.etree.ElementTree as ET
from datetime import datetime

from sightline_cli.importing.library import Metadata, parse_rating

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_NAMESPACES = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "digiKam": "http://www.digikam.org/ns/1.0/",
    "exif": "http://ns.adobe.com/exif/1.0/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "tiff": "http://ns.adobe.com/tiff/1.0/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
}

#: The properties of the time of capture, in the order of preference.
TIMES = ("exif:DateTimeOriginal", "photoshop:DateCreated", "xmp:CreateDate")

#: Degrees, minutes with decimals or minutes and seconds, and a direction.
_COORDINATE = re.compile(r"(\d{1,3}),(\d{1,2}(?:\.\d+)?)(?:,(\d{1,2}(?:\.\d+)?))?([NSEW])")


def parse_xmp(text: str) -> Metadata | None:
    """Return the metadata of a sidecar; None if it is no XMP."""
    # An entity could expand to any size, and no sidecar declares one.
    if "<!DOCTYPE" in text:
        return None
    try:
        root = ET.fromstring(text)  # noqa: S314 - without a document type
    except ET.ParseError:
        return None
    properties = _read_properties(root)

    def first(*names: str) -> str | None:
        return next((properties[name][0] for name in names if properties.get(name)), None)

    latitude = _parse_coordinate(first("exif:GPSLatitude"))
    longitude = _parse_coordinate(first("exif:GPSLongitude"))
    return Metadata(
        title=first("dc:title"),
        description=first("dc:description", "tiff:ImageDescription"),
        taken_at=parse_time(first(*TIMES)),
        position=None if latitude is None or longitude is None else (latitude, longitude),
        rating=parse_rating(first("xmp:Rating")),
        labels=tuple(tag.rpartition("/")[2] for tag in properties.get("digiKam:TagsList", ())),
    )


def parse_time(text: str | None) -> datetime | None:
    """Return a time, with an offset from UTC if the text has one."""
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        return None


def _read_properties(root: ET.Element) -> dict[str, list[str]]:
    """Return the texts of each known property."""
    prefixes = {uri: prefix for prefix, uri in _NAMESPACES.items()}
    found: dict[str, list[str]] = {}
    for description in root.iter(f"{{{_RDF}}}Description"):
        values = [(name, [value]) for name, value in description.attrib.items()]
        values += [(each.tag, _read_texts(each)) for each in description]
        for name, texts in values:
            uri, _, local = name.removeprefix("{").partition("}")
            stripped = [text.strip() for text in texts if text.strip()]
            if uri in prefixes and stripped:
                found.setdefault(f"{prefixes[uri]}:{local}", stripped)
    return found


def _read_texts(element: ET.Element) -> list[str]:
    """Return the text of a property, or those of the items of a list."""
    items = [item.text or "" for item in element.iter(f"{{{_RDF}}}li")]
    return items or [element.text or ""]


def _parse_coordinate(text: str | None) -> float | None:
    match = _COORDINATE.fullmatch(text or "")
    if match is None:
        return None
    degrees, minutes, seconds, direction = match.groups()
    value = float(degrees) + float(minutes) / 60 + float(seconds or 0) / 3600
    return -value if direction in "SW" else value
