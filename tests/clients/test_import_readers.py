"""The exports of other services that the command line reads, as folders and as ZIP files."""

import base64
import hashlib
import json
import shutil
import subprocess
import zipfile
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sightline_cli.importing.immich import read_immich
from sightline_cli.importing.library import Library, Metadata, parse_rating
from sightline_cli.importing.takeout import parse_album, parse_sidecar, read_takeout
from sightline_cli.importing.tree import read_tree
from sightline_cli.importing.xmp import parse_xmp
from sightline_client import AlbumSort
from sightline_local.sample_image import draw_sample

TAKEN_AT = datetime(2021, 7, 3, 12, 5, 10, tzinfo=UTC)

IMAGE = draw_sample(size=(64, 48))

#: The root of an export, and the folder of a year in it.
ROOT = "Takeout/Google Photos"
YEAR = f"{ROOT}/Photos from 2021"

Files = dict[str, bytes | dict[str, Any] | list[Any] | str]


def sidecar(title: str, **changes: Any) -> dict[str, Any]:
    """Return the JSON file of an image, as Google Photos writes it."""
    geo = {"latitude": 0.0, "longitude": 0.0, "altitude": 0.0}
    return {
        "title": title,
        "description": "",
        "imageViews": "3",
        "creationTime": {"timestamp": "1625400000", "formatted": "4 July 2021, 12:00:00 UTC"},
        "photoTakenTime": {"timestamp": str(int(TAKEN_AT.timestamp())), "formatted": "-"},
        "geoData": geo,
        "geoDataExif": geo,
        "url": "https://photos.google.com/photo/x",
        **changes,
    }


def album(title: str, description: str = "") -> dict[str, Any]:
    date = {"timestamp": "1625400000", "formatted": "4 July 2021, 12:00:00 UTC"}
    return {"title": title, "description": description, "access": "protected", "date": date}


def encode(content: bytes | dict[str, Any] | list[Any] | str) -> bytes:
    if isinstance(content, bytes):
        return content
    return (content if isinstance(content, str) else json.dumps(content)).encode()


def write_folder(folder: Path, files: Files) -> list[Path]:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(encode(content))
    return [folder]


def write_zips(folder: Path, files: Files) -> list[Path]:
    """Write the files alternately into two ZIP files, as a large export has several."""
    paths = [folder / "takeout-001.zip", folder / "takeout-002.zip"]
    for start, path in enumerate(paths):
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in list(files.items())[start::2]:
                archive.writestr(name, encode(content))
    return paths


def write_folder_of_zips(folder: Path, files: Files) -> list[Path]:
    write_zips(folder, files)
    return [folder]


def by_name(library: Library) -> dict[str, Metadata]:
    return {file.path.name: metadata for file, metadata in library.images}


def read(reader: Any, paths: Sequence[Path]) -> Library:
    with ExitStack() as stack:
        library: Library = reader(read_tree(paths, stack))
        for file, _ in library.images:
            with file.open() as opened:
                assert len(opened.read()) == file.size
        return library


