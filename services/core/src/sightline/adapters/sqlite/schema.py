"""The schema of the SQLite file, as the statements that create it and each later version of it.

A row of an image or album is the JSON document of the domain value, beside the columns that are
searched. The other tables hold what is derived from it.
"""

#: Marks the file as a table of Sightline (`SGHT`): https://www.sqlite.org/pragma.html
APPLICATION_ID = 0x53474854

#: The statements that lead from each version to the next; the version is in `PRAGMA user_version`.
#: Released entries never change, because files that they created exist.
MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        # The short columns come first, so that a list does not read the document. `rendered` is
        # whether renditions exist.
        """
        CREATE TABLE images (
            owner TEXT NOT NULL,
            image_id TEXT NOT NULL,
            sha256 TEXT NOT NULL,
            deleted INTEGER NOT NULL,
            rendered INTEGER NOT NULL,
            expires_at INTEGER,
            summary TEXT NOT NULL,
            document TEXT NOT NULL,
            PRIMARY KEY (owner, image_id)
        )
        """,
        "CREATE INDEX images_by_content ON images (owner, sha256, image_id) WHERE rendered",
        "CREATE INDEX images_by_expiry ON images (expires_at) WHERE expires_at IS NOT NULL",
        # An entry for each label, album and word of each image; see `Term`.
        """
        CREATE TABLE terms (
            owner TEXT NOT NULL,
            kind TEXT NOT NULL,
            name TEXT NOT NULL,
            image_id TEXT NOT NULL,
            confidence REAL NOT NULL,
            PRIMARY KEY (owner, kind, name, image_id)
        ) WITHOUT ROWID
        """,
        # `label` is the folded name, and `name` the first one written.
        """
        CREATE TABLE label_counts (
            owner TEXT NOT NULL,
            label TEXT NOT NULL,
            name TEXT NOT NULL,
            images INTEGER NOT NULL,
            PRIMARY KEY (owner, label)
        ) WITHOUT ROWID
        """,
        """
        CREATE TABLE albums (
            owner TEXT NOT NULL,
            album_id TEXT NOT NULL,
            deleted INTEGER NOT NULL,
            document TEXT NOT NULL,
            PRIMARY KEY (owner, album_id)
        ) WITHOUT ROWID
        """,
        # `period` is a month (`2026-11`) or `total`; `counter` is `images`, `bytes` or a feature.
        """
        CREATE TABLE usage (
            owner TEXT NOT NULL,
            period TEXT NOT NULL,
            counter TEXT NOT NULL,
            value INTEGER NOT NULL,
            PRIMARY KEY (owner, period, counter)
        ) WITHOUT ROWID
        """,
        # A result, or a claim with its expiry (Unix seconds).
        """
        CREATE TABLE contents (
            owner TEXT NOT NULL,
            sha256 TEXT NOT NULL,
            profile TEXT NOT NULL,
            claimant TEXT,
            expires_at REAL,
            result TEXT,
            PRIMARY KEY (owner, sha256, profile)
        )
        """,
        # A claimed idempotency key, with the response once there is one.
        """
        CREATE TABLE requests (
            owner TEXT NOT NULL,
            key TEXT NOT NULL,
            fingerprint TEXT NOT NULL,
            expires_at REAL NOT NULL,
            response TEXT,
            PRIMARY KEY (owner, key)
        )
        """,
        "CREATE INDEX requests_by_expiry ON requests (expires_at)",
        """
        CREATE TABLE event_queues (
            name TEXT NOT NULL PRIMARY KEY,
            alive_until INTEGER NOT NULL,
            reaping INTEGER NOT NULL
        ) WITHOUT ROWID
        """,
    ),
    (
        # An entry for each band of the perceptual hash of each image.
        """
        CREATE TABLE hash_bands (
            owner TEXT NOT NULL,
            band TEXT NOT NULL,
            image_id TEXT NOT NULL,
            perceptual_hash TEXT NOT NULL,
            PRIMARY KEY (owner, band, image_id)
        ) WITHOUT ROWID
        """,
    ),
    (
        # `document` is the key as it was created; `ends_at` is in Unix seconds.
        """
        CREATE TABLE api_keys (
            owner TEXT NOT NULL,
            key_id TEXT NOT NULL,
            digest TEXT NOT NULL UNIQUE,
            ends_at REAL NOT NULL,
            last_used_at TEXT,
            document TEXT NOT NULL,
            PRIMARY KEY (owner, key_id)
        ) WITHOUT ROWID
        """,
    ),
    (
        # `revision` is that of the document.
        """
        CREATE TABLE webhooks (
            owner TEXT NOT NULL,
            webhook_id TEXT NOT NULL,
            revision INTEGER NOT NULL,
            document TEXT NOT NULL,
            PRIMARY KEY (owner, webhook_id)
        ) WITHOUT ROWID
        """,
        # A message to an endpoint, about an image or album; `expires_at` is in Unix seconds.
        """
        CREATE TABLE deliveries (
            owner TEXT NOT NULL,
            webhook_id TEXT NOT NULL,
            delivery_id TEXT NOT NULL,
            subject_id TEXT NOT NULL,
            pending INTEGER NOT NULL,
            revision INTEGER NOT NULL,
            expires_at REAL NOT NULL,
            document TEXT NOT NULL,
            PRIMARY KEY (owner, webhook_id, delivery_id)
        )
        """,
        """
        CREATE INDEX pending_deliveries
        ON deliveries (owner, webhook_id, subject_id, delivery_id) WHERE pending
        """,
        "CREATE INDEX deliveries_by_expiry ON deliveries (expires_at)",
    ),
    (
        """
        CREATE TABLE email_preferences (
            owner TEXT NOT NULL PRIMARY KEY,
            revision INTEGER NOT NULL,
            document TEXT NOT NULL
        ) WITHOUT ROWID
        """,
        # `due_at` is in Unix seconds.
        """
        CREATE TABLE digests (
            owner TEXT NOT NULL PRIMARY KEY,
            revision INTEGER NOT NULL,
            due_at REAL,
            document TEXT NOT NULL
        ) WITHOUT ROWID
        """,
        "CREATE INDEX digests_by_due_at ON digests (due_at) WHERE due_at IS NOT NULL",
    ),
    (
        # An entry for each word of each image; `fields` are those that have it, with spaces between
        # them. The rows are inserted by `word_index.index_all`.
        """
        CREATE TABLE words (
            owner TEXT NOT NULL,
            word TEXT NOT NULL,
            image_id TEXT NOT NULL,
            fields TEXT NOT NULL,
            PRIMARY KEY (owner, word, image_id)
        ) WITHOUT ROWID
        """,
        """
        CREATE TABLE word_counts (
            owner TEXT NOT NULL,
            word TEXT NOT NULL,
            images INTEGER NOT NULL,
            PRIMARY KEY (owner, word)
        ) WITHOUT ROWID
        """,
        "DELETE FROM terms WHERE kind = 'word'",
    ),
    (
        # `document` is the link without its visits; `ends_at` is in Unix seconds.
        """
        CREATE TABLE share_links (
            owner TEXT NOT NULL,
            link_id TEXT NOT NULL,
            digest TEXT NOT NULL UNIQUE,
            ends_at REAL,
            opened INTEGER NOT NULL DEFAULT 0,
            last_opened_at TEXT,
            document TEXT NOT NULL,
            PRIMARY KEY (owner, link_id)
        ) WITHOUT ROWID
        """,
    ),
    (
        # The position in the timeline, and the month that counts the image; see `Image`. The time
        # is the first 19 characters of an ISO 8601 time, and its fraction of six digits, if any.
        "ALTER TABLE images ADD COLUMN timeline TEXT",
        "ALTER TABLE images ADD COLUMN month TEXT",
        """
        UPDATE images SET month = substr(
            coalesce(
                json_extract(document, '$.details.taken_at'),
                json_extract(document, '$.renditions.result.capture.taken_at'),
                json_extract(document, '$.created_at')
            ), 1, 26
        ) WHERE json_extract(document, '$.renditions.etag') IS NOT NULL
        """,
        """
        UPDATE images SET timeline = substr(month, 1, 19)
            || iif(substr(month, 20, 1) = '.', substr(month, 20, 7), '.000000') || '#' || image_id
        WHERE month IS NOT NULL AND json_extract(document, '$.deleted_at') IS NULL
        """,
        "UPDATE images SET month = substr(month, 1, 7) WHERE month IS NOT NULL",
        "CREATE INDEX images_by_timeline ON images (owner, timeline) WHERE timeline IS NOT NULL",
        "CREATE INDEX images_by_month ON images (owner, month) WHERE month IS NOT NULL",
    ),
    (
        # `timeline` is that of the image, and `position` the manual one: its rank, and its id.
        # Images of existing albums are ranked by their upload.
        """
        CREATE TABLE album_entries (
            owner TEXT NOT NULL,
            album_id TEXT NOT NULL,
            image_id TEXT NOT NULL,
            timeline TEXT,
            position TEXT NOT NULL,
            PRIMARY KEY (owner, album_id, image_id)
        ) WITHOUT ROWID
        """,
        """
        INSERT INTO album_entries (owner, album_id, image_id, timeline, position)
        SELECT owner, terms.name, image_id, replace(images.timeline, 'archive#', ''),
            rtrim(replace(image_id, '-', ''), '0') || '#' || image_id
        FROM terms JOIN images USING (owner, image_id) WHERE kind = 'album' AND NOT deleted
        """,
        """
        CREATE INDEX album_entries_by_timeline
        ON album_entries (owner, album_id, timeline) WHERE timeline IS NOT NULL
        """,
        "CREATE INDEX album_entries_by_position ON album_entries (owner, album_id, position)",
    ),
    (
        # `ends_at` is in Unix seconds.
        """
        CREATE TABLE album_invitations (
            owner TEXT NOT NULL,
            album_id TEXT NOT NULL,
            invitation_id TEXT NOT NULL,
            digest TEXT NOT NULL UNIQUE,
            ends_at REAL NOT NULL,
            document TEXT NOT NULL,
            PRIMARY KEY (owner, album_id, invitation_id)
        ) WITHOUT ROWID
        """,
        "CREATE INDEX album_invitations_by_end ON album_invitations (ends_at)",
        # Invitations that were created on a day (`2026-11-27`).
        """
        CREATE TABLE album_invitation_counts (
            owner TEXT NOT NULL,
            day TEXT NOT NULL,
            created INTEGER NOT NULL,
            PRIMARY KEY (owner, day)
        ) WITHOUT ROWID
        """,
        "CREATE INDEX album_invitation_counts_by_day ON album_invitation_counts (day)",
        """
        CREATE TABLE album_members (
            owner TEXT NOT NULL,
            album_id TEXT NOT NULL,
            member TEXT NOT NULL,
            document TEXT NOT NULL,
            PRIMARY KEY (owner, album_id, member)
        ) WITHOUT ROWID
        """,
        "CREATE UNIQUE INDEX memberships ON album_members (member, album_id)",
        # An image of a member in the album of another owner.
        """
        CREATE TABLE album_contributions (
            owner TEXT NOT NULL,
            album_id TEXT NOT NULL,
            image_id TEXT NOT NULL,
            contributor TEXT NOT NULL,
            document TEXT NOT NULL,
            PRIMARY KEY (owner, album_id, image_id)
        ) WITHOUT ROWID
        """,
        "CREATE INDEX contributions_by_image ON album_contributions (contributor, image_id)",
    ),
    (
        # What outstanding uploads reserve of the quotas, by the end of their window (Unix seconds).
        """
        CREATE TABLE reservations (
            owner TEXT NOT NULL,
            until INTEGER NOT NULL,
            images INTEGER NOT NULL,
            bytes INTEGER NOT NULL,
            PRIMARY KEY (owner, until)
        ) WITHOUT ROWID
        """,
    ),
    (
        # The member whose image the entry places, NULL for images of the album's owner. Existing
        # contributions are ranked by their upload.
        "ALTER TABLE album_entries ADD COLUMN contributor TEXT",
        """
        INSERT INTO album_entries (owner, album_id, image_id, timeline, position, contributor)
        SELECT owner, album_id, image_id,
            substr(at, 1, 19) || iif(substr(at, 20, 1) = '.', substr(at, 20, 7), '.000000')
                || '#' || image_id,
            rtrim(replace(image_id, '-', ''), '0') || '#' || image_id, contributor
        FROM (
            SELECT added.owner, added.album_id, added.image_id, added.contributor, coalesce(
                json_extract(images.document, '$.details.taken_at'),
                json_extract(images.document, '$.renditions.result.capture.taken_at'),
                json_extract(images.document, '$.created_at')
            ) AS at
            FROM album_contributions AS added
            JOIN images ON images.owner = added.contributor AND images.image_id = added.image_id
        )
        """,
        """
        CREATE INDEX album_entries_by_contributor
        ON album_entries (contributor, image_id) WHERE contributor IS NOT NULL
        """,
    ),
)

#: The version whose words are computed from the images, after its statements.
WORDS_VERSION = next(
    version
    for version, statements in enumerate(MIGRATIONS, 1)
    if any("CREATE TABLE words" in statement for statement in statements)
)
