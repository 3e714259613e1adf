"""Settings of the notifier."""

from sightline.settings import ConsumerSettings


class NotifierSettings(ConsumerSettings):
    """Settings from `SIGHTLINE_*`; times in seconds."""
