"""Dependencies on the event stream, and on publishing to it."""

from typing import Annotated

from fastapi import Depends

from sightline_api.dependencies import from_state
from sightline_api.events.broker import Broker
from sightline_api.events.publisher import ChangePublisher

Changes = Annotated[ChangePublisher, Depends(from_state("changes"))]
Events = Annotated[Broker, Depends(from_state("broker"))]