@pytest.mark.parametrize("write", [write_folder, write_zips, write_folder_of_zips])
def test_takeout_has_images_with_metadata_and_albums(write: Any, tmp_path: Path) -> None:
    geo = {"latitude": 38.7, "longitude": -9.1, "altitude": 2.0}
    files: Files = {
        f"{YEAR}/IMG_1.jpg": IMAGE,
        f"{ROOT}/archive_browser.html": "<html></html>",
        f"{YEAR}/IMG_1.jpg.supplemental-metadata.json": sidecar(
            "IMG_1.jpg", description="Meer, Ü", geoDataExif=geo, favorited=True
        ),
        f"{YEAR}/IMG_1-edited.jpg": IMAGE + b"edited",
        f"{YEAR}/IMG_2.jpg": IMAGE + b"2",
        f"{YEAR}/IMG_2.jpg.json": sidecar("IMG_2.jpg", trashed=True),
        f"{YEAR}/IMG_3.HEIC": IMAGE + b"3",
        f"{YEAR}/IMG_3.MP4": b"....ftypmp42",
        f"{YEAR}/IMG_3.HEIC.json": sidecar("IMG_3.HEIC", archived=True),
        f"{YEAR}/IMG_4.jpg": IMAGE + b"4",
        f"{YEAR}/IMG_5.jpg": b"no image",
        f"{YEAR}/metadata.json": album("Photos from 2021"),
        f"{ROOT}/Été/IMG_1.jpg": IMAGE,
        f"{ROOT}/Été/IMG_1.jpg.json": sidecar("IMG_1.jpg"),
        f"{ROOT}/Été/métadonnées.json": album("Été à la mer", " Two weeks "),
    }
    library = read(read_takeout, write(tmp_path, files))
    images = {str(file.path.relative_to(ROOT)): each for file, each in library.images}
    assert set(images) == {
        "Photos from 2021/IMG_1.jpg",
        "Photos from 2021/IMG_1-edited.jpg",
        "Photos from 2021/IMG_3.HEIC",
        "Photos from 2021/IMG_4.jpg",
        "Été/IMG_1.jpg",
    }
    first = images["Photos from 2021/IMG_1.jpg"]
    assert first == Metadata(
        title="IMG_1.jpg",
        description="Meer, Ü",
        taken_at=TAKEN_AT,
        is_instant=True,
        position=(38.7, -9.1),
        is_favorite=True,
    )
    edited = images["Photos from 2021/IMG_1-edited.jpg"]
    assert (edited.title, edited.description) == (None, "Meer, Ü")
    assert edited.is_favorite
    assert images["Photos from 2021/IMG_3.HEIC"].is_archived
    assert images["Été/IMG_1.jpg"].albums == ("Été à la mer",)
    assert library.album_descriptions == {"Été à la mer": "Two weeks"}
    assert images["Photos from 2021/IMG_4.jpg"] == Metadata()
    assert {path.name: reason.split(",")[0] for path, reason in library.rejected.items()} == {
        "IMG_2.jpg": "in the trash of the service",
        "IMG_3.MP4": "a video",
        "IMG_5.jpg": "not a supported image",
    }
    assert +library.left_out == {
        "metadata, because there is no JSON file": 1,
    }


@pytest.mark.parametrize(
    ("timestamp", "expected"),
    [
        ("1625313910", TAKEN_AT),
        ("-86400", datetime(1969, 12, 31, tzinfo=UTC)),
        ("0", None),
        ("", None),
        ("99999999999999999", None),
        (None, None),
    ],
)
def test_takeout_has_times_in_unix_seconds(timestamp: Any, expected: datetime | None) -> None:
    document = sidecar("a", photoTakenTime={"timestamp": timestamp})
    assert parse_sidecar(document).taken_at == expected


def test_the_position_that_was_edited_precedes_that_of_the_file() -> None:
    edited, recorded = {"latitude": 1, "longitude": 2}, {"latitude": 3, "longitude": 4}
    assert parse_sidecar(sidecar("a", geoData=edited, geoDataExif=recorded)).position == (1, 2)
    invalid = {"latitude": 91, "longitude": 2}
    assert parse_sidecar(sidecar("a", geoData=invalid, geoDataExif=recorded)).position == (3, 4)
    assert parse_sidecar(sidecar("a", geoData="?", geoDataExif=None)).position is None


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (album("Lisbon 2019"), "Lisbon 2019"),
        ({"albumData": album("Old format")}, "Old format"),
        (album("Photos from 2019"), None),
        (album("Fotos von 2019"), None),
        (album("Photos de 2019"), None),
        (album(" "), None),
        ({"title": "no album"}, None),
    ],
)
def test_an_album_is_recognized_by_its_content(
    document: dict[str, Any], expected: str | None
) -> None:
    assert parse_album(document) == expected


def test_names_are_compared_in_one_form(tmp_path: Path) -> None:
    """Some systems decompose accented letters in file names."""
    files: Files = {
        f"{YEAR}/E\u0301te\u0301.jpg": IMAGE,
        f"{YEAR}/\u00c9t\u00e9.jpg.json": sidecar("Été.jpg"),
    }
    (metadata,) = by_name(read(read_takeout, write_folder(tmp_path, files))).values()
    assert metadata.title == "Été.jpg"


def asset(name: str, **changes: Any) -> dict[str, Any]:
    """Return an asset, as the API of Immich describes it."""
    return {
        "id": "5a3c",
        "originalFileName": name,
        "fileCreatedAt": "2021-07-03T12:05:10.000Z",
        "localDateTime": "2021-07-03T14:05:10.000Z",
        "isFavorite": False,
        "isArchived": False,
        "isTrashed": False,
        "exifInfo": {
            "dateTimeOriginal": "2021-07-03T12:05:10+00:00",
            "description": "Meer",
            "latitude": 38.7,
            "longitude": -9.1,
        },
        "tags": [{"name": "Dog", "value": "Animals/Dog"}],
        **changes,
    }


