"""Generated images of several months, for the demo without a running stack and for tests."""

import random
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sightline.adapters.dynamo.items import image_item
from sightline.domain.capture import Capture, GeoPosition
from sightline.domain.failures import Failure
from sightline.domain.ids import first_image_id
from sightline.domain.images import Attempt, Details, Image, Part
from sightline.domain.recognition import (
    BoundingBox,
    DetectedLabel,
    DetectedText,
    Feature,
    Recognition,
    RecognitionProfile,
)
from sightline.domain.renditions import RenditionSet
from sightline.domain.states import State
from sightline.ports.usage_table import MonthlyUsage
from sightline_ops.analytics.table_export import Item, usage_item

#: Labels by how often they occur; each becomes more or less frequent over the months.
LABELS = ("Person", "Tree", "Car", "Dog", "Beach", "Mountain", "Food", "Building", "Flower", "Cat")

#: Media types with their share of the uploads, and their usual size in megabytes.
FORMATS = (
    ("image/jpeg", 0.62, 3.2),
    ("image/heic", 0.2, 1.9),
    ("image/png", 0.12, 4.5),
    ("image/webp", 0.06, 0.7),
)

FAILURES = ("unsupported_format", "broken_image", "too_many_pixels", "retries_exhausted")


class SampleLibrary:
    """Generates the same images for the same seed.

    Titles, recognized text and positions are as unique as those of real owners, so that tests can
    search for them.
    """

    def __init__(self, seed: int, owners: int) -> None:
        self._random = random.Random(seed)  # noqa: S311
        self.owners = [str(UUID(int=self._random.getrandbits(128))) for _ in range(owners)]
        self._contents: dict[str, list[tuple[str, str]]] = {owner: [] for owner in self.owners}

    def make_images(self, first: datetime, days: int, per_day: float) -> list[Image]:
        """Return images in order of their time; their number per day grows to the double."""
        images: list[Image] = []
        for day in range(days):
            number = int(per_day * (1 + day / days) * self._random.uniform(0.6, 1.4))
            seconds = sorted(self._random.uniform(0, 86_400) for _ in range(number))
            images += [
                self.make_image(first + timedelta(days=day, seconds=each), day / days)
                for each in seconds
            ]
        return images

    def make_image(self, at: datetime, trend: float = 0.5) -> Image:
        """Return one image; `trend` from 0 to 1 shifts the frequency of the labels."""
        draw = self._random
        owner = draw.choices(self.owners, [1 / n for n in range(1, len(self.owners) + 1)])[0]
        media_type, _, megabytes = draw.choices(FORMATS, [share for _, share, _ in FORMATS])[0]
        size = int(1e6 * megabytes * draw.lognormvariate(0, 0.6)) + 10_000
        sha256, visual = self._draw_content(owner)
        # The random half of the id, after the time.
        image_id = (
            first_image_id(at)[:19] + f"8{draw.getrandbits(12):03x}-{draw.getrandbits(48):012x}"
        )
        image = Image(
            owner=owner,
            image_id=image_id,
            media_type=media_type,
            bytes=size,
            sha256=sha256,
            created_at=at,
            details=Details(title=f"Title {draw.getrandbits(64):016x}"),
        )
        outcome = draw.random()
        if outcome < 0.03:
            return image
        queued_at = at + timedelta(seconds=draw.uniform(0.5, 4))
        if outcome < 0.07:
            return self._fail(image, queued_at)
        return self._succeed(image, queued_at, size, trend, visual)

    def _draw_content(self, owner: str) -> tuple[str, str]:
        """Return a checksum and a perceptual hash; some repeat those of an earlier image."""
        draw, contents = self._random, self._contents[owner]
        sha256, visual = f"{draw.getrandbits(256):064x}", f"{draw.getrandbits(64):016x}"
        if contents and draw.random() < 0.08:
            earlier = draw.choice(contents)
            sha256, visual = earlier if draw.random() < 0.6 else (sha256, earlier[1])
        contents.append((sha256, visual))
        return sha256, visual

    def _fail(self, image: Image, queued_at: datetime) -> Image:
        code = self._random.choice(FAILURES)
        failure = Failure(code, "The image cannot be processed.")
        ended = {"etag": image.sha256[:32], "queued_at": queued_at, "state": State.FAILED}
        ended |= {"started_at": queued_at, "finished_at": queued_at + timedelta(seconds=2)}
        return image.model_copy(
            update={
                "recognition": Part[Recognition].model_validate({**ended, "failure": failure}),
                "renditions": Part[RenditionSet].model_validate({**ended, "failure": failure}),
            }
        )

    def _succeed(
        self, image: Image, queued_at: datetime, size: int, trend: float, visual: str
    ) -> Image:
        draw = self._random
        work = timedelta(seconds=(0.4 + size / 4e6) * draw.lognormvariate(0, 0.4))
        attempts: tuple[Attempt, ...] = ()
        if draw.random() < 0.04:
            wait = timedelta(seconds=draw.uniform(2, 30))
            ended_at = queued_at + timedelta(seconds=1)
            attempts = (Attempt(started_at=queued_at, ended_at=ended_at, reason="dependency"),)
            work += wait
        ended = {"etag": image.sha256[:32], "queued_at": queued_at, "state": State.SUCCEEDED}
        ended |= {"started_at": queued_at, "finished_at": queued_at + work}
        recognition = Part[Recognition].model_validate(
            {**ended, "attempts": attempts, "result": self._recognize(trend)}
        )
        slower = timedelta(seconds=draw.uniform(-0.3, 0.3))
        ended["finished_at"] = queued_at + max(work + slower, timedelta(seconds=0.1))
        renditions = Part[RenditionSet].model_validate(
            {**ended, "result": self._resize(image.media_type, size, visual)}
        )
        return image.model_copy(update={"recognition": recognition, "renditions": renditions})

    def _recognize(self, trend: float) -> Recognition:
        draw = self._random
        rising = [
            (1 / (1 + index)) * (1 - trend if index % 2 else 0.3 + trend)
            for index in range(len(LABELS))
        ]
        names = set(draw.choices(LABELS, rising, k=draw.randint(1, 5)))
        features = (Feature.LABELS, Feature.TEXT) if draw.random() < 0.2 else (Feature.LABELS,)
        box = BoundingBox(left=0.1, top=0.1, width=0.5, height=0.1)
        text = DetectedText(
            text=f"Text {draw.getrandbits(64):016x}", confidence=98, is_line=True, line=0, box=box
        )
        return Recognition(
            labels=tuple(
                DetectedLabel(name=name, confidence=round(draw.uniform(55, 100), 3))
                for name in sorted(names)
            ),
            text=(text,) if Feature.TEXT in features else None,
            profile=RecognitionProfile(features=features),
            calls=dict.fromkeys(features, 1),
        )

    def _resize(self, media_type: str, size: int, visual: str) -> RenditionSet:
        width = max(100, int((size * 3) ** 0.5))
        place = GeoPosition(
            latitude=round(self._random.uniform(-60, 60), 6),
            longitude=round(self._random.uniform(-180, 180), 6),
            city="Testville",
        )
        return RenditionSet(
            media_type=media_type,
            width=width,
            height=width * 3 // 4,
            perceptual_hash=visual,
            capture=Capture(place=place, camera="Sample camera"),
        )


def list_items(images: Sequence[Image]) -> Iterator[Item]:
    """Iterate over the items of a table with these images, and with the usage they have caused."""
    yield from map(image_item, images)
    for owner, months in count_usage(images).items():
        for month in months:
            yield usage_item(owner, month)


def count_usage(images: Iterable[Image]) -> dict[str, list[MonthlyUsage]]:
    """Return the usage of each owner that these images have caused, by month."""
    counts: dict[tuple[str, str], Counter[str]] = {}
    for image in images:
        if image.renditions.etag is None:
            continue
        month = counts.setdefault((image.owner, f"{image.created_at:%Y-%m}"), Counter())
        month.update({"images": 1, "bytes": image.bytes})
        month.update({feature.value: number for feature, number in image.calls.items()})
    usage: dict[str, list[MonthlyUsage]] = {}
    for (owner, name), month in sorted(counts.items()):
        calls = {feature: month[feature.value] for feature in Feature if month[feature.value]}
        usage.setdefault(owner, []).append(
            MonthlyUsage(name, month["images"], month["bytes"], calls)
        )
    return usage
