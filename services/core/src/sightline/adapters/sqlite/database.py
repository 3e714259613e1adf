"""Connections to the SQLite file, each used by a thread of its own, so that no call blocks."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Concatenate, ParamSpec, Self, TypeVar

from sightline import tracing
from sightline.adapters.sqlite.opening import connect, prepare
from sightline.ports.errors import DependencyBusy

#: Reads of one process at once; further ones wait for a thread.
READERS = 4

#: Codes of a file that may be usable a moment later, or once the disk has space again.
#: https://www.sqlite.org/rescode.html
UNAVAILABLE = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_CANTOPEN,
    }
)

#: The primary code in an extended one.
PRIMARY_CODE = 0xFF

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

#: A function that reads or writes the file.
Work = Callable[Concatenate[sqlite3.Connection, Parameters], Result]


class TableUnavailable(DependencyBusy):
    """Another process held the file for too long, the disk is full, or the file is not writable."""


class Database:
    """The file, as opened by one process. Other processes may open it as well.

    Writes follow one another in one thread; between processes, SQLite's lock orders them.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._readers = ThreadPoolExecutor(READERS, "sqlite-read")
        self._writer = ThreadPoolExecutor(1, "sqlite-write")
        self._local = threading.local()
        self._connections: list[sqlite3.Connection] = []

    @classmethod
    @asynccontextmanager
    async def open(cls, path: Path) -> AsyncIterator[Self]:
        """Open the file, creating or migrating it; close it at the end.

        Raises `UnusableDatabase`.
        """
        await asyncio.to_thread(prepare, path)
        database = cls(path)
        try:
            yield database
        finally:
            await asyncio.to_thread(database.close)

    async def read(
        self,
        work: Work[Parameters, Result],
        *args: Parameters.args,
        **kwargs: Parameters.kwargs,
    ) -> Result:
        """Return what the function reads. Raises `TableUnavailable`."""

        def run() -> Result:
            with _dependency_errors():
                return work(self._connection(), *args, **kwargs)

        with _statement_span(work):
            return await asyncio.get_running_loop().run_in_executor(self._readers, run)

    async def write(
        self,
        work: Work[Parameters, Result],
        *args: Parameters.args,
        **kwargs: Parameters.kwargs,
    ) -> Result:
        """Run the function in a transaction, which its exception rolls back.

        Raises `TableUnavailable`.
        """

        def run() -> Result:
            with _dependency_errors(), _transaction(self._connection()) as connection:
                return work(connection, *args, **kwargs)

        with _statement_span(work):
            return await asyncio.get_running_loop().run_in_executor(self._writer, run)

    def close(self) -> None:
        """Wait for the calls in progress, and close the file."""
        for executor in (self._readers, self._writer):
            executor.shutdown()
        for connection in self._connections:
            connection.close()

    def _connection(self) -> sqlite3.Connection:
        """Return the connection of this thread."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = connect(self._path)
            self._connections.append(connection)
        return connection


def _statement_span(work: Callable[..., object]) -> tracing.Span | tracing.NullSpan:
    """Return the span of a call, which includes the wait for a thread and for the lock."""
    if not tracing.is_enabled():
        return tracing.NULL_SPAN
    # Named by the function: it takes the place of an operation of DynamoDB.
    operation = work.__name__.removeprefix("_")
    span = tracing.child_span(f"SQLite {operation}", "client")
    span.set("db.system.name", "sqlite")
    span.set("db.operation.name", operation)
    return span


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    # A lock that is taken late would fail if another process wrote after the first read.
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield connection
        connection.execute("COMMIT")
    except BaseException:
        # SQLite itself rolls back after some errors, such as a full disk.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


@contextmanager
def _dependency_errors() -> Iterator[None]:
    """Raise `TableUnavailable` for an error that does not come from the statement."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if getattr(error, "sqlite_errorcode", 0) & PRIMARY_CODE in UNAVAILABLE:
            raise TableUnavailable(str(error)) from error
        raise
