"""Growth of what an owner waits for, with the size of the library (`make bench-library`).

Fills the libraries of owners with 1,000, 10,000 and 100,000 images, and measures the calls, the
capacity units and the time of each request in turn, so that other load on the machine affects all
sizes alike. The adapter of DynamoDB runs as in the API, against an emulator whose own cost does not
grow. Rows and index entries are those of the adapter, written in batches. Only the labels and words
that are searched have entries: others are in partitions that no request here reads.
"""

import asyncio
import json
import os
import random
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import httpx
from item_sizes import (
    ITEM_OVERHEAD,
    count_bytes,
    count_write_units,
    list_index_entries,
    list_items,
)
from library import COMMON, FREQUENT, RARE_IMAGES, recognize, render
from metered_dynamodb import Meter, MeteredClient, run_dynalite
from rich.console import Console
from rich.progress import track
from rich.table import Table
from testbed import HERE, run_testbed

from sightline.adapters.aws.clients import Clients
from sightline.adapters.dynamo import dynamo_tables
from sightline.adapters.dynamo.image_index import LabelIndexWriter
from sightline.adapters.dynamo.items import (
    image_item,
    label_count_key,
    month_count_key,
    word_count_key,
)
from sightline.adapters.dynamo.schema import table_schema
from sightline.adapters.dynamo.word_index import WordIndexWriter
from sightline.batching import in_batches
from sightline.domain.images import Details, Image
from sightline.domain.labels import fold_label
from sightline.domain.timeline import TimelineRange, month_of
from sightline.ports.tables import Tables
from sightline_api.images.index_search import Query
from sightline_api.images.listing import Filter
from sightline_api.images.search_text import parse_search_text
from sightline_api.images.searching import ImageSearch
from sightline_api.images.timeline_search import TimelineSearch
from sightline_local.environment import REGION
from sightline_testing.builders import edit_details, make_image

OUT = HERE / "out"
SIZES = tuple(map(int, os.environ.get("SIZES", "1000 10000 100000").split()))
ROUNDS = int(os.environ.get("ROUNDS", "15"))

TABLE = "bench-library"
PAGE_SIZE = 100
EDITED_IMAGES = 500

#: Edits in progress at a time, as the API runs those of a batch.
CONCURRENT_EDITS = 10

#: The label of the same number of images in every library.
RARE = "Rare"

#: The images are spread evenly over these years.
FIRST_CAPTURE, YEARS = datetime(2016, 1, 1, 9, 30, tzinfo=UTC).replace(tzinfo=None), 10

#: Images of the range of capture times that is searched, in the middle of the years.
RANGE_IMAGES = 400

#: Labels and words that have entries.
INDEXED = frozenset({fold_label(COMMON), fold_label(FREQUENT), fold_label(RARE)})

#: Items of one BatchWriteItem, and calls of it at a time.
#: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html
BATCH_SIZE = 25
CONCURRENT_BATCHES = 4

#: Bytes of an eventually consistent read unit. https://aws.amazon.com/dynamodb/pricing/on-demand/
READ_UNIT_KB = 8

#: Requests whose CPU time is compared.
NOOP_REQUESTS, PAGE_REQUESTS = 5_000, 100

PAGE, UPLOADS, MONTHS = "page of 100", "page of 100 by upload", "months"
MONTH, LABELS, EDIT = "jump to a month", "label counts", "edit of 500"
SEARCHES = {
    "common label": Query(labels=(COMMON,)),
    "common AND frequent label": Query(labels=(COMMON, FREQUENT)),
    "common AND rare label": Query(labels=(COMMON, RARE)),
    "rare label": Query(labels=(RARE,)),
    "common AND rare word": Query(text=parse_search_text(f"{COMMON} {RARE} ")),
    "start of a word AND label": Query(labels=(FREQUENT,), text=parse_search_text(COMMON[:4])),
}

