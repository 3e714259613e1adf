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
    concurrency: int = Field(
        32,
        ge=1,
        le=256,
        description="Messages processed concurrently; deliveries of one owner take half at most.",
    )
    webhooks_allow_loopback: bool = Field(
        False,
        description="Whether webhook endpoints may be on the machine of the notifier, also by "
        "`http`. For local development only.",
    )
