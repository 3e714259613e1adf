"""The files of a DynamoDB export, in the format DYNAMODB_JSON.

A file has one JSON object per line. In a full export that is an item; in an incremental export it
is the last change of an item within the window, without `NewImage` if the item was deleted.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport.Output.html
"""

import base64
import gzip
import json
from collections.abc import AsyncIterator, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from sightline.adapters.dynamo.items import calls_attribute, image_item, plain_item, usage_key
from sightline.ports.tables import Tables
from sightline.ports.usage_table import MonthlyUsage

#: An item with the attribute values of DynamoDB, as in `{"pk": {"S": "USER#1"}}`.
Item = dict[str, Any]


class ItemChange(NamedTuple):
    """The last state of an item, in Python values; `item` is None if it was deleted."""

    pk: str
    sk: str
    item: dict[str, Any] | None


def parse_line(line: str | bytes) -> ItemChange:
    """Return the change that a line of a full or an incremental export describes."""
    entry = json.loads(line)
    item = entry.get("Item") or entry.get("NewImage")
    keys = item or entry["Keys"]
    return ItemChange(keys["pk"]["S"], keys["sk"]["S"], plain_item(item) if item else None)


def read_export_files(files: Iterable[Path]) -> Iterator[ItemChange]:
    """Iterate over the changes in compressed files of an export."""
    for file in files:
        with gzip.open(file, "rb") as lines:
            yield from map(parse_line, lines)


def write_export_file(items: Iterable[Item], file: Path) -> int:
    """Write a file of a full export, and return the number of its items."""
    file.parent.mkdir(parents=True, exist_ok=True)
    count = 0
    with gzip.open(file, "wt", encoding="utf-8") as lines:
        for count, item in enumerate(items, 1):  # noqa: B007
            lines.write(json.dumps({"Item": item}, default=_encode_binary) + "\n")
    return count


def _encode_binary(value: object) -> str:
    """Encode a binary attribute."""
    if not isinstance(value, bytes):
        raise TypeError(f"{type(value).__name__} is not a type of DynamoDB")
    return base64.b64encode(value).decode()


async def scan_items(tables: Tables) -> AsyncIterator[Item]:
    """Iterate over the images and the usage of a table as DynamoDB stores them.

    It works with every table that the ports can read, such as the SQLite file of `make run`. The
    usage of owners without an image is left out, because no port lists them.
    """
    owners = set()
    async for image in tables.inventory.scan():
        owners.add(image.owner)
        yield image_item(image)
    for owner in sorted(owners):
        for month in (await tables.usage.read(owner)).months:
            yield usage_item(owner, month)


def usage_item(owner: str, usage: MonthlyUsage) -> Item:
    """Return the item that counts the usage of an owner in a month."""
    counts = {"images": usage.images, "bytes": usage.bytes}
    counts |= {calls_attribute(feature): calls for feature, calls in usage.calls.items()}
    return usage_key(owner, usage.month) | {name: {"N": str(n)} for name, n in counts.items()}