@pytest.mark.parametrize("write", [write_folder, write_zips])
def test_immich_has_archives_of_immich_go(write: Any, tmp_path: Path) -> None:
    files: Files = {
        "2021/2021-07/IMG_1.jpg": IMAGE,
        "2021/2021-07/IMG_1.jpg.JSON": {
            "software": "immich-go dev",
            "fileName": "Sea.jpg",
            "latitude": 38.7,
            "longitude": -9.1,
            "dateTaken": "2021-07-03T14:05:10+02:00",
            "description": "Meer",
            "albums": [{"title": "Summer", "description": "Two weeks"}, {"title": "Best"}],
            "tags": [{"value": "Animals/Dog"}],
            "favorited": True,
            "archived": True,
            "rating": 4,
        },
        "2021/2021-07/IMG_2.jpg": IMAGE + b"2",
        "2021/2021-07/IMG_2.jpg.JSON": {"fileName": "IMG_2.jpg", "dateTaken": "", "trashed": True},
    }
    library = read(read_immich, write(tmp_path, files))
    assert by_name(library)["IMG_1.jpg"] == Metadata(
        title="Sea.jpg",
        description="Meer",
        taken_at=datetime.fromisoformat("2021-07-03T14:05:10+02:00"),
        position=(38.7, -9.1),
        labels=("Dog",),
        is_favorite=True,
        is_archived=True,
        rating=4,
        albums=("Summer", "Best"),
    )
    assert library.album_descriptions == {"Summer": "Two weeks"}
    assert [path.name for path in library.rejected] == ["IMG_2.jpg"]


def test_immich_has_assets_and_albums_of_its_api(tmp_path: Path) -> None:
    other = IMAGE + b"other"
    checksum = base64.b64encode(hashlib.sha1(other, usedforsecurity=False).digest()).decode()
    files: Files = {
        "a/IMG_1.jpg": IMAGE,
        "a/IMG_1.jpg.json": asset("IMG_1.jpg"),
        "b/IMG_1.jpg": other,
        "b/IMG_3.jpg": IMAGE + b"3",
        "b/list.json": {
            "assets": {
                "items": [
                    asset(
                        "IMG_3.jpg",
                        isFavorite=True,
                        visibility="archive",
                        exifInfo={"rating": 5},
                    )
                ]
            }
        },
        "albums/1.json": {
            "albumName": "Summer",
            "description": "Two weeks",
            "order": "asc",
            "assets": [asset("IMG_1.jpg", checksum=checksum), asset("img_3.jpg")],
        },
        "albums/2.json": [
            {"albumName": "Best", "order": "desc", "assets": []},
            {"albumName": "Other", "order": "random", "assets": []},
        ],
        "b/IMG_3.mov": b"....ftypqt  ",
    }
    library = read(read_immich, write_folder(tmp_path, files))
    images = {str(file.path): metadata for file, metadata in library.images}
    first = images["a/IMG_1.jpg"]
    assert first.taken_at == datetime.fromisoformat("2021-07-03T14:05:10+02:00")
    assert first.taken_at.utcoffset() == timedelta(hours=2)
    assert (first.description, first.labels, first.albums) == ("Meer", ("Dog",), ())
    assert images["b/IMG_1.jpg"].albums == ("Summer",)
    assert images["b/IMG_3.jpg"].albums == ("Summer",)
    third = images["b/IMG_3.jpg"]
    assert (third.is_favorite, third.is_archived, third.rating) == (True, True, 5)
    assert (first.is_favorite, first.is_archived, first.rating) == (False, False, 0)
    assert library.album_descriptions == {"Summer": "Two weeks"}
    assert library.album_orders == {
        "Summer": AlbumSort.ALBUM_TAKEN_OLDEST,
        "Best": AlbumSort.ALBUM_TAKEN_NEWEST,
    }
    assert [path.name for path in library.rejected] == ["IMG_3.mov"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (5, 5),
        ("3", 3),
        ("4.0", 4),
        (0, 0),
        (-1, 0),
        (6, 0),
        (None, 0),
        ("?", 0),
        ("nan", 0),
        ([], 0),
    ],
)
def test_a_rating_is_1_to_5_stars(value: object, expected: int) -> None:
    """XMP has fractions, and -1 for a rejected image."""
    assert parse_rating(value) == expected


