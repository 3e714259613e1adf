"""Settings of the notifier."""

from pydantic import Field

from sightline.settings import ConsumerSettings


class NotifierSettings(ConsumerSettings):
    """Settings from `SIGHTLINE_*`; times in seconds."""

    event_bus: str | None = Field(
        None,
        min_length=1,
        description="Name of the EventBridge bus that all events are published on; none without "
        "it.",
    )
