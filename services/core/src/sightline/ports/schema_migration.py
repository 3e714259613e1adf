"""Writing items anew that earlier schema versions wrote, for operators: the port."""

from collections.abc import AsyncIterator
from typing import NamedTuple, Protocol


class MigrationProgress(NamedTuple):
    """Numbers of items since the start of a migration, however often it was interrupted.

    `outdated` is how many had an earlier version when they were checked, and `migrated` how many of
    them were written.
    """

    checked: int = 0
    outdated: int = 0
    migrated: int = 0


class SchemaMigration(Protocol):
    """Brings all items to the current schema version, while the services use the table."""

    def migrate_all(self, *, apply: bool) -> AsyncIterator[MigrationProgress]:
        """Yield the progress after each step of a bounded number of items.

        With `apply`, outdated items are written, and the position is stored after each step: the
        next run continues there. Without it, nothing is written.
        """


class NullSchemaMigration:
    """`SchemaMigration` of a table without outdated items: SQLite migrates on opening."""

    async def migrate_all(self, *, apply: bool) -> AsyncIterator[MigrationProgress]:
        yield MigrationProgress()
