"""XMP in every format that contains it, damaged packets and hostile ones."""

import io
import struct
from typing import Any

import pytest
from PIL import Image, PngImagePlugin

from sightline.domain.capture import GeoPosition
from sightline_resizer.capture import read_capture
from sightline_resizer.xmp import MAX_PACKET_BYTES, NAMESPACES, parse_packet, read_xmp

PREFIXES = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items())
RDF = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'

ATTRIBUTES = 'exif:GPSLatitude="52,30.5N" exif:GPSLongitude="13,24.5E" xmp:CreateDate="2012-03-04"'
PLACE = GeoPosition(latitude=52.5083333, longitude=13.4083333)


def make_packet(attributes: str = "", content: str = "", before: str = "") -> bytes:
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        f'{before}<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF {RDF}>'
        f'<rdf:Description rdf:about="" {PREFIXES} {attributes}>{content}</rdf:Description>'
        '</rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    ).encode()


def encode(kind: str, packet: bytes, **options: Any) -> bytes:
    file = io.BytesIO()
    image = Image.new("RGB", (64, 64), "red")
    if kind == "PNG":
        info = PngImagePlugin.PngInfo()
        info.add_itxt("XML:com.adobe.xmp", packet.decode(), zip=options.pop("compressed", False))
        image.save(file, "PNG", pnginfo=info)
    elif kind == "TIFF":
        image.save(file, "TIFF", tiffinfo={700: packet})
    else:
        image.save(file, kind, xmp=packet)
    return file.getvalue()


def open_loaded(body: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(body))
    image.load()
    return image


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF", "HEIF"])
def test_the_xmp_of_every_format_is_read(kind: str) -> None:
    from pillow_heif import register_heif_opener

    register_heif_opener()
    capture = read_capture(open_loaded(encode(kind, make_packet(ATTRIBUTES))))
    assert capture.place == PLACE
    assert capture.taken_at is not None


def test_compressed_xmp_of_a_png_is_read() -> None:
    image = open_loaded(encode("PNG", make_packet(ATTRIBUTES), compressed=True))
    assert read_capture(image).place == PLACE


def test_properties_may_be_elements_and_arrays() -> None:
    properties = parse_packet(
        make_packet(
            'tiff:Make="Maker"',
            "<exif:GPSLatitude> 52,30.5N </exif:GPSLatitude>"
            "<exif:ISOSpeedRatings><rdf:Seq><rdf:li>200</rdf:li><rdf:li>400</rdf:li></rdf:Seq>"
            "</exif:ISOSpeedRatings>",
        )
    )
    assert properties == {
        "tiff:Make": "Maker",
        "exif:GPSLatitude": "52,30.5N",
        "exif:ISOSpeedRatings": "200",
    }


def test_properties_of_nested_structures_are_not_those_of_the_image() -> None:
    nested = f'<rdf:Description {PREFIXES} xmp:CreateDate="1999-01-01"/>'
    packet = make_packet(content=f"<xmp:Thumbnails>{nested}</xmp:Thumbnails>")
    assert parse_packet(packet) == {}


def test_several_descriptions_are_joined() -> None:
    second = f'<rdf:Description {PREFIXES} tiff:Model="X"/>'.encode()
    packet = make_packet('tiff:Make="M"').replace(b"</rdf:RDF>", second + b"</rdf:RDF>")
    assert parse_packet(packet) == {"tiff:Make": "M", "tiff:Model": "X"}


def test_other_prefixes_and_encodings_are_read() -> None:
    packet = make_packet(ATTRIBUTES).replace(b"exif:", b"e:").replace(b":exif=", b":e=")
    assert parse_packet(packet)["exif:GPSLatitude"] == "52,30.5N"
    utf16 = packet.decode().removeprefix("").encode("utf-16")
    assert parse_packet(utf16)["exif:GPSLatitude"] == "52,30.5N"


def test_the_camera_and_the_exposure_of_xmp_are_read() -> None:
    packet = make_packet(
        'tiff:Make="Canon" tiff:Model="Canon EOS 40D" aux:Lens="50mm" exif:ExposureTime="1/250" '
        'exif:FNumber="28/10" exif:FocalLength="50/1" exifEX:PhotographicSensitivity="400"'
    )
    capture = read_capture(open_loaded(encode("PNG", packet)))
    assert (capture.camera, capture.lens, capture.iso) == ("Canon EOS 40D", "50mm", 400)
    assert (capture.exposure, capture.f_number, capture.focal_length) == (0.004, 2.8, 50)


