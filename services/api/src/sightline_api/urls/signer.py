"""Presigned URLs: the port, and what it returns."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple, Protocol
from urllib.parse import urlsplit

from sightline.domain.images import Image

#: An address is the same for all who ask within this time, so that browsers keep what it shows.
URL_STABLE_FOR = timedelta(hours=1)


class PresignedPost(NamedTuple):
    """A form that a client posts to S3, its `file` field last."""

    url: str
    fields: dict[str, str]


class OriginalDownload(NamedTuple):
    """An original, by its key, and the name that it is to be saved under."""

    key: str
    file_name: str


class PresignedUrl(NamedTuple):
    """Where an object can be read, and until when."""

    url: str
    expires_at: datetime


class Signer(Protocol):
    """Signs without asking anyone: hardly a call leaves the process."""

    async def sign_upload(self, image: Image, seconds: int) -> PresignedPost:
        """A form that stores exactly what the image announces under its own key."""

    async def sign_renditions(self, keys: list[str]) -> list[str]:
        """An address to read each rendition from."""

    async def sign_downloads(self, downloads: list[OriginalDownload]) -> list[PresignedUrl]:
        """An address to save each original from."""


class BucketEndpoint(NamedTuple):
    """Where a bucket is, as clients see it: `host` with its port, `path` without a slash behind."""

    scheme: str
    host: str
    path: str

    @classmethod
    def at(cls, name: str, region: str, endpoint: str | None) -> "BucketEndpoint":
        """A bucket of AWS, or of what answers at the endpoint."""
        if endpoint is None:
            return cls("https", f"{name}.s3.{region}.amazonaws.com", "")
        parts = urlsplit(endpoint)
        return cls(parts.scheme, parts.netloc, f"/{name}")

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.host}{self.path}"


def expiry(at: datetime, seconds: int) -> datetime:
    """Until when an address is good that is signed now for at least so many seconds."""
    return start_of_hour(at) + URL_STABLE_FOR + timedelta(seconds=seconds)


def start_of_hour(at: datetime) -> datetime:
    return at - (at - datetime.min.replace(tzinfo=UTC)) % URL_STABLE_FOR
