"""The schema of the one table: its keys, its billing and its time to live.

Terraform declares the same table (infra/terraform/modules/table); a test compares the two.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb.type_defs import CreateTableInputTypeDef

#: The attribute by which DynamoDB expires rows: Unix seconds.
EXPIRY_ATTRIBUTE = "expires_at"

PARTITION_KEY, SORT_KEY = "pk", "sk"

#: The sparse index of the images in the timeline, and the attribute with their position in it.
TIMELINE_INDEX, TIMELINE_ATTRIBUTE = "timeline", "timeline"

#: What the index projects beside the keys: a summary of the image.
SUMMARY_ATTRIBUTES = (
    "media_type",
    "bytes",
    "created_at",
    "expires_at",
    "deleted_at",
    "albums",
    "details_summary",
    "recognition_summary",
    "renditions_summary",
)


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
        ],
        "GlobalSecondaryIndexes": [
            {
                "IndexName": TIMELINE_INDEX,
                "KeySchema": [
                    {"AttributeName": PARTITION_KEY, "KeyType": "HASH"},
                    {"AttributeName": TIMELINE_ATTRIBUTE, "KeyType": "RANGE"},
                ],
                "Projection": {
                    "ProjectionType": "INCLUDE",
                    "NonKeyAttributes": list(SUMMARY_ATTRIBUTES),
                },
            }
        ],
        "BillingMode": "PAY_PER_REQUEST",
    }
