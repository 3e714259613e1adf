"""The tables of the view and their columns.

Terraform declares the same columns to Athena (infra/terraform/modules/analytics/view.json); a test
compares the two.
"""

from typing import Literal, NamedTuple

from sightline.domain.recognition import Feature

#: Types that Glue and DuckDB both know by these names. Timestamps are in UTC.
ColumnType = Literal["string", "bigint", "int", "double", "timestamp"]


class ViewTable(NamedTuple):
    """A table of the view.

    `key` are the columns that identify the row of the DynamoDB table that a row comes from, and
    `order` is the column that the file is sorted by, so that a query on a range reads only a part.
    """

    name: str
    columns: dict[str, ColumnType]
    key: tuple[str, ...]
    order: str


#: One row per image that is not being deleted. The failures are codes of docs/problems.md;
#: `format` is the detected media type, None until the image is resized. `seconds_to_ready` is the
#: time from the upload to the end of the slower part. Images of one owner with equal
#: `content_hash` have the same bytes; with equal `visual_hash` they look the same.
IMAGES = ViewTable(
    "images",
    {
        "image_hash": "string",
        "owner_hash": "string",
        "created_at": "timestamp",
        "media_type": "string",
        "format": "string",
        "bytes": "bigint",
        "width": "int",
        "height": "int",
        "status": "string",
        "recognition_failure": "string",
        "renditions_failure": "string",
        "seconds_to_ready": "double",
        "retries": "int",
        "content_hash": "string",
        "visual_hash": "string",
    },
    key=("image_hash",),
    order="created_at",
)

#: One row per detected label of an image, without the labels that the owner hid. Labels that owners
#: add are free text, and are left out.
LABELS = ViewTable(
    "labels",
    {
        "image_hash": "string",
        "owner_hash": "string",
        "created_at": "timestamp",
        "label": "string",
        "confidence": "double",
    },
    key=("image_hash",),
    order="created_at",
)

#: One row per owner and month (`2026-11`): uploads, their bytes, and paid calls by feature.
USAGE = ViewTable(
    "usage",
    {
        "owner_hash": "string",
        "month": "string",
        "images": "bigint",
        "bytes": "bigint",
        **{f"calls_{feature}": "bigint" for feature in Feature},
    },
    key=("owner_hash", "month"),
    order="month",
)

VIEW_TABLES = (IMAGES, LABELS, USAGE)
