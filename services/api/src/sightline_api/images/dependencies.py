"""Dependencies of the endpoints of images."""

from typing import Annotated

from fastapi import Depends

from sightline_api.dependencies import from_state
from sightline_api.images.uploads import UploadCreator

Uploads = Annotated[UploadCreator, Depends(from_state("uploads"))]
