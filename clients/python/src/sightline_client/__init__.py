"""The Python client of Sightline.

    from sightline_client import Sightline

    with Sightline.from_store() as sightline:
        image = sightline.upload("beach.jpg")
        image = sightline.wait_until_ready(image.id)
        print([label.name for label in image.labels])

`AsyncSightline` is the same for asyncio. What can go wrong is in `sightline_client.errors`.
"""

from sightline_client._async.client import AsyncSightline
from sightline_client._sync.client import Sightline
from sightline_client.cognito import Pool
from sightline_client.errors import SightlineError
from sightline_client.generated.models import (
    AlbumView,
    Feature,
    ImageView,
    LabelView,
    Status,
    UsageView,
)
from sightline_client.generated.types import UNSET
from sightline_client.journal import FolderJournal, MemoryJournal
from sightline_client.retry import Retries
from sightline_client.sessions import FileStore, KeyringStore, MemoryStore, Session
from sightline_client.uploads import Outcome, Upload

__version__ = "0.1.0"

__all__ = [
    "UNSET",
    "AlbumView",
    "AsyncSightline",
    "Feature",
    "FileStore",
    "FolderJournal",
    "ImageView",
    "KeyringStore",
    "LabelView",
    "MemoryJournal",
    "MemoryStore",
    "Outcome",
    "Pool",
    "Retries",
    "Session",
    "Sightline",
    "SightlineError",
    "Status",
    "Upload",
    "UsageView",
]
