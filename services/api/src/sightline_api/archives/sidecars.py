"""XMP sidecars: what the service knows of an image, for other programs to import.

The packet follows the XMP specification (ISO 16684-1), and the properties are those that digiKam,
darktable, Lightroom and Immich read.
"""

import xml.etree.ElementTree as ET

from sightline.domain.capture import GeoPosition
from sightline.domain.images import Image
from sightline.domain.rotation import rotate_orientation

_NAMESPACES = {
    "x": "adobe:ns:meta/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "exif": "http://ns.adobe.com/exif/1.0/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "tiff": "http://ns.adobe.com/tiff/1.0/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "xml": "http://www.w3.org/XML/1998/namespace",
}

#: Digits of the minutes of a position: 1e-6 minutes are 2 mm.
MINUTE_DIGITS = 6

for _prefix, _uri in _NAMESPACES.items():
    ET.register_namespace(_prefix, _uri)


def build_sidecar(image: Image) -> bytes:
    """Return the XMP sidecar of an image: texts, labels, rating, time, position, rotation."""
    packet = ET.Element(_name("x:xmpmeta"))
    rdf = ET.SubElement(packet, _name("rdf:RDF"))
    description = ET.SubElement(rdf, _name("rdf:Description"), {_name("rdf:about"): ""})
    details = image.details
    _add_text(description, "dc:title", details.title)
    _add_text(description, "dc:description", details.description)
    _add_bag(description, "dc:subject", [label.name for label in image.labels.values()])
    if details.rating:
        _add(description, "xmp:Rating", str(details.rating))
    if image.taken_at is not None:
        taken_at = image.taken_at.isoformat()
        _add(description, "exif:DateTimeOriginal", taken_at)
        _add(description, "photoshop:DateCreated", taken_at)
    if image.place is not None:
        _add_position(description, image.place)
    _add_orientation(description, image)
    ET.indent(packet)
    document: bytes = ET.tostring(packet, encoding="utf-8", xml_declaration=True)
    return document + b"\n"


def format_coordinate(degrees: float, positive: str, negative: str) -> str:
    """Return a coordinate as XMP writes it: degrees, minutes with decimals, and a direction."""
    scale = 60 * 10**MINUTE_DIGITS
    whole, rest = divmod(round(abs(degrees) * scale), scale)
    minutes = rest / 10**MINUTE_DIGITS
    return f"{whole},{minutes:.{MINUTE_DIGITS}f}{negative if degrees < 0 else positive}"


def _add_position(description: ET.Element, place: GeoPosition) -> None:
    _add(description, "exif:GPSLatitude", format_coordinate(place.latitude, "N", "S"))
    _add(description, "exif:GPSLongitude", format_coordinate(place.longitude, "E", "W"))
    if place.altitude is not None:
        _add(description, "exif:GPSAltitude", f"{round(abs(place.altitude) * 1000)}/1000")
        _add(description, "exif:GPSAltitudeRef", "1" if place.altitude < 0 else "0")


def _add_orientation(description: ET.Element, image: Image) -> None:
    """Add the orientation that replaces that of the file, if the owner rotated the image."""
    result, rotation = image.renditions.result, image.details.rotation
    if rotation and result is not None and result.orientation is not None:
        orientation = rotate_orientation(result.orientation, rotation)
        _add(description, "tiff:Orientation", str(orientation))


def _add(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, _name(name)).text = text


def _add_text(parent: ET.Element, name: str, text: str | None) -> None:
    """Add a text with its language, which is not known."""
    if text:
        alternatives = ET.SubElement(ET.SubElement(parent, _name(name)), _name("rdf:Alt"))
        item = ET.SubElement(alternatives, _name("rdf:li"), {_name("xml:lang"): "x-default"})
        item.text = text


def _add_bag(parent: ET.Element, name: str, texts: list[str]) -> None:
    if texts:
        bag = ET.SubElement(ET.SubElement(parent, _name(name)), _name("rdf:Bag"))
        for text in texts:
            _add(bag, "rdf:li", text)


def _name(qualified: str) -> str:
    prefix, _, local = qualified.partition(":")
    return f"{{{_NAMESPACES[prefix]}}}{local}"
