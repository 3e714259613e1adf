"""Files in which the state of MiniStack's services is kept between runs.

    services/NAME.json      one service, replaced as a whole
    services/*.pem          signing keys of Cognito, which MiniStack itself writes
    table/N.jsonl           the DynamoDB tables after the N-th stop: first everything except the
                            items, then one line per partition
    table/N.journal         the DynamoDB writes since then
    s3/                     objects, which MiniStack itself writes at once

A table snapshot appears under its name only when it is complete; until then the one before it, with
its journal, is the state.
"""

import json
import os
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

State = dict[str, Any]
Encode = Callable[[Any], Any]
Decode = Callable[[State], Any]


class StateUnreadable(Exception):
    """A file of the state is damaged; the message names it."""


class ServiceFiles:
    """One JSON file per service. `encode` and `decode` are MiniStack's own hooks for JSON."""

    def __init__(self, folder: Path, encode: Encode, decode: Decode) -> None:
        self._folder = folder
        self._encode = encode
        self._decode = decode
        folder.mkdir(parents=True, exist_ok=True)

    def save(self, name: str, state: State) -> None:
        text = json.dumps(state, default=self._encode)
        write_atomically(self._path(name), iter([text]))

    def load(self, name: str) -> State | None:
        """Return the state of a service, None if it has none. Raises `StateUnreadable`."""
        path = self._path(name)
        if not path.exists():
            return None
        with _reading(path):
            state: State = json.loads(path.read_text(), object_hook=self._decode)
            return state

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.json"


class TableFiles:
    """The snapshots of the DynamoDB tables, and the journal that continues the newest."""

    def __init__(self, folder: Path, encode: Encode, decode: Decode) -> None:
        self._folder = folder
        self._encode = encode
        self._decode = decode
        folder.mkdir(parents=True, exist_ok=True)
        self._number = max((int(path.stem) for path in folder.glob("*.jsonl")), default=0)

    @property
    def journal(self) -> Path:
        return self._folder / f"{self._number}.journal"

    def save(self, state: State) -> None:
        """Write the next snapshot, then delete what it replaces."""
        number = self._number + 1
        write_atomically(self._path(number), self._format(state))
        self._number = number
        for path in self._folder.iterdir():
            if path.stem != str(number):
                path.unlink()

    def load(self) -> State | None:
        """Return the newest snapshot, None before the first. Raises `StateUnreadable`."""
        path = self._path(self._number)
        if not path.exists():
            return None
        with _reading(path), path.open() as lines:
            state: State = json.loads(lines.readline(), object_hook=self._decode)
            tables = _tables_by_name(state)
            for line in lines:
                name, partition, items = json.loads(line)
                tables[name]["items"][partition] = items
            return state

    def _path(self, number: int) -> Path:
        return self._folder / f"{number}.jsonl"

    def _format(self, state: State) -> Iterator[str]:
        # A line per partition: the text of all items together would double the memory.
        tables = _tables_by_name(state)
        items = {name: table.pop("items") for name, table in tables.items()}
        yield json.dumps(state, default=self._encode) + "\n"
        for name, table in tables.items():
            table["items"] = items[name]
            for partition, rows in table["items"].items():
                if rows:
                    yield json.dumps([name, partition, rows]) + "\n"


def _tables_by_name(state: State) -> dict[str, State]:
    """Return the tables of all accounts and regions by a name that is unique among them."""
    tables = {"\0".join(key): table for key, table in state["tables"]._data.items()}
    for table in tables.values():
        table.setdefault("items", defaultdict(dict))
    return tables


def write_atomically(path: Path, parts: Iterator[str]) -> None:
    """Replace a file by the parts; it has either its old or its new content, whatever happens."""
    temporary = path.with_name(f"{path.name}.tmp")
    try:
        with temporary.open("w") as file:
            file.writelines(parts)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    try:
        yield
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise StateUnreadable(f"{path} is damaged") from error
