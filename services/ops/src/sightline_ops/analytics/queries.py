"""Run the saved queries on a local copy of the view, with DuckDB.

The queries are the ones that Terraform saves in Athena. Their SQL is valid in both engines.
"""

from pathlib import Path
from typing import Any, NamedTuple

from sightline_ops.analytics.view_files import connect, view_file
from sightline_ops.analytics.view_schema import VIEW_TABLES

#: The saved queries, in a clone of the repository. Only Terraform and this module need them.
QUERIES = Path(__file__).parents[5] / "infra" / "terraform" / "modules" / "analytics" / "queries"


class QueryResult(NamedTuple):
    """The columns and rows of a query's result."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]

    def records(self) -> list[dict[str, Any]]:
        """Return the rows by column."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


def read_queries(folder: Path = QUERIES) -> dict[str, str]:
    """Return the SQL of the saved queries, by name."""
    return {file.stem: file.read_text() for file in sorted(folder.glob("*.sql"))}


def run_queries(view: Path, queries: dict[str, str]) -> dict[str, QueryResult]:
    """Run queries on the Parquet files of a view, and return the results by name.

    Raises `duckdb.Error`.
    """
    results = {}
    with connect() as connection:
        for table in VIEW_TABLES:
            relation = connection.read_parquet(str(view_file(view, table)))
            relation.create_view(table.name)
        for name, sql in queries.items():
            cursor = connection.execute(sql)
            columns = tuple(column[0] for column in cursor.description or ())
            results[name] = QueryResult(columns, cursor.fetchall())
    return results