#: Searches of a range of capture times, in the order of the timeline.
TIME_SEARCHES = {
    "frequent word in a range": Query(text=parse_search_text(f"{FREQUENT} ")),
    "rare word in a range": Query(text=parse_search_text(f"{RARE} ")),
    "two labels in a range": Query(labels=(COMMON, FREQUENT)),
}


class Measured(NamedTuple):
    """The medians of a request at one size; time in milliseconds."""

    calls: float
    sequence: float
    read_units: float
    write_units: float
    milliseconds: float


def main() -> None:
    OUT.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, run_dynalite(Path(folder)) as url:
        os.environ |= {
            "AWS_ENDPOINT_URL": url,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_EC2_METADATA_DISABLED": "true",
        }
        results = asyncio.run(measure())
    ratios = compute_ratios(results)
    ratios["page_vs_noop"] = measure_page_vs_noop()
    print_results(results, ratios)
    document = {
        "ratios": ratios,
        "image": measure_image(),
        "measured": {
            name: {str(size): each._asdict() for size, each in sizes.items()}
            for name, sizes in results.items()
        },
    }
    (OUT / "library.json").write_text(json.dumps(document, indent=2) + "\n")
    print(f"wrote {OUT / 'library.json'}")


async def measure() -> dict[str, dict[int, Measured]]:
    """Return what each request costs at each size."""
    async with AsyncExitStack() as stack:
        client = await Clients(stack, REGION).open("dynamodb")
        await client.create_table(**table_schema(TABLE))
        await client.get_waiter("table_exists").wait(TableName=TABLE)
        for size in SIZES:
            await fill(client, size)
        metered = MeteredClient(client)
        tables: Tables = dynamo_tables(metered, TABLE)  # type: ignore[arg-type]
        requests = {size: build_requests(tables, size) for size in SIZES}
        samples: dict[str, dict[int, list[Meter]]] = {}
        for number in track(range(ROUNDS), "measuring"):
            for name in requests[SIZES[0]]:
                if name == EDIT and number:
                    # Each of the 500 is a sample by itself.
                    continue
                for size in SIZES:
                    metered.meter = meter = Meter()
                    started = time.perf_counter()
                    await requests[size][name]()
                    meter.seconds = time.perf_counter() - started
                    samples.setdefault(name, {}).setdefault(size, []).append(meter)
    return {
        name: {size: summarize(meters) for size, meters in sizes.items()}
        for name, sizes in samples.items()
    }


def summarize(meters: list[Meter]) -> Measured:
    medians = {
        name: statistics.median(values)
        for name, values in zip(
            asdict(meters[0]),
            zip(*(asdict(each).values() for each in meters), strict=True),
            strict=True,
        )
    }
    medians["milliseconds"] = 1_000 * medians.pop("seconds")
    return Measured(**medians)


def owner_of(size: int) -> str:
    return f"bench-owner-{size}"


async def fill(client: Any, size: int) -> None:
    """Write the library of this size."""
    slots = asyncio.Semaphore(CONCURRENT_BATCHES)

    async def write(batch: list[Any]) -> None:
        async with slots:
            requests = [{"PutRequest": {"Item": item}} for item in batch]
            while requests:
                response = await client.batch_write_item(RequestItems={TABLE: requests})
                requests = response["UnprocessedItems"].get(TABLE, [])

    items = in_batches(library_items(client, size), BATCH_SIZE)
    total = size * 5 // BATCH_SIZE
    for batches in track(in_batches(items, CONCURRENT_BATCHES), f"{size:,} images", total):
        await asyncio.gather(*map(write, batches))


