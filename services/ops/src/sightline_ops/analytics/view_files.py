"""Write and update the Parquet files of the view, with DuckDB."""

import json
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from sightline_ops.analytics.table_export import ItemChange
from sightline_ops.analytics.view_rows import Pseudonyms, derive_changes
from sightline_ops.analytics.view_schema import VIEW_TABLES, ViewTable

#: Memory of DuckDB; beyond it, DuckDB writes temporary files.
MEMORY_LIMIT = "512MB"

#: Glue calls text `string`. DuckDB knows that name too, but writes its own.
_DUCKDB_TYPES = {"string": "VARCHAR"}


class ViewUpdate(NamedTuple):
    """The number of items that were read, and of rows that the view has now, by table."""

    items: int
    rows: dict[str, int]


def view_file(folder: Path, table: ViewTable) -> Path:
    """Return the path of a table's file in a local copy of the view."""
    return folder / f"{table.name}.parquet"


def update_view(
    changes: Iterable[ItemChange],
    pseudonyms: Pseudonyms,
    base: Path | None,
    target: Path,
    scratch: Path,
) -> ViewUpdate:
    """Write the view to `target`: that of `base` with the changes; None is an empty view.

    Applying the same changes again gives the same view. `scratch` is a folder for temporary files,
    which hold no identifiers either. Raises `duckdb.Error`, and `pydantic.ValidationError` for an
    image that this version does not understand.
    """
    items = _stage(changes, pseudonyms, scratch)
    target.mkdir(parents=True, exist_ok=True)
    with connect(scratch) as connection:
        rows = {
            table.name: _merge(connection, table, base, target, scratch) for table in VIEW_TABLES
        }
    return ViewUpdate(items, rows)


def connect(scratch: Path | None = None) -> "closing[duckdb.DuckDBPyConnection]":
    """Return a DuckDB connection with bounded memory, which never loads an extension."""
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": MEMORY_LIMIT,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    if scratch is not None:
        config["temp_directory"] = str(scratch)
    return closing(duckdb.connect(config=config))


def _stage(changes: Iterable[ItemChange], pseudonyms: Pseudonyms, scratch: Path) -> int:
    """Write the changed keys and the new rows as JSON lines, and return the number of items."""
    items = 0
    with ExitStack() as exits:
        files = {
            path: exits.enter_context(path.open("w", encoding="utf-8"))
            for table in VIEW_TABLES
            for path in (_keys_file(scratch, table), _rows_file(scratch, table))
        }
        for items, change in enumerate(changes, 1):  # noqa: B007
            for derived in derive_changes(change, pseudonyms):
                _write_lines(files[_keys_file(scratch, derived.table)], [derived.key])
                _write_lines(files[_rows_file(scratch, derived.table)], derived.rows)
    return items


def _write_lines(file: Any, rows: Iterable[dict[str, Any]]) -> None:
    file.writelines(json.dumps(row) + "\n" for row in rows)


def _keys_file(scratch: Path, table: ViewTable) -> Path:
    return scratch / f"{table.name}-keys.json"


def _rows_file(scratch: Path, table: ViewTable) -> Path:
    return scratch / f"{table.name}-rows.json"


def _merge(
    connection: duckdb.DuckDBPyConnection,
    table: ViewTable,
    base: Path | None,
    target: Path,
    scratch: Path,
) -> int:
    """Write a table's file: the rows of the base whose keys have not changed, and the new rows."""
    keys = _read_json(_keys_file(scratch, table), table, table.key)
    parts = [f"SELECT * FROM {_read_json(_rows_file(scratch, table), table, table.columns)}"]  # noqa: S608 # nosec B608
    if base is not None:
        columns = ", ".join(table.key)
        parts.append(
            f"SELECT * FROM read_parquet({_quote(view_file(base, table))}) "  # noqa: S608 # nosec B608
            f"WHERE ({columns}) NOT IN (SELECT ({columns}) FROM {keys})"
        )
    rows = " UNION ALL BY NAME ".join(parts)
    order = ", ".join((table.order, *table.key))
    connection.execute(
        f"COPY ({rows} ORDER BY {order}) "
        f"TO {_quote(view_file(target, table))} (FORMAT parquet, COMPRESSION zstd)"
    )
    return count_rows(connection, view_file(target, table))


def count_rows(connection: duckdb.DuckDBPyConnection, file: Path) -> int:
    """Return the number of rows of a Parquet file."""
    (count,) = next(_fetch(connection, f"SELECT count(*) FROM read_parquet({_quote(file)})"))  # noqa: S608 # nosec B608
    return int(count)


def _fetch(connection: duckdb.DuckDBPyConnection, query: str) -> Iterator[tuple[Any, ...]]:
    yield from connection.execute(query).fetchall()


def _read_json(file: Path, table: ViewTable, columns: Iterable[str]) -> str:
    types = ", ".join(f"{name}: '{_duckdb_type(table, name)}'" for name in columns)
    return f"read_json({_quote(file)}, format = 'newline_delimited', columns = {{{types}}})"


def _duckdb_type(table: ViewTable, column: str) -> str:
    kind = table.columns[column]
    return _DUCKDB_TYPES.get(kind, kind)


def _quote(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
