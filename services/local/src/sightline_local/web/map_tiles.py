"""The map server that a deployment shows maps from."""

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict

#: The origin, and a path or query with zoom, column and row.
_URL = re.compile(r"https?://[A-Za-z0-9.:-]+/(?=\S*\{z\})(?=\S*\{x\})(?=\S*\{y\})\S+")


def _check_url(url: str) -> str:
    if not _URL.fullmatch(url):
        raise ValueError("The URL must be http or https, with {z}, {x} and {y} behind the host.")
    return url


class MapTiles(BaseModel):
    """Raster tiles: `url` is a template, as `https://tiles.example.com/{z}/{x}/{y}.png`."""

    model_config = ConfigDict(frozen=True)

    url: Annotated[str, AfterValidator(_check_url)]
    attribution: str

    @property
    def origin(self) -> str:
        """What the Content Security Policy allows images of."""
        scheme, _, host, *_ = self.url.split("/")
        return f"{scheme}//{host}"
