"""Exports of the table to S3: the port, and its adapter for DynamoDB."""

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient

#: Interval between two checks of an export, seconds. An export takes minutes at least.
POLL_SECONDS = 20


class ExportFailed(Exception):
    """DynamoDB could not export the table; the message has its reason."""


class TableExporter(Protocol):
    """Exports one table to one bucket."""

    async def export_full(self, at: datetime, prefix: str) -> int:
        """Export the table as it was, and return the number of its items.

        The files are stored below the prefix, compressed, with names that end with `.gz`. Raises
        `ExportFailed`.
        """

    async def export_changes(self, since: datetime, until: datetime, prefix: str) -> None:
        """Export the items that changed from `since` on and before `until`. Raises `ExportFailed`.

        The window has 15 minutes to 24 hours.
        """


class DynamoTableExporter:
    """`TableExporter` of a DynamoDB table with point-in-time recovery."""

    def __init__(
        self,
        client: "DynamoDBClient",
        table_arn: str,
        bucket: str,
        poll_seconds: float = POLL_SECONDS,
    ) -> None:
        self._client = client
        self._table_arn = table_arn
        self._bucket = bucket
        self._poll_seconds = poll_seconds

    async def export_full(self, at: datetime, prefix: str) -> int:
        return await self._export(prefix, ExportType="FULL_EXPORT", ExportTime=at)

    async def export_changes(self, since: datetime, until: datetime, prefix: str) -> None:
        window = {
            "ExportFromTime": since,
            "ExportToTime": until,
            # Without the states before the changes, which the view does not need.
            "ExportViewType": "NEW_IMAGE",
        }
        await self._export(
            prefix, ExportType="INCREMENTAL_EXPORT", IncrementalExportSpecification=window
        )

    async def _export(self, prefix: str, **options: Any) -> int:
        response = await self._client.export_table_to_point_in_time(
            TableArn=self._table_arn,
            S3Bucket=self._bucket,
            S3Prefix=prefix.rstrip("/"),
            ExportFormat="DYNAMODB_JSON",
            **options,
        )
        description: Any = response["ExportDescription"]
        arn = description["ExportArn"]
        while description["ExportStatus"] == "IN_PROGRESS":
            await asyncio.sleep(self._poll_seconds)
            described = await self._client.describe_export(ExportArn=arn)
            description = described["ExportDescription"]
        if description["ExportStatus"] != "COMPLETED":
            reason = description.get("FailureMessage") or description.get("FailureCode")
            raise ExportFailed(f"the export {arn} failed: {reason}")
        return int(description.get("ItemCount", 0))
