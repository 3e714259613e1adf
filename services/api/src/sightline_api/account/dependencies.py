"""Dependencies of the endpoints of an account."""

from typing import Annotated

from fastapi import Depends

from sightline_api.account.erasure import AccountEraser
from sightline_api.dependencies import from_state

Eraser = Annotated[AccountEraser, Depends(from_state("eraser"))]
