"""Replay of created uploads: the images are stored, and their presigned POSTs signed anew.

A presigned POST expires, and with the session token of an IAM role it takes several kilobytes: the
table has no item for those of a batch of 100.
"""

import json
from datetime import timedelta
from typing import Any

from fastapi import Request

from sightline.domain.clock import now
from sightline.domain.images import Image
from sightline_api.images.schemas import UploadTarget
from sightline_api.routing.idempotency import IdempotentRoute
from sightline_api.settings import ApiSettings
from sightline_api.urls.signer import Signer


class UploadRoute(IdempotentRoute):
    """Stores responses without presigned POSTs, and adds new ones to a repeated response."""

    @classmethod
    def condense(cls, body: str) -> str:
        document = json.loads(body)
        for upload in _find_uploads(document):
            del upload["upload"]
        return _encode(document)

    @classmethod
    async def restore(cls, request: Request, stored: str) -> str:
        signer: Signer = request.state.signer
        settings: ApiSettings = request.state.settings
        document = json.loads(stored)
        for upload in _find_uploads(document):
            view = upload["image"]
            image = Image(
                owner=request.state.user.owner,
                image_id=view["id"],
                media_type=view["media_type"],
                bytes=view["bytes"],
                sha256=view["sha256"],
                created_at=view["created_at"],
            )
            post = await signer.sign_upload(image, settings.upload_seconds)
            expires_at = now() + timedelta(seconds=settings.upload_seconds)
            upload["upload"] = UploadTarget.of(post, expires_at).model_dump(mode="json")
        return _encode(document)


def _find_uploads(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Return every `ImageUpload` of a response: of one image, or of a batch."""
    if "image" in document:
        return [document]
    outcomes = document.get("items", ())
    return [outcome["upload"] for outcome in outcomes if outcome.get("upload")]


def _encode(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))
