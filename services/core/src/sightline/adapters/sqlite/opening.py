"""Open the SQLite file: create it, migrate it, or say why it cannot be used."""

import os
import sqlite3
import time
from contextlib import closing, suppress
from pathlib import Path

from sightline.adapters.sqlite.schema import APPLICATION_ID, MIGRATIONS, WORDS_VERSION
from sightline.adapters.sqlite.word_index import index_all

#: How long a call waits for the write of another process.
BUSY_TIMEOUT_SECONDS = 10

#: Time between two attempts to switch the file to its journal, for which SQLite does not wait.
RETRY_SECONDS = 0.02


class UnusableDatabase(Exception):
    """The file cannot be opened, or is not of this version; the message is one line."""


def prepare(path: Path) -> None:
    """Create the file, or migrate it to this version; idempotent. Raises `UnusableDatabase`.

    Any number of processes may call it at once.
    """
    try:
        _create(path)
        with closing(connect(path)) as connection:
            _check(connection, path)
            _use_write_ahead_log(connection, path)
            _migrate(connection, path)
    except OSError as error:
        raise UnusableDatabase(f"Cannot create the table {path}: {error.strerror}.") from error
    except sqlite3.Error as error:
        raise UnusableDatabase(
            f"Cannot open the table {path}: {error}. Check that it is a table of Sightline, and "
            "that this user may write the file and its folder."
        ) from error


def connect(path: Path) -> sqlite3.Connection:
    """Return a connection that any one thread at a time may use; transactions are explicit.

    With a write-ahead log, `synchronous=NORMAL` loses no commit if a process is killed: the log is
    in the memory of the operating system by then. A power failure may lose the last commits, and
    leaves the file consistent. https://www.sqlite.org/pragma.html#pragma_synchronous
    """
    connection = sqlite3.connect(
        path, timeout=BUSY_TIMEOUT_SECONDS, isolation_level=None, check_same_thread=False
    )
    try:
        connection.execute("PRAGMA synchronous = NORMAL")
    except BaseException:
        connection.close()
        raise
    return connection


def _create(path: Path) -> None:
    """Create an empty file that only this user may read; SQLite's other files follow its mode."""
    if not path.exists():
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))


def _check(connection: sqlite3.Connection, path: Path) -> int:
    """Return the version of the file, 0 if it is empty. Raises `UnusableDatabase`."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (objects,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if objects and application != APPLICATION_ID:
        raise UnusableDatabase(f"{path} is a SQLite file, but not a table of Sightline.")
    if version > len(MIGRATIONS):
        raise UnusableDatabase(
            f"The table {path} was written by a newer version of Sightline (schema {version}, this "
            f"version reads {len(MIGRATIONS)}). Update Sightline, or use another file."
        )
    return int(version)


def _use_write_ahead_log(connection: sqlite3.Connection, path: Path) -> None:
    """Switch the file to a write-ahead log, so that readers and a writer do not wait."""
    deadline = time.monotonic() + BUSY_TIMEOUT_SECONDS
    while True:
        try:
            (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
            break
        except sqlite3.OperationalError as error:
            # Another process is opening the file as well.
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(RETRY_SECONDS)
    if mode != "wal":
        raise UnusableDatabase(
            f"The file system of {path} has no shared memory, which several processes need for one "
            "table. Use a folder on a local disk."
        )


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Another process may have migrated the file just now.
        version = _check(connection, path)
        for statements in MIGRATIONS[version:]:
            for statement in statements:
                connection.execute(statement)
        if version < WORDS_VERSION:
            index_all(connection)
        if version < len(MIGRATIONS):
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
