"""The saved queries return what a count over the images of the table returns."""

import asyncio
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import MagicMock

import pytest
import sqlglot
from sqlglot import exp
from sqlglot.optimizer.qualify import qualify

from ops.analytics_counts import Counts, Usage
from ops.exported_table import ExportedTable
from sightline.adapters.dynamo.items import image_item
from sightline.adapters.memory.objects import MemoryObjectStore
from sightline.domain.images import Image
from sightline_ops.analytics.plots import PLOTS
from sightline_ops.analytics.queries import QUERIES, read_queries, run_queries
from sightline_ops.analytics.refresh import ViewRefresher
from sightline_ops.analytics.sample import SampleLibrary, count_usage, list_items
from sightline_ops.analytics.table_export import usage_item
from sightline_ops.analytics.view_files import connect, view_file
from sightline_ops.analytics.view_rows import Pseudonyms
from sightline_ops.analytics.view_schema import VIEW_TABLES

TERRAFORM = QUERIES.parents[2]
NAMES = tuple(read_queries())

PSEUDONYMS = Pseudonyms(b"a key")
FIRST = datetime(2026, 8, 20, tzinfo=UTC)
REFRESHED_AT = datetime(2026, 11, 1, 3, tzinfo=UTC)


class Library(NamedTuple):
    """A view after a full and an incremental refresh, and what the table contains."""

    view: Path
    images: list[Image]
    usage: Usage
    erased: list[Image]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """A table in which an account was erased, and images changed, after the first refresh."""
    return asyncio.run(_build_library(tmp_path_factory.mktemp("view")))


async def _build_library(view: Path) -> Library:
    sample = SampleLibrary(seed=7, owners=5)
    images = sample.make_images(FIRST, days=30, per_day=12)
    erased_owner = sample.owners[1]
    store = MemoryObjectStore()
    table = ExportedTable(store)
    for item in list_items(images[:-40]):
        table.put(item)
    refresher = ViewRefresher(table, store, PSEUDONYMS)
    await refresher.refresh(REFRESHED_AT)

    erased = [image for image in images if image.owner == erased_owner]
    kept = _change([image for image in images if image.owner != erased_owner])
    usage = count_usage(kept)
    table.items.clear()
    for image in kept:
        table.put(image_item(image))
    for owner, months in usage.items():
        for month in months:
            table.put(usage_item(owner, month))
    await refresher.refresh(REFRESHED_AT + timedelta(days=1))
    assert (table.full_exports, len(table.windows)) == (1, 1)

    for each in VIEW_TABLES:
        stored = await store.head(f"view/{each.name}/{each.name}.parquet")
        view_file(view, each).write_bytes(await store.read(stored))
    return Library(view, kept, usage, erased)


def _change(images: Sequence[Image]) -> list[Image]:
    """Return the images after edits, a deletion that has begun, and work in progress."""
    changed = list(images)
    labeled = [index for index, image in enumerate(images) if len(image.detected_labels) > 1]
    hidden = images[labeled[0]]
    name = hidden.detected_labels[0].name
    details = {"hidden": (name.lower(),), "added": ("My own label",), "revision": 1}
    changed[labeled[0]] = hidden.with_details(hidden.details.model_copy(update=details))
    deleted = images[labeled[1]]
    changed[labeled[1]] = deleted.model_copy(update={"deleted_at": REFRESHED_AT})
    resized = images[labeled[2]]
    changed[labeled[2]] = resized.with_part("recognition", resized.recognition.begin("new"))
    declared = images[labeled[3]]
    changed[labeled[3]] = declared.model_copy(update={"media_type": "image/gif"})
    return changed


def expect(library: Library, name: str) -> list[dict[str, Any]]:
    counts = Counts(library.images, library.usage, PSEUDONYMS.hash_owner)
    records: list[dict[str, Any]] = getattr(counts, name)()
    return records


def assert_equal(actual: list[dict[str, Any]], expected: list[dict[str, Any]]) -> None:
    assert len(actual) == len(expected)
    for found, counted in zip(actual, expected, strict=True):
        assert list(found) == list(counted)
        for column, value in counted.items():
            assert found[column] == (pytest.approx(value) if isinstance(value, float) else value)


@pytest.mark.parametrize("name", NAMES)
def test_results_equal_a_count_over_the_table(library: Library, name: str) -> None:
    (result,) = run_queries(library.view, {name: read_queries()[name]}).values()
    expected = expect(library, name)
    assert expected
    assert_equal(result.records(), expected)


