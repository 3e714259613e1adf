"""The port for presigned URLs, and its results."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple, Protocol
from urllib.parse import urlsplit

from sightline.domain.images import Image

#: A URL stays the same within this period, so that browsers can cache what it returns.
SIGNING_PERIOD = timedelta(hours=1)


class PresignedPost(NamedTuple):
    """A form that a client posts to S3, with the `file` field last."""

    url: str
    fields: dict[str, str]


class OriginalDownload(NamedTuple):
    """The key of an original, and the file name to save it as."""

    key: str
    file_name: str


class PresignedUrl(NamedTuple):
    """A URL that reads an object, and when it expires."""

    url: str
    expires_at: datetime


class Signer(Protocol):
    """Signs locally: a network request is needed only to renew credentials."""

    async def sign_upload(self, image: Image, seconds: int) -> PresignedPost:
        """Return a form that accepts only the declared content, under the key of the image."""

    async def sign_renditions(self, keys: list[str]) -> list[str]:
        """Return a URL for each rendition."""

    async def sign_downloads(self, downloads: list[OriginalDownload]) -> list[PresignedUrl]:
        """Return a URL that downloads each original."""

    def for_visitors(self) -> "Signer":
        """Return a signer whose URLs of renditions open no other image of the same owner."""


class BucketEndpoint(NamedTuple):
    """The public endpoint of a bucket: `host` with its port, `path` without a trailing slash."""

    scheme: str
    host: str
    path: str

    @classmethod
    def at(cls, name: str, region: str, endpoint: str | None) -> "BucketEndpoint":
        """Return the endpoint of a bucket on AWS, or on an emulator at `endpoint`."""
        if endpoint is None:
            return cls("https", f"{name}.s3.{region}.amazonaws.com", "")
        parts = urlsplit(endpoint)
        return cls(parts.scheme, parts.netloc, f"/{name}")

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.host}{self.path}"


def expiry(at: datetime, seconds: int) -> datetime:
    """Return when a URL expires that is signed at this time for at least `seconds`."""
    return start_of_hour(at) + SIGNING_PERIOD + timedelta(seconds=seconds)


def start_of_hour(at: datetime) -> datetime:
    """Return the start of the signing period, in UTC."""
    return at - (at - datetime.min.replace(tzinfo=UTC)) % SIGNING_PERIOD
