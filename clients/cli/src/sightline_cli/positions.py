"""Positions on the command line."""

import re

import typer

#: A latitude and a longitude in degrees: `38.7109,-9.1366`.
_POSITION = re.compile(r"\s*(-?\d{1,3}(?:\.\d+)?)\s*,\s*(-?\d{1,3}(?:\.\d+)?)\s*", re.ASCII)

MAX_LATITUDE, MAX_LONGITUDE = 90, 180

Position = tuple[float, float] | tuple[None, None] | None


def parse_position(text: str) -> Position:
    """Return a position; for `none` one without coordinates, and for `file` None.

    Raises `typer.BadParameter`.
    """
    if text == "file":
        return None
    if text == "none":
        return None, None
    match = _POSITION.fullmatch(text)
    if match is not None:
        latitude, longitude = float(match[1]), float(match[2])
        if abs(latitude) <= MAX_LATITUDE and abs(longitude) <= MAX_LONGITUDE:
            return latitude, longitude
    raise typer.BadParameter(
        f"{text!r} is no position; use degrees north and east (38.7109,-9.1366), `none` to hide "
        "it, or `file` to restore that of the file"
    )