def library_items(client: Any, size: int) -> Iterator[Any]:
    """Yield the rows, entries and counts of a library."""
    labels, words = LabelIndexWriter(client, TABLE), WordIndexWriter(client, TABLE)
    owner = owner_of(size)
    counted_labels: Counter[str] = Counter()
    counted_words: Counter[str] = Counter()
    counted_months: Counter[str] = Counter()
    for number in range(size):
        image = build_image(owner, number, size)
        counted_labels.update(image.indexed_labels.keys())
        counted_months[str(image.timeline_month)] += 1
        fields = image.word_fields
        counted_words.update(fields.keys() & INDEXED)
        # The words of the title, too, because edits replace them.
        indexed = {word: fields[word] for word in fields if word in INDEXED or word.isdigit()}
        yield image_item(image) | {"indexed_words": {"SS": sorted(fields)}}
        entries = [
            *labels.changes(
                image.key, {}, {k: v for k, v in image.indexed_labels.items() if k in INDEXED}
            ),
            *words.entries(image.key, indexed),
        ]
        yield from (entry["Put"]["Item"] for entry in entries if "Put" in entry)
    for name, count in counted_labels.items():
        yield label_count_key(owner, name) | {"name": {"S": name}, "images": {"N": str(count)}}
    for month, count in counted_months.items():
        yield month_count_key(owner, month) | {"images": {"N": str(count)}}
    for word, count in counted_words.items():
        yield word_count_key(owner, word) | {"images": {"N": str(count)}}


