"""The Python client of Sightline.

    from sightline_client import Sightline

    with Sightline.from_store() as sightline:
        image = sightline.upload("beach.jpg")
        image = sightline.wait_until_ready(image.id)
        print([label.name for label in image.labels])

`AsyncSightline` is the asyncio version. `sightline_client.errors` defines the exceptions.
"""

from sightline_client._async.client import AsyncSightline
from sightline_client._sync.client import Sightline
from sightline_client.client_credentials import ClientCredentials
from sightline_client.cognito import Pool
from sightline_client.downloads import DownloadResult
from sightline_client.errors import SightlineError
from sightline_client.events import Event
from sightline_client.generated.models import (
    AlbumSearch,
    AlbumSort,
    AlbumView,
    ArchivedFilter,
    ArchivePart,
    CapabilitiesView,
    Feature,
    ImageSummary,
    ImageView,
    LabelView,
    ListOrder,
    PlaceCount,
    SortOrder,
    Status,
    TimelineView,
    TrashedImage,
    UsageView,
)
from sightline_client.generated.types import UNSET
from sightline_client.journal import FolderJournal, MemoryJournal
from sightline_client.retry import RetryPolicy
from sightline_client.sessions import (
    FileSessionStore,
    KeyringSessionStore,
    MemorySessionStore,
    Session,
)
from sightline_client.uploads import UploadOutcome, UploadResult

__version__ = "0.1.0"

__all__ = [
    "UNSET",
    "AlbumSearch",
    "AlbumSort",
    "AlbumView",
    "ArchivePart",
    "ArchivedFilter",
    "AsyncSightline",
    "CapabilitiesView",
    "ClientCredentials",
    "DownloadResult",
    "Event",
    "Feature",
    "FileSessionStore",
    "FolderJournal",
    "ImageSummary",
    "ImageView",
    "KeyringSessionStore",
    "LabelView",
    "ListOrder",
    "MemoryJournal",
    "MemorySessionStore",
    "PlaceCount",
    "Pool",
    "RetryPolicy",
    "Session",
    "Sightline",
    "SightlineError",
    "SortOrder",
    "Status",
    "TimelineView",
    "TrashedImage",
    "UploadOutcome",
    "UploadResult",
    "UsageView",
]
