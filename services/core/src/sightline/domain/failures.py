"""How work on a picture may end without a result: it cannot be done, or is not wanted any more.

Free of pydantic, as is all that the decoding processes import: it would take as much memory as
Pillow and Python together in each of them.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a part failed: a stable code for programs and a sentence for people.

    `final` says that the same bytes would fail again, so a repeated delivery changes nothing.
    """

    code: str
    message: str
    final: bool = True


class Rejected(Exception):
    """The picture itself cannot be processed, now or later."""

    def __init__(self, code: str, message: str) -> None:
        # Both, so that it can travel between processes.
        super().__init__(code, message)
        self.failure = Failure(code=code, message=message)


class Gone(Exception):
    """The image was deleted while, or before, it was worked on."""