BOMB = (
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 9)).replace("&a0;", "&a;")
    + "]>"
)


@pytest.mark.parametrize(
    "packet",
    [
        make_packet(content="<xmp:CreateDate>&a8;</xmp:CreateDate>", before=BOMB),
        make_packet(
            content="<xmp:CreateDate>&f;</xmp:CreateDate>",
            before='<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>',
        ),
        make_packet(content="<xmp:CreateDate>&undefined;</xmp:CreateDate>"),
        b"",
        b"\0" * 100,
        b"\xff\xfe\xfd" * 10,
        b"<" * 100_000,
        b"<a>" * 100_000,
        make_packet(ATTRIBUTES) + b" " * MAX_PACKET_BYTES,
        make_packet(f'xmp:CreateDate="{"1" * 100_000}"'),
    ],
    ids=range(10),
)
def test_a_hostile_packet_has_no_time(packet: bytes) -> None:
    assert "xmp:CreateDate" not in parse_packet(packet)


def test_a_truncated_packet_keeps_what_comes_before() -> None:
    packet = make_packet(ATTRIBUTES)
    assert parse_packet(packet[: packet.index(b"</rdf:RDF")])["exif:GPSLatitude"] == "52,30.5N"


GUID = b"0123456789ABCDEF0123456789ABCDEF"


def extend(body: bytes, extension: bytes, guid: bytes = GUID, declared: int | None = None) -> bytes:
    """Insert an extension of the XMP into a JPEG, in two segments in reverse order."""
    half = len(extension) // 2
    segments = b""
    for offset, part in ((half, extension[half:]), (0, extension[:half])):
        fields = struct.pack(">32sII", guid, declared or len(extension), offset)
        content = b"http://ns.adobe.com/xmp/extension/\0" + fields + part
        segments += b"\xff\xe1" + struct.pack(">H", len(content) + 2) + content
    return body[:2] + segments + body[2:]


@pytest.mark.parametrize(
    ("guid", "declared", "found"),
    [(GUID, None, True), (b"F" * 32, None, False), (GUID, 2**32 - 1, False)],
)
def test_the_extended_xmp_of_a_jpeg_is_read(guid: bytes, declared: int | None, found: bool) -> None:
    main = make_packet(f'tiff:Make="M" xmpNote:HasExtendedXMP="{GUID.decode()}"')
    body = extend(encode("JPEG", main), make_packet(ATTRIBUTES), guid, declared)
    properties = read_xmp(open_loaded(body))
    assert properties["tiff:Make"] == "M"
    assert ("exif:GPSLatitude" in properties) is found


def test_an_extension_that_the_xmp_does_not_name_is_ignored() -> None:
    body = extend(encode("JPEG", make_packet('tiff:Make="M"')), make_packet(ATTRIBUTES))
    assert read_xmp(open_loaded(body)) == {"tiff:Make": "M"}


@pytest.mark.parametrize(
    ("attributes", "motion"),
    [
        ('GCamera:MotionPhoto="1"', True),
        ('GCamera:MicroVideo="1"', True),
        ('GCamera:MotionPhoto="0"', False),
        ('GCamera:MotionPhoto="0" GCamera:MicroVideo="0"', False),
        ("", False),
    ],
)
@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_a_motion_photo_is_recognized(kind: str, attributes: str, motion: bool) -> None:
    assert read_capture(open_loaded(encode(kind, make_packet(attributes)))).motion is motion


@pytest.mark.parametrize(
    ("attributes", "projection"),
    [
        (
            'GPano:ProjectionType="equirectangular"',
            "equirectangular",
        ),
        ('GPano:ProjectionType="Cylindrical"', "cylindrical"),
        ('GPano:ProjectionType="cubist"', None),
        ('GPano:FullPanoWidthPixels="4096"', None),
    ],
)
def test_a_panorama_has_a_projection(attributes: str, projection: str | None) -> None:
    image = open_loaded(encode("JPEG", make_packet(attributes)))
    assert read_capture(image).projection == projection
