"""What the OpenAPI document says of the API as a whole."""

from typing import Any

DESCRIPTION = """\
Upload images and find them labeled, resized and searchable within seconds.

1. `POST /v1/images` creates an image and returns a presigned POST.
2. Send the presigned POST, with the file, straight to S3.
3. Poll `GET /v1/images/{image_id}`, or follow `GET /v1/events`, until `status` is `ready` or
   `failed`.

Every error is `application/problem+json` with a stable `code`.
"""

#: The gateway serves the document itself.
SERVERS = [{"url": "/", "description": "The gateway that serves this document."}]

TAGS = [
    {"name": "images", "description": "Upload, list, search, change and delete images."},
    {"name": "albums", "description": "Sets of images; an image may belong to several."},
    {"name": "members", "description": "People with whom an owner shares albums."},
    {"name": "archives", "description": "ZIP files of originals and their metadata."},
    {"name": "labels", "description": "Labels attached to images."},
    {"name": "events", "description": "Changes as they happen."},
    {"name": "api-keys", "description": "Credentials of programs that act for an owner."},
    {"name": "webhooks", "description": "HTTP endpoints of an owner that receive events."},
    {"name": "share-links", "description": "Links that show an image or album to anyone."},
    {"name": "shared", "description": "What a share link shows, without authentication."},
    {"name": "account", "description": "Export or erase everything of an owner."},
    {"name": "usage", "description": "Stored images and recognition costs of an owner."},
    {"name": "operations", "description": "Health of the gateway."},
]

#: Arguments of `FastAPI`.
METADATA: dict[str, Any] = {
    "title": "Sightline",
    "version": "0.1.0",
    "description": DESCRIPTION,
    "contact": {"name": "The maintainers of Sightline"},
    "license_info": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
    "servers": SERVERS,
    "openapi_tags": TAGS,
}
