"""What an export of another service contains: image files, and what it knows of each."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO

from sightline_client import AlbumSort

#: The highest rating of an image, in stars.
MAX_RATING = 5


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """A file of an export: its path in it, its size in bytes, and how to read it.

    `location` is the file itself; None if it is in a ZIP file.
    """

    path: PurePosixPath
    size: int
    open: Callable[[], IO[bytes]]
    location: Path | None = None


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a service knows of an image.

    `taken_at` is either an instant, of which the local time is not known (`is_instant`), or a local
    time with its offset from UTC if that is known. `position` is in degrees north and east.
    `rating` is 1 to 5 stars, and 0 without a rating.
    """

    title: str | None = None
    description: str | None = None
    taken_at: datetime | None = None
    is_instant: bool = False
    position: tuple[float, float] | None = None
    labels: tuple[str, ...] = ()
    is_favorite: bool = False
    is_archived: bool = False
    rating: int = 0
    is_trashed: bool = False
    albums: tuple[str, ...] = ()

    def merge(self, other: "Metadata") -> "Metadata":
        """Return the metadata with what it lacks from another one, and the albums of both."""
        dated = self if self.taken_at else other
        return replace(
            self,
            title=self.title or other.title,
            description=self.description or other.description,
            taken_at=dated.taken_at,
            is_instant=dated.is_instant,
            position=self.position or other.position,
            labels=tuple(dict.fromkeys((*self.labels, *other.labels))),
            is_favorite=self.is_favorite or other.is_favorite,
            is_archived=self.is_archived or other.is_archived,
            rating=self.rating or other.rating,
            is_trashed=self.is_trashed or other.is_trashed,
            albums=tuple(dict.fromkeys((*self.albums, *other.albums))),
        )


@dataclass(slots=True)
class Library:
    """The images of an export with their metadata, and what is not imported."""

    images: list[tuple[ExportedFile, Metadata]] = field(default_factory=list)
    #: Why a file is not imported.
    rejected: dict[PurePosixPath, str] = field(default_factory=dict)
    #: What is not imported of the images, with the number of images.
    left_out: Counter[str] = field(default_factory=Counter)
    #: Descriptions of albums by title.
    album_descriptions: dict[str, str] = field(default_factory=dict)
    #: Orders of albums by title.
    album_orders: dict[str, AlbumSort] = field(default_factory=dict)

    def describe_album(self, title: str, description: str | None) -> None:
        """Keep the description of an album; the first one of several with the same title."""
        if description is not None:
            self.album_descriptions.setdefault(title, description)

    def order_album(self, title: str, sort: AlbumSort | None) -> None:
        """Keep the order of an album; the first one of several with the same title."""
        if sort is not None:
            self.album_orders.setdefault(title, sort)

    def add(self, file: ExportedFile, metadata: Metadata) -> None:
        """Add an image; one in the trash of the service is rejected."""
        if metadata.is_trashed:
            self.rejected[file.path] = "in the trash of the service"
            return
        self.images.append((file, metadata))


def parse_rating(value: object) -> int:
    """Return a rating of 1 to 5 stars; 0 for none, for a rejected image, and for anything else."""
    try:
        stars = round(float(value)) if isinstance(value, str | int | float) else 0
    except (ValueError, OverflowError):
        return 0
    return stars if 1 <= stars <= MAX_RATING else 0
