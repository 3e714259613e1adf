"""The card that a running stack leaves for the demo and the tests: where it is, who may sign in."""

from pathlib import Path

from pydantic import BaseModel

from sightline_local.stack import Stack, StackError

FOLDER = Path(".sightline")


class Connection(BaseModel):
    """Addresses, and the user that is ready."""

    api: str
    cognito: str
    pool_id: str
    client_id: str
    email: str
    password: str
    web: str | None = None

    @classmethod
    def from_stack(cls, stack: Stack) -> "Connection":
        if stack.resources is None:
            raise StackError("there is no card of a stack that has not started")
        return cls(
            api=stack.ports.url("api"),
            cognito=stack.ports.url("cloud"),
            pool_id=stack.resources.pool_id,
            client_id=stack.resources.client_id,
            email=stack.user.email,
            password=stack.user.password,
            web=stack.ports.url("web") if stack.web else None,
        )

    @classmethod
    def read(cls, folder: Path) -> "Connection":
        """The card of the stack that runs from this folder. Raises `StackError`."""
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
