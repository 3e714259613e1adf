"""The ways in which processing an image ends without a result.

Free of pydantic, as are all modules that the decode processes import: pydantic would take as much
memory as Pillow and Python together in each of them.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a part failed: a stable code for programs and a sentence for people.

    `final` means that the same bytes would fail again, so a redelivered message is not processed.
    """

    code: str
    message: str
    final: bool = True


class Rejected(Exception):
    """The image itself cannot be processed, now or later."""

    def __init__(self, code: str, message: str) -> None:
        # Both arguments, so that the exception can be pickled between processes.
        super().__init__(code, message)
        self.failure = Failure(code=code, message=message)


class Gone(Exception):
    """The image was deleted before or during processing."""
