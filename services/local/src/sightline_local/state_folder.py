"""The folder in which a stack keeps its data between runs, `.sightline` for `make run`.

    lock            held by the one run that uses the folder
    logs/           output of the processes
    state/          what is kept, with the versions of the formats in `versions.json`
    state/table.db  the table, a SQLite file
    state/unclean   exists while the emulator runs, and after it was killed

The lock is a `flock` that the emulator inherits: the folder stays locked until it has saved its
state, even if the supervisor was killed.
"""

import fcntl
import json
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from sightline_local.errors import StackError

#: Exists in the state while it is older than what the emulator has in memory.
UNCLEAN_FILE = "unclean"

#: Version of the layout of `state/`. A change that older code would misread increases it, and adds
#: the migration from the previous version to `_MIGRATIONS`.
STATE_FORMAT = 2

#: The table of the stack, a SQLite file.
TABLE_FILE = "table.db"

#: Time limit for the emulator of the previous run to save its state and release the lock.
RELEASE_TIMEOUT_SECONDS = 60.0

#: Remedy for a state that cannot be used.
_START_EMPTY = "start empty with `make run FRESH=1`"


def _delete_emulator_table(state: Path) -> None:
    """Delete the table that the emulator kept. Raises `StackError` if it is the only one."""
    if not (state / TABLE_FILE).exists():
        raise StackError(
            f"the state in {state} has its table in the emulator, which can no longer be read: "
            f"{_START_EMPTY}"
        )
    _remove(state / "table")


#: By version, what changes a state folder to the next version.
_MIGRATIONS: dict[int, Callable[[Path], None]] = {1: _delete_emulator_table}


class StateFolder:
    """The locked folder; a context manager. Only one process can have entered it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lock: int | None = None

    @property
    def state(self) -> Path:
        return self.folder / "state"

    @property
    def table(self) -> Path:
        """The file of the table, as an absolute path."""
        return self.state.absolute() / TABLE_FILE

    @property
    def unclean_file(self) -> Path:
        return self.state / UNCLEAN_FILE

    @property
    def is_unclean(self) -> bool:
        """Whether the emulator did not save its state when the previous run ended."""
        return self.unclean_file.exists()

    def __enter__(self) -> Self:
        """Create and lock the folder. Raises `StackError` if that is impossible."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._check_owner(self.folder)
            self.lock = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
            if not self._is_acquired():
                self._await_release()
            os.ftruncate(self.lock, 0)
            os.pwrite(self.lock, str(os.getpid()).encode(), 0)
        except OSError as error:
            raise StackError(f"cannot use the folder {self.folder}: {_reason(error)}") from None
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.lock is not None:
            os.close(self.lock)
            self.lock = None

    def announce_stop(self) -> None:
        """Let the next run wait for the lock instead of failing."""
        if self.lock is not None:
            os.ftruncate(self.lock, 0)

    def reset(self) -> bool:
        """Delete the state; return whether there was any. Raises `StackError`."""
        discarded = self.folder / "discarded"
        try:
            # Renamed first: what is deleted halfway must not be used as a state.
            _remove(discarded)
            if not self.state.exists():
                return False
            self.state.rename(discarded)
            _remove(discarded)
        except OSError as error:
            raise StackError(f"cannot delete {self.state}: {_reason(error)}") from None
        return True

    def prepare(self, emulator: str) -> None:
        """Check that the state can be read by this code and this version of MiniStack.

        A state of an older format is migrated. Raises `StackError`.
        """
        try:
            if not self.state.exists():
                self.state.mkdir()
            self._check_owner(self.state)
            self._check_versions(emulator)
            self._write_versions(emulator)
        except OSError as error:
            raise StackError(f"cannot use the state in {self.state}: {_reason(error)}") from None

    def _check_versions(self, emulator: str) -> None:
        if not any(self.state.iterdir()):
            return
        try:
            versions = json.loads((self.state / "versions.json").read_text())
            found, written_by = int(versions["format"]), str(versions["ministack"])
        except (OSError, ValueError, KeyError, TypeError):
            raise StackError(
                f"{self.state} is not a state of Sightline: move it away, or {_START_EMPTY}"
            ) from None
        if found > STATE_FORMAT:
            raise StackError(
                f"the state in {self.state} was written by a newer Sightline (format {found}, "
                f"supported: {STATE_FORMAT}): update Sightline, or {_START_EMPTY}"
            )
        if _as_numbers(written_by) > _as_numbers(emulator):
            raise StackError(
                f"the state in {self.state} was written by MiniStack {written_by}, and {emulator} "
                f"is installed: run `make ministack` to update it, or {_START_EMPTY}"
            )
        for version in range(found, STATE_FORMAT):
            if version not in _MIGRATIONS:
                raise StackError(
                    f"the state in {self.state} has the old format {version}, which can no longer "
                    f"be read: {_START_EMPTY}"
                )
            _MIGRATIONS[version](self.state)

    def _write_versions(self, emulator: str) -> None:
        path = self.state / "versions.json"
        temporary = path.with_name("versions.json.tmp")
        temporary.write_text(json.dumps({"format": STATE_FORMAT, "ministack": emulator}))
        temporary.replace(path)

    def _check_owner(self, path: Path) -> None:
        owner = path.stat().st_uid
        if owner != os.geteuid():
            raise StackError(
                f"{path} belongs to another user (uid {owner}): run as that user, or change its "
                f"owner with `sudo chown -R {os.geteuid()} {path}`"
            )

    def _is_acquired(self) -> bool:
        assert self.lock is not None  # noqa: S101 - opened before
        try:
            fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _await_release(self) -> None:
        """Wait for a run that stops or was killed; fail at once while it is alive."""
        deadline = time.monotonic() + RELEASE_TIMEOUT_SECONDS
        while time.monotonic() < deadline:
            holder = self._holder()
            if holder is not None and _is_alive(holder):
                raise StackError(
                    f"Sightline already runs from {self.folder} (process {holder}): use that one, "
                    "or stop it with Ctrl-C first"
                )
            time.sleep(0.1)
            if self._is_acquired():
                return
        raise StackError(f"the previous run still uses {self.folder}: its emulator has not stopped")

    def _holder(self) -> int | None:
        assert self.lock is not None  # noqa: S101 - opened before
        text = os.pread(self.lock, 20, 0)
        return int(text) if text.isdigit() else None


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def _as_numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())


def _remove(path: Path) -> None:
    if path.exists():
        shutil.rmtree(path)


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
