"""Webhook endpoints and deliveries in SQLite."""

import sqlite3
import time

from sightline.adapters.sqlite.database import Database
from sightline.domain.webhooks import (
    Delivery,
    DeliveryKey,
    DeliveryNotFound,
    DeliveryState,
    Webhook,
    WebhookNotFound,
)
from sightline.optimistic import Conflict

#: Expired deliveries that are deleted when a delivery is added.
MAX_EXPIRED = 100


class SqliteWebhookTable:
    """`WebhookTable` in SQLite."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def create(self, webhook: Webhook) -> None:
        await self._database.write(_create, webhook)

    async def get(self, owner: str, webhook_id: str) -> Webhook:
        return await self._database.read(_get, owner, webhook_id)

    async def list_webhooks(self, owner: str) -> list[Webhook]:
        return await self._database.read(_list, owner)

    async def store(self, before: Webhook, after: Webhook) -> None:
        await self._database.write(_store, before, after)

    async def delete(self, owner: str, webhook_id: str) -> None:
        await self._database.write(_delete, owner, webhook_id)

    async def add_delivery(self, delivery: Delivery) -> bool:
        return await self._database.write(_add_delivery, delivery)

    async def get_delivery(self, key: DeliveryKey) -> Delivery:
        return await self._database.read(_get_delivery, key)

    async def store_delivery(self, before: Delivery, after: Delivery) -> None:
        await self._database.write(_store_delivery, before, after)

    async def list_deliveries(
        self, owner: str, webhook_id: str, limit: int, before: str | None = None
    ) -> list[Delivery]:
        return await self._database.read(_list_deliveries, owner, webhook_id, limit, before)

    async def find_pending(self, delivery: Delivery) -> str | None:
        return await self._database.read(_find_pending, delivery)


def _create(connection: sqlite3.Connection, webhook: Webhook) -> None:
    row = (webhook.owner, webhook.webhook_id, webhook.revision, webhook.model_dump_json())
    try:
        connection.execute(
            "INSERT INTO webhooks (owner, webhook_id, revision, document) VALUES (?, ?, ?, ?)", row
        )
    except sqlite3.IntegrityError:
        if _get(connection, webhook.owner, webhook.webhook_id) != webhook:
            raise Conflict from None


def _get(connection: sqlite3.Connection, owner: str, webhook_id: str) -> Webhook:
    row = connection.execute(
        "SELECT document FROM webhooks WHERE owner = ? AND webhook_id = ?", (owner, webhook_id)
    ).fetchone()
    if row is None:
        raise WebhookNotFound(webhook_id)
    return Webhook.model_validate_json(row[0])


def _list(connection: sqlite3.Connection, owner: str) -> list[Webhook]:
    rows = connection.execute(
        "SELECT document FROM webhooks WHERE owner = ? ORDER BY webhook_id DESC", (owner,)
    )
    return [Webhook.model_validate_json(document) for (document,) in rows]


def _store(connection: sqlite3.Connection, before: Webhook, after: Webhook) -> None:
    cursor = connection.execute(
        "UPDATE webhooks SET revision = ?, document = ? "
        "WHERE owner = ? AND webhook_id = ? AND revision = ?",
        (
            *(after.revision, after.model_dump_json()),
            *(before.owner, before.webhook_id, before.revision),
        ),
    )
    if cursor.rowcount == 0:
        _get(connection, before.owner, before.webhook_id)
        raise Conflict


def _delete(connection: sqlite3.Connection, owner: str, webhook_id: str) -> None:
    place = (owner, webhook_id)
    cursor = connection.execute("DELETE FROM webhooks WHERE owner = ? AND webhook_id = ?", place)
    if cursor.rowcount == 0:
        raise WebhookNotFound(webhook_id)
    connection.execute("DELETE FROM deliveries WHERE owner = ? AND webhook_id = ?", place)


def _add_delivery(connection: sqlite3.Connection, delivery: Delivery) -> bool:
    connection.execute(
        "DELETE FROM deliveries WHERE rowid IN "
        "(SELECT rowid FROM deliveries WHERE expires_at <= ? LIMIT ?)",
        (time.time(), MAX_EXPIRED),
    )
    _get(connection, delivery.owner, delivery.webhook_id)
    cursor = connection.execute(
        "INSERT OR IGNORE INTO deliveries "
        "(owner, webhook_id, delivery_id, subject_id, pending, revision, expires_at, document) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *delivery.key,
            delivery.subject_id,
            delivery.state is DeliveryState.PENDING,
            delivery.revision,
            delivery.expires_at.timestamp(),
            delivery.model_dump_json(),
        ),
    )
    return cursor.rowcount > 0


def _get_delivery(connection: sqlite3.Connection, key: DeliveryKey) -> Delivery:
    row = connection.execute(
        "SELECT document FROM deliveries "
        "WHERE owner = ? AND webhook_id = ? AND delivery_id = ? AND expires_at > ?",
        (*key, time.time()),
    ).fetchone()
    if row is None:
        raise DeliveryNotFound(key.delivery_id)
    return Delivery.model_validate_json(row[0])


def _store_delivery(connection: sqlite3.Connection, before: Delivery, after: Delivery) -> None:
    cursor = connection.execute(
        "UPDATE deliveries SET pending = ?, revision = ?, document = ? "
        "WHERE owner = ? AND webhook_id = ? AND delivery_id = ? AND revision = ?",
        (
            after.state is DeliveryState.PENDING,
            after.revision,
            after.model_dump_json(),
            *before.key,
            before.revision,
        ),
    )
    if cursor.rowcount == 0:
        raise Conflict


def _list_deliveries(
    connection: sqlite3.Connection, owner: str, webhook_id: str, limit: int, before: str | None
) -> list[Delivery]:
    rows = connection.execute(
        "SELECT document FROM deliveries "
        "WHERE owner = ? AND webhook_id = ? AND (? IS NULL OR delivery_id < ?) AND expires_at > ? "
        "ORDER BY delivery_id DESC LIMIT ?",
        (owner, webhook_id, before, before, time.time(), limit),
    )
    return [Delivery.model_validate_json(document) for (document,) in rows]


def _find_pending(connection: sqlite3.Connection, delivery: Delivery) -> str | None:
    (first,) = connection.execute(
        "SELECT min(delivery_id) FROM deliveries "
        "WHERE owner = ? AND webhook_id = ? AND subject_id = ? AND pending AND expires_at > ?",
        (delivery.owner, delivery.webhook_id, delivery.subject_id, time.time()),
    ).fetchone()
    return first and str(first)
