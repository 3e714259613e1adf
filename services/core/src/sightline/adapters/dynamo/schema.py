"""The schema of the one table: its keys, its billing and its time to live.

Terraform declares the same table (infra/terraform/modules/table); a test compares the two.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb.type_defs import (
        CreateTableInputTypeDef,
        GlobalSecondaryIndexUnionTypeDef,
    )

#: The attribute by which DynamoDB expires rows: Unix seconds.
EXPIRY_ATTRIBUTE = "expires_at"

PARTITION_KEY, SORT_KEY = "pk", "sk"

#: The sparse index of the images in the timeline, and the attribute with their position in it.
TIMELINE_INDEX, TIMELINE_ATTRIBUTE = "timeline", "timeline"

#: The index of all images by id, and so by the time of upload. A query leaves out the few other
#: items of an owner that name an image, such as share links.
UPLOADS_INDEX, IMAGE_ID_ATTRIBUTE = "uploads", "image_id"

#: The attribute that summarizes the upload of an image, and those that summarize its parts.
UPLOAD_SUMMARY = "su"
PART_SUMMARIES = {"details": "sd", "recognition": "sl", "renditions": "sr"}

#: The other attributes of an image that a list reads.
STATE_ATTRIBUTES = ("expires_at", "deleted_at", "albums")

#: What both indexes project beside the keys: a summary of the image.
SUMMARY_ATTRIBUTES = (*STATE_ATTRIBUTES, UPLOAD_SUMMARY, *PART_SUMMARIES.values())


def table_schema(name: str) -> "CreateTableInputTypeDef":
    """Return the parameters of CreateTable for a table of this name."""
    return {
        "TableName": name,
        "KeySchema": [
            {"AttributeName": PARTITION_KEY, "KeyType": "HASH"},
            {"AttributeName": SORT_KEY, "KeyType": "RANGE"},
        ],
        "AttributeDefinitions": [
            {"AttributeName": PARTITION_KEY, "AttributeType": "S"},
            {"AttributeName": SORT_KEY, "AttributeType": "S"},
            {"AttributeName": TIMELINE_ATTRIBUTE, "AttributeType": "S"},
            {"AttributeName": IMAGE_ID_ATTRIBUTE, "AttributeType": "S"},
        ],
        "GlobalSecondaryIndexes": [
            _summary_index(TIMELINE_INDEX, TIMELINE_ATTRIBUTE),
            _summary_index(UPLOADS_INDEX, IMAGE_ID_ATTRIBUTE),
        ],
        "BillingMode": "PAY_PER_REQUEST",
    }


def _summary_index(name: str, sort_key: str) -> "GlobalSecondaryIndexUnionTypeDef":
    """Return an index of the images of each owner that projects their summaries."""
    return {
        "IndexName": name,
        "KeySchema": [
            {"AttributeName": PARTITION_KEY, "KeyType": "HASH"},
            {"AttributeName": sort_key, "KeyType": "RANGE"},
        ],
        "Projection": {
            "ProjectionType": "INCLUDE",
            "NonKeyAttributes": list(SUMMARY_ATTRIBUTES),
        },
    }
