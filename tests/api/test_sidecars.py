"""XMP sidecars, as exiftool reads them."""

import json
import shutil
import subprocess
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from sightline.domain.capture import Capture, GeoPosition
from sightline.domain.images import Details, Image
from sightline.domain.position_override import PositionOverride
from sightline_api.archives.sidecars import build_sidecar, format_coordinate
from sightline_testing.builders import ETAG, make_image, make_rendition_set

needs_exiftool = pytest.mark.skipif(not shutil.which("exiftool"), reason="exiftool is missing")


def make_captured(capture: Capture, **details: Any) -> Image:
    image = make_image(details=Details(**details))
    result = make_rendition_set().model_copy(update={"capture": capture})
    return image.with_part("renditions", image.renditions.begin(ETAG).succeed(result))


def read_sidecar(image: Image, folder: Path) -> dict[str, Any]:
    path = folder / "image.xmp"
    path.write_bytes(build_sidecar(image))
    options = ["-json", "-n", "-struct", "-all", "-validate"]
    out = subprocess.run(["exiftool", *options, path], check=True, capture_output=True).stdout
    tags: dict[str, Any] = json.loads(out)[0]
    assert tags["Validate"] in {"OK", "0 0 0"}, tags
    return tags


@needs_exiftool
def test_exiftool_reads_every_property(tmp_path: Path) -> None:
    place = GeoPosition(latitude=-38.722312, longitude=9.139336, altitude=-12.5)
    image = make_captured(
        Capture(taken_at=datetime.fromisoformat("2021-07-03T14:05:10"), place=place),
        title="Meer & <mehr>",
        description="Zwei\nZeilen, 日本",
        added=("Beach", "Größe"),
        rating=4,
    )
    tags = read_sidecar(image, tmp_path)
    assert tags["Title"] == "Meer & <mehr>"
    assert tags["Description"] == "Zwei\nZeilen, 日本"
    assert tags["Subject"] == ["Beach", "Größe"]
    assert tags["DateTimeOriginal"] == "2021:07:03 14:05:10"
    assert tags["GPSLatitude"] == pytest.approx(-38.722312, abs=1e-7)
    assert tags["GPSLongitude"] == pytest.approx(9.139336, abs=1e-7)
    assert tags["GPSAltitude"] == -12.5
    assert tags["Rating"] == 4


@needs_exiftool
def test_the_time_that_the_owner_corrected_has_its_offset(tmp_path: Path) -> None:
    corrected = datetime.fromisoformat("2020-01-02T03:04:05+05:30")
    image = make_captured(
        Capture(taken_at=datetime.fromisoformat("2021-07-03")), taken_at=corrected
    )
    assert read_sidecar(image, tmp_path)["DateTimeOriginal"] == "2020:01:02 03:04:05+05:30"


@needs_exiftool
def test_the_position_and_the_rotation_of_the_owner_replace_those_of_the_file(
    tmp_path: Path,
) -> None:
    recorded = Capture(place=GeoPosition(latitude=48.2, longitude=16.37, altitude=170))
    position = PositionOverride(latitude=38.7109, longitude=-9.1366)
    tags = read_sidecar(make_captured(recorded, position=position), tmp_path)
    assert tags["GPSLatitude"] == pytest.approx(38.7109, abs=1e-7)
    assert tags["GPSLongitude"] == pytest.approx(-9.1366, abs=1e-7)
    assert not {"GPSAltitude", "Orientation"} & set(tags)
    hidden = read_sidecar(make_captured(recorded, position=PositionOverride()), tmp_path)
    assert "GPSLatitude" not in hidden

    # A file that a viewer rotates by 90 degrees clockwise, as phones write them.
    image = make_captured(recorded, rotation=180)
    assert image.renditions.result is not None
    result = image.renditions.result.model_copy(update={"orientation": 6, "rotation": 180})
    part = image.renditions.begin(ETAG).succeed(result)
    assert read_sidecar(image.with_part("renditions", part), tmp_path)["Orientation"] == 8


@needs_exiftool
def test_an_image_without_metadata_has_an_empty_sidecar(tmp_path: Path) -> None:
    tags = read_sidecar(make_image(details=Details()), tmp_path)
    assert not {"Title", "Subject", "DateTimeOriginal", "GPSLatitude", "Rating"} & set(tags)


@pytest.mark.parametrize(
    ("degrees", "expected"),
    [
        (0.0, "0,0.000000N"),
        (38.7223, "38,43.338000N"),
        (-38.7223, "38,43.338000S"),
        (9.99999999999, "10,0.000000N"),
        (-0.5, "0,30.000000S"),
    ],
)
def test_coordinates_have_decimal_minutes(degrees: float, expected: str) -> None:
    assert format_coordinate(degrees, "N", "S") == expected
