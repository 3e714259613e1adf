"""Errors that every adapter may raise."""


class DependencyBusy(Exception):
    """A dependency responded, but did only a part of the work or nothing, again and again."""
