"""A sample library of one owner, written through the ports of the table as the services do."""

import asyncio
import hashlib
import random
from collections.abc import Sequence

from sightline.domain.albums import Album, AlbumKey
from sightline.domain.capture import Capture
from sightline.domain.clock import now
from sightline.domain.ids import new_album_id
from sightline.domain.images import Details, Image
from sightline.domain.object_keys import rendition_key
from sightline.domain.recognition import (
    BoundingBox,
    DetectedLabel,
    Feature,
    LabelInstance,
    Recognition,
    RecognitionProfile,
)
from sightline.domain.renditions import Rendition, RenditionSet
from sightline.ports.tables import Tables
from sightline_testing.builders import make_image

#: A label that every image has, and one that every second image has.
COMMON, FREQUENT = "Outdoors", "Sky"

#: Labels of an image, and the number of other labels that they are drawn from.
LABELS_PER_IMAGE = 10
OTHER_LABELS = 500

#: Images with the rare label of a size, spread evenly over the library of that size.
RARE_IMAGES = 50

#: One image in so many is in the album.
ALBUM_INTERVAL = 5

#: Images that are written concurrently, as the services do.
CONCURRENCY = 8


def rare_label(size: int) -> str:
    """Return the label that `RARE_IMAGES` of the first `size` images have."""
    return f"Rare in {size}"


async def create_album(tables: Tables, owner: str) -> Album:
    """Create the album of the library."""
    at = now()
    album = Album(owner=owner, album_id=new_album_id(), title="All", created_at=at, updated_at=at)
    await tables.albums.create(album)
    return album


async def fill(tables: Tables, album: AlbumKey, numbers: range, sizes: Sequence[int]) -> None:
    """Store the images of these numbers; `sizes` are those that the library will be measured at."""
    remaining = iter(numbers)

    async def store_images() -> None:
        for number in remaining:
            image = await _store(tables, album.owner, number, sizes)
            if number % ALBUM_INTERVAL == 0:
                await tables.albums.add_images(album, [image.image_id])

    async with asyncio.TaskGroup() as group:
        for _ in range(CONCURRENCY):
            group.create_task(store_images())


async def _store(tables: Tables, owner: str, number: int, sizes: Sequence[int]) -> Image:
    """Store an image in the steps in which it is uploaded, resized and recognized."""
    chooser = random.Random(number)
    created = make_image(
        owner,
        bytes=chooser.randrange(40_000, 4_000_000),
        sha256=hashlib.sha256(number.to_bytes(8)).hexdigest(),
        details=Details(title=f"IMG_{number:05}.jpg"),
    )
    await tables.images.create(created)
    etag = created.sha256[:32]
    resized = created.with_part(
        "renditions", created.renditions.begin(etag).succeed(render(created))
    )
    await tables.images.store(created, resized)
    recognition = recognize(number, chooser, sizes)
    recognized = resized.with_part(
        "recognition", resized.recognition.begin(etag).succeed(recognition)
    )
    await tables.images.store(resized, recognized)
    return recognized


def render(image: Image) -> RenditionSet:
    """Return the renditions of an image."""
    sides = {"thumb": (256, 192), "preview": (1024, 768), "large": (2048, 1536)}
    return RenditionSet(
        media_type=image.media_type,
        width=4032,
        height=3024,
        placeholder="1QcSHQRnh493V4dIh4eXh1h4kJUI",
        capture=Capture(
            taken_at=image.created_at, camera="Example 12", exposure=0.01, f_number=1.8, iso=80
        ),
        renditions=tuple(
            Rendition(
                name=name,
                key=rendition_key(image.key, name, "webp"),
                media_type="image/webp",
                width=width,
                height=height,
                bytes=width * height // 8,
            )
            for name, (width, height) in sides.items()
        ),
    )


def choose_labels(number: int, chooser: random.Random, sizes: Sequence[int]) -> list[str]:
    """Return the labels of the image of this number."""
    names = [COMMON]
    names += [FREQUENT] if number % 2 == 0 else []
    names += [rare_label(n) for n in sizes if number < n and number % (n // RARE_IMAGES) == 0]
    others = chooser.sample(range(OTHER_LABELS), LABELS_PER_IMAGE - len(names))
    return names + [f"Label {other}" for other in others]


def recognize(number: int, chooser: random.Random, sizes: Sequence[int]) -> Recognition:
    """Return the recognition of the image of this number."""
    names = choose_labels(number, chooser, sizes)
    return Recognition(
        profile=RecognitionProfile(),
        models={Feature.LABELS: "3.0"},
        calls={Feature.LABELS: 1},
        labels=tuple(_detect(name, chooser) for name in names),
    )


def _detect(name: str, chooser: random.Random) -> DetectedLabel:
    def instance() -> LabelInstance:
        left, top, width, height = (chooser.random() for _ in range(4))
        box = BoundingBox(left=left, top=top, width=width, height=height)
        return LabelInstance(box=box, confidence=chooser.uniform(55, 100))

    return DetectedLabel(
        name=name,
        confidence=chooser.uniform(55, 100),
        parents=("Thing", "Scene"),
        categories=("Nature and Outdoors",),
        instances=(instance(),),
    )
