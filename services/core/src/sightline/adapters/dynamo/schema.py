"""The schema of the one table: its keys, its billing and its time to live.

Terraform declares the same table (infra/terraform/modules/table); a test compares the two.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb.type_defs import CreateTableInputTypeDef

#: The attribute by which DynamoDB expires rows: Unix seconds.
EXPIRY_ATTRIBUTE = "expires_at"

PARTITION_KEY, SORT_KEY = "pk", "sk"


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
        ],
        "BillingMode": "PAY_PER_REQUEST",
    }
