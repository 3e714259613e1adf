"""The connection file of a running stack: URLs and credentials for the demo and the tests."""

from pathlib import Path

from pydantic import BaseModel

from sightline_local.errors import StackError
from sightline_local.stack import Stack

FOLDER = Path(".sightline")

#: Path of the token endpoint, on the host of the emulator.
TOKEN_PATH = "/oauth2/token"  # noqa: S105 - a path


class Connection(BaseModel):
    """URLs of a running stack and the credentials of its demo user and machine client."""

    api: str
    cognito: str
    pool_id: str
    client_id: str
    email: str
    password: str
    token_url: str | None = None
    #: Base URL of the sign-in page; None if the emulator has none.
    sign_in_url: str | None = None
    machine_client_id: str | None = None
    machine_client_secret: str | None = None
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
            sign_in_url=stack.ports.url("cloud") if stack.has_sign_in_page else None,
            token_url=f"{stack.ports.url('cloud')}{TOKEN_PATH}",
            machine_client_id=stack.resources.machine_client.client_id,
            machine_client_secret=stack.resources.machine_client.secret,
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
