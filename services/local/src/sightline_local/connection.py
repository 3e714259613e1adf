"""The connection file of a running stack: URLs and credentials for the demo and the tests."""

from pathlib import Path

from pydantic import BaseModel

from sightline_local.errors import StackError
from sightline_local.stack import Stack

FOLDER = Path(".sightline")


class Connection(BaseModel):
    """URLs of a running stack and the credentials of its demo user."""

    api: str
    cognito: str
    pool_id: str
    client_id: str
    email: str
    password: str
    web: str | None = None
    traces: str | None = None

    @classmethod
    def from_stack(cls, stack: Stack) -> "Connection":
        """Describe a started stack. Raises `StackError` if it has not started."""
        if stack.resources is None:
            raise StackError("the stack has not started: there is nothing to connect to")
        return cls(
            api=stack.ports.url("api"),
            cognito=stack.ports.url("cloud"),
            pool_id=stack.resources.pool_id,
            client_id=stack.resources.client_id,
            email=stack.user.email,
            password=stack.user.password,
            web=stack.ports.url("web") if stack.web else None,
            traces=stack.ports.url("traces") if stack.traces else None,
        )

    @classmethod
    def read(cls, folder: Path) -> "Connection":
        """Read the connection file of the stack that runs from `folder`. Raises `StackError`."""
        try:
            return cls.model_validate_json(_path(folder).read_text())
        except (OSError, ValueError):
            raise StackError("Sightline is not running here: start it with `make run`") from None

    def write(self, folder: Path) -> None:
        _path(folder).write_text(self.model_dump_json(indent=2))


def remove_connection(folder: Path) -> None:
    _path(folder).unlink(missing_ok=True)


def _path(folder: Path) -> Path:
    return folder / "stack.json"
