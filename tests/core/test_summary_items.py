"""Summaries as attributes of DynamoDB: what is written is read, and in few bytes."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from sightline.adapters.dynamo.items import image_item, read_summary
from sightline.adapters.dynamo.schema import SUMMARY_ATTRIBUTES
from sightline.domain.capture import Capture, GeoPosition
from sightline.domain.images import Details, Image
from sightline.domain.position_override import PositionOverride
from sightline.domain.renditions import Rendition
from sightline_testing.builders import make_image, make_recognition, make_rendition_set

#: Ten labels, as Rekognition finds in many photos.
LABELS = ("Dog", "Beach", "Sea", "Sand", "Person", "Sky", "Cloud", "Horizon", "Nature", "Outdoors")

LISBON = GeoPosition(38.7, -9.14, altitude=12.5, city="Lisbon", country="Portugal")

#: What a page of 100 reads at most of an index, in bytes. It reads one image more, to know whether
#: there are more.
PAGE_BYTES = 40 * 1024

TIMES = (
    datetime(2020, 2, 29, 12, 30, 5, tzinfo=UTC),
    datetime(2020, 2, 29, 12, 30, 5),  # noqa: DTZ001 - most cameras record no offset
    datetime(2020, 2, 29, 12, 30, 5, 123_456, timezone(timedelta(hours=5, minutes=30))),
    datetime.min,  # noqa: DTZ901
    datetime.max.replace(tzinfo=timezone(timedelta(hours=-14))),
)


def make_ready_image(details: Details, capture: Capture, *labels: str) -> Image:
    image = make_image(details=details)
    sizes = {"thumb": (256, 192), "preview": (1024, 768), "large": (2048, 1536)}
    renditions = tuple(
        Rendition(
            name=name,
            key=f"renditions/{image.owner}/{image.image_id}/{name}.webp",
            media_type="image/webp",
            width=width,
            height=height,
            bytes=123_456,
        )
        for name, (width, height) in sizes.items()
    )
    result = make_rendition_set().model_copy(
        update={
            "renditions": renditions,
            "capture": capture,
            "placeholder": "1QcSHQRnh493V4dIh4eXh1h4kJUI",
        }
    )
    image = image.with_part("renditions", image.renditions.begin("etag").succeed(result))
    recognition = image.recognition.begin("etag").succeed(make_recognition(*labels))
    return image.with_part("recognition", recognition)


def count_bytes(item: dict[str, Any], *names: str) -> int:
    """Return the size of these attributes, which are strings, binary values and a small number."""
    return sum(
        len(name) + len(value) for name in names if name in item for value in item[name].values()
    )


@pytest.mark.parametrize("at", TIMES, ids=str)
def test_the_summary_of_a_row_is_read_as_it_is(at: datetime) -> None:
    details = Details(
        title="Évora",
        added=("Mine",),
        hidden=("Dog",),
        taken_at=at,
        position=PositionOverride(latitude=1.5, longitude=-2.25),
        trashed_at=datetime(2026, 11, 27, 15, 0, 0, 1, tzinfo=UTC),
        favorite=True,
        rating=4,
    )
    capture = Capture(taken_at=at, place=LISBON, motion=True, projection="cylindrical")
    image = make_ready_image(details, capture, "Cat", "Dog")
    summary = read_summary(image_item(image))
    assert summary == image.summary
    assert summary.details.taken_at is not None
    assert summary.details.taken_at.utcoffset() == at.utcoffset()


@pytest.mark.parametrize(
    "image",
    [
        make_image(),
        make_image(media_type="application/pdf", details=Details()),
        make_image(details=Details(position=PositionOverride())),
        make_image().with_part("recognition", make_image().recognition.begin("etag")),
    ],
    ids=["new", "another type", "no position", "processing"],
)
def test_the_summary_of_an_image_without_results_is_read_as_it_is(image: Image) -> None:
    assert read_summary(image_item(image)) == image.summary


def test_a_rendition_with_another_key_keeps_it() -> None:
    image = make_ready_image(Details(), Capture(), "Dog")
    result = image.renditions.result
    assert result is not None
    moved = tuple(
        each.model_copy(update={"key": f"elsewhere/{each.name}"}) for each in result.renditions
    )
    changed = result.model_copy(update={"renditions": moved})
    image = image.with_part("renditions", image.renditions.model_copy(update={"result": changed}))
    assert read_summary(image_item(image)) == image.summary


def test_a_page_of_an_index_is_small() -> None:
    taken_at = datetime(2026, 6, 21, 21, 14, 8)  # noqa: DTZ001
    image = make_ready_image(Details(title="IMG_000042.jpg"), Capture(taken_at=taken_at), *LABELS)
    item = image_item(image)
    for key in ("timeline", "image_id"):
        assert 101 * count_bytes(item, "pk", "sk", key, *SUMMARY_ATTRIBUTES) <= PAGE_BYTES