@pytest.mark.parametrize("name", NAMES)
def test_athena_understands_the_query_as_duckdb_does(library: Library, name: str) -> None:
    """Parsed in Athena's dialect and translated to DuckDB's, the query has the same result.

    Division, for example, differs: in Athena that of two integers is an integer.
    """
    schema: dict[str, object] = {table.name: dict(table.columns) for table in VIEW_TABLES}
    tree = sqlglot.parse_one(read_queries()[name], dialect="trino")
    # Resolves every column, so that an unknown one is an error.
    tree = qualify(tree, schema=schema, dialect="trino")
    assert not list(tree.find_all(exp.Anonymous)), "a function that sqlglot does not know"
    (result,) = run_queries(library.view, {name: tree.sql(dialect="duckdb")}).values()
    assert_equal(result.records(), expect(library, name))


def test_there_are_ten_queries_with_a_description() -> None:
    """The first line is what Athena shows next to the name."""
    assert len(NAMES) == 10
    assert all(sql.startswith("-- ") for sql in read_queries().values())


def test_prices_of_the_query_are_those_of_the_cost_tables() -> None:
    prices = json.loads((TERRAFORM / "prices.json").read_text())
    literals = {
        column.alias: float(column.find(exp.Literal).this)
        for column in sqlglot.parse_one(read_queries()["cost_by_owner"], dialect="trino")
        .find(exp.CTE)
        .this.expressions  # type: ignore[union-attr]
    }
    assert literals == {
        "recognition_thousand": prices["recognition thousand"],
        "storage_gb_month": prices["storage gb month"],
    }


def test_terraform_declares_the_columns_of_the_view() -> None:
    declared = json.loads((QUERIES.parent / "view.json").read_text())
    assert declared == {
        table.name: [{"name": name, "type": kind} for name, kind in table.columns.items()]
        for table in VIEW_TABLES
    }


def test_files_have_the_declared_types(library: Library) -> None:
    """Athena rejects a file whose types differ from the declared ones."""
    duckdb_types = {"string": "VARCHAR", "int": "INTEGER"}
    with connect() as connection:
        for table in VIEW_TABLES:
            relation = connection.read_parquet(str(view_file(library.view, table)))
            found = dict(zip(relation.columns, map(str, relation.types), strict=True))
            assert found == {
                name: duckdb_types.get(kind, kind.upper()) for name, kind in table.columns.items()
            }


def _read_cells(view: Path) -> str:
    with connect() as connection:
        return "\n".join(
            str(row)
            for table in VIEW_TABLES
            for row in connection.read_parquet(str(view_file(view, table))).fetchall()
        )


def test_erased_account_is_not_in_the_view(library: Library) -> None:
    """Neither the hash of the owner nor those of the images remain after the next refresh."""
    assert library.erased
    cells = _read_cells(library.view)
    assert PSEUDONYMS.hash_owner(library.images[0].owner) in cells
    assert PSEUDONYMS.hash_owner(library.erased[0].owner) not in cells
    for image in library.erased:
        assert PSEUDONYMS.hash_of_owner(image.owner, "image", image.image_id) not in cells


def test_view_contains_no_personal_data(library: Library) -> None:
    """No identifier, text, position or content hash of an image is in the view."""
    cells = _read_cells(library.view)
    texts = 0
    for image in library.images:
        personal = [image.owner, image.image_id, image.sha256, str(image.details.title)]
        personal += [*image.details.added, image.perceptual_hash or image.owner]
        recognition, renditions = image.recognition.result, image.renditions.result
        personal += [text.text for text in (recognition and recognition.text) or ()]
        texts += bool(recognition and recognition.text)
        if renditions and renditions.capture.place:
            personal += [str(renditions.capture.place.latitude), str(renditions.capture.camera)]
        assert [each for each in personal if each in cells] == []
    assert texts


def test_hashes_of_equal_content_differ_between_owners() -> None:
    """The view does not reveal that two owners have the same image."""
    hashes = {PSEUDONYMS.hash_of_owner(owner, "content", "abc") for owner in ("first", "second")}
    assert len(hashes) == 2


@pytest.mark.parametrize("name", PLOTS)
def test_plots_draw_the_results(library: Library, name: str) -> None:
    """Each plot finds its columns, and has a title and data; Matplotlib is not needed for that."""
    axes = MagicMock()
    PLOTS[name](run_queries(library.view, read_queries()), axes)
    assert axes.set.call_args.kwargs["title"]
    drawn = [*axes.plot.call_args_list, *axes.bar.call_args_list, *axes.barh.call_args_list]
    assert drawn
    assert all(len(list(call.args[0])) == len(list(call.args[1])) > 0 for call in drawn)


def test_plot_of_storage_ends_at_what_is_stored(library: Library) -> None:
    axes = MagicMock()
    PLOTS["storage"](run_queries(library.view, read_queries()), axes)
    (_, gigabytes), _ = axes.plot.call_args
    stored = expect(library, "storage_growth")[-1]["total_bytes"]
    assert gigabytes[-1] == pytest.approx(stored / 1e9)