def test_a_sidecar_has_a_rating() -> None:
    namespace = 'xmlns:xmp="http://ns.adobe.com/xap/1.0/"'
    for sidecar in (
        make_xmp("<xmp:Rating>4</xmp:Rating>", namespace),
        make_xmp("", f'{namespace} xmp:Rating="4"'),
    ):
        assert parse_xmp(sidecar) == Metadata(rating=4)


def make_xmp(body: str, attributes: str = "") -> str:
    return f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="Image::ExifTool 12.57">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
 <rdf:Description rdf:about="" xmlns:exif="http://ns.adobe.com/exif/1.0/"
  xmlns:dc="http://purl.org/dc/elements/1.1/" {attributes}>{body}</rdf:Description>
</rdf:RDF></x:xmpmeta>"""


def test_a_sidecar_may_have_elements_or_attributes() -> None:
    elements = make_xmp(
        "<exif:DateTimeOriginal>2021-07-03T14:05:10+02:00</exif:DateTimeOriginal>"
        "<exif:GPSLatitude>38,42.0N</exif:GPSLatitude>"
        "<exif:GPSLongitude>9,6,0W</exif:GPSLongitude>"
        '<dc:description><rdf:Alt><rdf:li xml:lang="x-default">Meer</rdf:li></rdf:Alt>'
        "</dc:description>"
    )
    attributes = make_xmp(
        "<dc:description>Meer</dc:description>",
        'exif:DateTimeOriginal="2021-07-03T14:05:10+02:00" exif:GPSLatitude="38,42.0N" '
        'exif:GPSLongitude="9,6.0W"',
    )
    expected = Metadata(
        description="Meer",
        taken_at=datetime.fromisoformat("2021-07-03T14:05:10+02:00"),
        position=(38.7, -9.1),
    )
    assert parse_xmp(elements) == parse_xmp(attributes) == expected


@pytest.mark.parametrize(
    "text",
    ["", "no xml", "<a", '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'],
)
def test_a_file_that_is_no_sidecar_is_ignored(text: str) -> None:
    assert parse_xmp(text) is None


def test_an_invalid_property_is_ignored() -> None:
    text = make_xmp("", 'exif:DateTimeOriginal="soon" exif:GPSLatitude="north"')
    assert parse_xmp(text) == Metadata()


@pytest.mark.skipif(not shutil.which("exiftool"), reason="exiftool is missing")
@pytest.mark.parametrize("name", ["IMG_1.jpg.xmp", "IMG_1.xmp", "IMG_1.jpg.XMP"])
def test_sidecars_of_exiftool_are_read(name: str, tmp_path: Path) -> None:
    """Immich writes its sidecars with exiftool."""
    tags = [
        "-Description=Meer & mehr",
        "-XMP-exif:DateTimeOriginal=2021:07:03 14:05:10+02:00",
        "-XMP-exif:GPSLatitude=-38.7",
        "-XMP-exif:GPSLongitude=9.1",
        "-XMP-digiKam:TagsList=Animals/Dog",
        "-XMP-digiKam:TagsList=Beach",
        "-XMP-dc:Title=Sea",
    ]
    written = tmp_path / "new.xmp"
    subprocess.run(["exiftool", "-q", *tags, written], check=True)
    written.replace(tmp_path / name)
    (tmp_path / "IMG_1.jpg").write_bytes(IMAGE)
    (metadata,) = by_name(read(read_immich, [tmp_path])).values()
    assert metadata.position == pytest.approx((-38.7, 9.1))
    assert (metadata.title, metadata.description) == ("Sea", "Meer & mehr")
    assert metadata.taken_at == datetime.fromisoformat("2021-07-03T14:05:10+02:00")
    assert metadata.labels == ("Dog", "Beach")


def test_hidden_files_are_ignored(tmp_path: Path) -> None:
    files: Files = {".trashed-1.jpg": IMAGE, ".cache/IMG_1.jpg": IMAGE, "IMG_1.jpg": IMAGE}
    library = read(read_immich, write_folder(tmp_path, files))
    assert [str(file.path) for file, _ in library.images] == ["IMG_1.jpg"]