def build_image(owner: str, number: int, size: int) -> Image:
    """Return the image of this number, when it is ready."""
    chooser = random.Random(number)
    image = make_image(owner, details=Details(title=f"IMG_{number:06}.jpg"))
    etag = image.sha256[:32]
    rendered = render(image)
    capture = replace(rendered.capture, taken_at=capture_time(number, size))
    rendered = rendered.model_copy(update={"capture": capture})
    resized = image.with_part("renditions", image.renditions.begin(etag).succeed(rendered))
    result = recognize(number, chooser, ())
    assert result.labels is not None
    if number % (size // RARE_IMAGES) == 0:
        rare = result.labels[-1].model_copy(update={"name": RARE})
        result = result.model_copy(update={"labels": (*result.labels[:-1], rare)})
    return resized.with_part("recognition", resized.recognition.begin(etag).succeed(result))


def capture_time(number: int, size: int) -> datetime:
    """Return when the image of this number was taken, by a clock at the place."""
    at = FIRST_CAPTURE + number * timedelta(days=365) * YEARS / size
    return at.replace(microsecond=0)


def build_requests(tables: Tables, size: int) -> dict[str, Callable[[], Awaitable[object]]]:
    """Return the requests that are measured, by name."""
    owner = owner_of(size)
    search = ImageSearch(tables.images, tables.index, owner)
    in_time = TimelineSearch(tables.timeline, tables.images, tables.index, owner)

    def find(query: Query) -> Callable[[], Awaitable[object]]:
        return lambda: search.page(query, Filter(), PAGE_SIZE, None)

    middle = month_of(capture_time(size // 2, size))
    in_range = Filter(
        taken_from=capture_time(size // 2 - RANGE_IMAGES // 2, size),
        taken_until=capture_time(size // 2 + RANGE_IMAGES // 2, size),
    )

    def find_in_time(query: Query) -> Callable[[], Awaitable[object]]:
        selected = replace(in_range, query=query)
        return lambda: in_time.page(query, selected, PAGE_SIZE, None)

    return {
        PAGE: lambda: tables.timeline.page(owner, PAGE_SIZE, TimelineRange()),
        UPLOADS: lambda: tables.images.page_summaries(owner, PAGE_SIZE),
        MONTHS: lambda: tables.timeline.count_months(owner),
        MONTH: lambda: tables.timeline.page(owner, PAGE_SIZE, TimelineRange(end=middle)),
        **{name: find(query) for name, query in SEARCHES.items()},
        **{name: find_in_time(query) for name, query in TIME_SEARCHES.items()},
        LABELS: lambda: tables.index.count_labels(owner, PAGE_SIZE),
        EDIT: lambda: edit_images(tables, owner),
    }


async def edit_images(tables: Tables, owner: str) -> None:
    """Change the titles of the newest images, as an owner does for many at once."""
    ids = await tables.images.list_ids(owner, EDITED_IMAGES)
    slots = asyncio.Semaphore(CONCURRENT_EDITS)

    async def edit(image: Image) -> None:
        async with slots:
            revision = image.details.revision + 1
            await tables.images.store(image, edit_details(image, title=f"Title {revision}"))

    for batch in in_batches(ids, PAGE_SIZE):
        for image in await tables.images.get_many(owner, batch):
            await edit(image)


def compute_ratios(results: dict[str, dict[int, Measured]]) -> dict[str, float]:
    """Return the figures of the goals; a growth is the largest of calls, units and time."""
    largest, pages, searches = SIZES[-1], (PAGE, UPLOADS), (*SEARCHES, *TIME_SEARCHES)
    return {
        "page_growth": max(growth(results[name]) for name in pages),
        "month_growth": max(growth(results[name]) for name in (MONTHS, MONTH)),
        "search_growth": max(growth(results[name]) for name in searches),
        "search_calls": max(each.sequence for name in searches for each in results[name].values()),
        "labels_growth": growth(results[LABELS]),
        "edit_growth": growth(results[EDIT]),
        "page_kb": max(results[name][largest].read_units for name in pages) * READ_UNIT_KB,
    }


def growth(sizes: dict[int, Measured]) -> float:
    """Return the largest value of calls, units or time, each divided by that at the first size."""
    first = sizes[SIZES[0]]
    return max(
        value / base
        for size in SIZES[1:] or SIZES
        for value, base in zip(sizes[size], first, strict=True)
        if base
    )


def measure_image() -> dict[str, float]:
    """Return the mean of the items, stored bytes and write units of an image, with all entries."""
    images = [build_image(owner_of(0), number, SIZES[0]) for number in range(PAGE_SIZE)]
    items = [list_items(image) for image in images]
    entries = [entry for each in items for entry in list_index_entries(each[0])]
    everything = [*(item for each in items for item in each), *entries]
    stored = sum(count_bytes(item) + ITEM_OVERHEAD for item in everything)
    return {
        "items": sum(map(len, items)) / len(images),
        "row_bytes": sum(count_bytes(each[0]) for each in items) / len(images),
        "entry_bytes": sum(map(count_bytes, entries)) / len(entries),
        "stored_bytes": stored / len(images),
        "write_units": sum(map(count_write_units, images)) / len(images),
    }


def measure_page_vs_noop() -> float:
    """Return the CPU time of the gateway for a page of 100, divided by that for a no-op."""
    first, *others = sorted(os.sched_getaffinity(0))
    with run_testbed((first, (others or [first])[0])) as testbed, httpx.Client() as http:
        headers = {"Authorization": f"Bearer {testbed.token}"}

        def cpu_seconds(server: str, path: str, requests: int) -> float:
            url = f"http://127.0.0.1:{testbed.ports[server]}{path}"
            http.get(url, headers=headers).raise_for_status()
            before = testbed.servers[server].cpu_seconds()
            for _ in range(requests):
                http.get(url, headers=headers).raise_for_status()
            return (testbed.servers[server].cpu_seconds() - before) / requests

        page = cpu_seconds("gateway", f"/v1/images?limit={PAGE_SIZE}", PAGE_REQUESTS)
        return page / cpu_seconds("noop", "/noop", NOOP_REQUESTS)


def print_results(results: dict[str, dict[int, Measured]], ratios: dict[str, float]) -> None:
    table = Table("calls in sequence / read units / ms", *(f"{size:,}" for size in SIZES))
    for name, sizes in results.items():
        cells = [
            f"{each.sequence:.0f} / {each.read_units:,.1f} / {each.milliseconds:,.1f}"
            for each in sizes.values()
        ]
        table.add_row(name, *cells)
    Console().print(table)
    for name, value in ratios.items():
        print(f"{name}: {value:.2f}")


if __name__ == "__main__":
    main()
