"""An owner's corrections of the time of capture."""

from datetime import datetime, timedelta

from sightline_client.errors import InvalidCaptureTime
from sightline_client.generated.models import ImageView

SECONDS_PER_DAY = 86_400


def shift_capture_time(image: ImageView, interval: timedelta) -> str:
    """Return the `taken_at_override` that moves the time of capture of an image by an interval.

    The offset from UTC stays as it is, known or not. Raises `InvalidCaptureTime`.
    """
    taken_at = image.taken_at
    if taken_at is None and image.taken_at_local is not None:
        taken_at = datetime.fromisoformat(image.taken_at_local)
    if taken_at is None:
        raise InvalidCaptureTime(f"image {image.id} has no time of capture; set one instead")
    try:
        return (taken_at + interval).isoformat()
    except OverflowError:
        raise InvalidCaptureTime(f"the time of image {image.id} cannot be shifted so far") from None


def format_shift(interval: timedelta) -> str:
    """Return an interval as a duration of ISO 8601, in whole seconds: `-P1DT5400S`."""
    total = round(interval.total_seconds())
    days, seconds = divmod(abs(total), SECONDS_PER_DAY)
    return f"{'-' if total < 0 else ''}P{days}DT{seconds}S"
