"""The size of items in DynamoDB, and what it costs to store them."""

import math
from typing import Any

from sightline.adapters.dynamo.image_index import HashIndexWriter, LabelIndexWriter
from sightline.adapters.dynamo.items import content_image_key, image_item
from sightline.adapters.dynamo.schema import (
    IMAGE_ID_ATTRIBUTE,
    PARTITION_KEY,
    SORT_KEY,
    SUMMARY_ATTRIBUTES,
    TIMELINE_ATTRIBUTE,
)
from sightline.adapters.dynamo.word_index import WordIndexWriter
from sightline.domain.images import Image

#: Bytes that DynamoDB adds to each item for storage, to each list or map, and to each value in one.
#: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
ITEM_OVERHEAD, DOCUMENT_OVERHEAD, VALUE_OVERHEAD = 100, 3, 1

#: Bytes of one write unit, and the units of a write in a transaction.
WRITE_UNIT_BYTES, TRANSACTION_FACTOR = 1024, 2

#: Writes of a row until its image is ready: its creation, and the begin and end of both parts.
ROW_WRITES = 5

#: Writes of its entries in indexes until then, a unit each: all of those of the row in `uploads`,
#: and those from the first one of the renditions on in `timeline`.
INDEX_WRITES = ROW_WRITES + ROW_WRITES - 1


def list_items(image: Image) -> list[Any]:
    """Return the row and the entries of an image that is ready; counts are shared by images."""
    client: Any = None
    writes = [
        *LabelIndexWriter(client, "").changes(image.key, {}, image.indexed_labels),
        *HashIndexWriter("").changes(image.key, None, image.perceptual_hash),
        *WordIndexWriter(client, "").entries(image.key, dict(image.word_fields)),
    ]
    row = image_item(image) | {"indexed_words": {"SS": sorted(image.word_fields)}}
    return [
        row,
        content_image_key(image),
        *(write["Put"]["Item"] for write in writes if "Put" in write),
    ]


def count_bytes(item: dict[str, Any]) -> int:
    """Return the size of an item by which DynamoDB counts its capacity units."""
    return sum(len(name.encode()) + _value_bytes(value) for name, value in item.items())


def count_write_units(image: Image) -> int:
    """Return about how many write units an image takes from its creation until it is ready.

    Each label and each word has an entry and a count, written in transactions.
    """
    row, *entries = list_items(image)
    counts = len(image.indexed_labels) + len(image.word_fields)
    row_units = math.ceil(count_bytes(row) / WRITE_UNIT_BYTES)
    in_transactions = (ROW_WRITES - 1) * row_units + len(entries) + counts
    return row_units + TRANSACTION_FACTOR * in_transactions + INDEX_WRITES


def list_index_entries(row: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the entries of a row in the indexes."""
    names = {PARTITION_KEY, SORT_KEY, *SUMMARY_ATTRIBUTES}
    return [
        {name: value for name, value in row.items() if name in {*names, key}}
        for key in (TIMELINE_ATTRIBUTE, IMAGE_ID_ATTRIBUTE)
    ]


def _value_bytes(attribute: dict[str, Any]) -> int:
    ((kind, value),) = attribute.items()
    match kind:
        case "S":
            return len(value.encode())
        case "B":
            return len(value)
        case "N":
            return len(value.strip("-.")) // 2 + 1
        case "SS":
            return sum(len(each.encode()) for each in value)
        case "L":
            return DOCUMENT_OVERHEAD + sum(_value_bytes(each) + VALUE_OVERHEAD for each in value)
        case "M":
            return DOCUMENT_OVERHEAD + count_bytes(value) + VALUE_OVERHEAD * len(value)
    return 1
