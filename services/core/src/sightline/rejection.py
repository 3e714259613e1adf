"""Two ends of work on a picture that are no fault of anybody's: it cannot be done, or is not
wanted any more."""

from sightline.images import Failure


class Rejected(Exception):
    """The picture itself cannot be processed, now or later."""

    def __init__(self, code: str, message: str) -> None:
        # Both, so that it can travel between processes.
        super().__init__(code, message)
        self.failure = Failure(code=code, message=message)


class Gone(Exception):
    """The image was deleted while, or before, it was worked on."""
