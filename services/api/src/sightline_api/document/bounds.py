"""Bounds of the values that the API returns, for clients that size types and columns by them.

What the API accepts is bounded where it is validated.
"""

from typing import Any

MAX_INT32 = 2**31 - 1

#: Sizes, counts and sums are never negative; JSON numbers are exact up to 2^53.
INTEGER_BOUNDS = {"minimum": 0, "maximum": 2**53 - 1}

_PERCENT = {"minimum": 0, "maximum": 100}
_SMALL = {"minimum": 0, "maximum": MAX_INT32}
_NAME = {"maxLength": 300}

#: By property, or by schema and property, the keywords that are added where they are missing.
BOUNDS: dict[str, dict[str, Any]] = {
    "AlbumPage.items": {"maxItems": 100},
    "ArchiveView.parts": {"maxItems": 5000},
    "ApiKeyList.items": {"maxItems": 100},
    "ApiKeyView.prefix": {"maxLength": 8},
    "ApiKeyView.scopes": {"maxItems": 4},
    "CreatedApiKey.secret": {"pattern": "^slk_[0-9A-Za-z]{36}$"},
    "Duplicates.items": {"maxItems": 100},
    "ExportedImagePage.items": {"maxItems": 100},
    "ImageSummaryPage.items": {"maxItems": 100},
    "ImageUploadOutcomes.items": {"maxItems": 100},
    "BoundingBox.height": {},
    "BoundingBox.width": {},
    "ItemOutcome.id": {"maxLength": 64},
    "ItemOutcomes.items": {"maxItems": 100},
    "ProblemBody.title": {"maxLength": 100},
    "ProblemBody.type": {"maxLength": 200},
    "ProblemBody.errors": {"maxItems": 20},
    "ProblemBody.status": {"minimum": 400, "maximum": 599},
    "SearchMatch.word": {"maxLength": 200},
    "SearchMatch.fields": {"maxItems": 7},
    "ImageSummary.matches": {"maxItems": 40},
    "FieldError.location": {"maxLength": 200},
    "ModerationLabel.parent": _NAME,
    "camera": _NAME,
    "lens": _NAME,
    "city": _NAME,
    "code": {"maxLength": 100, "pattern": "^[a-z][a-z0-9_]*$"},
    "confidence": _PERCENT,
    "country": _NAME,
    "country_code": {"pattern": "^[A-Z]{2}$"},
    "cursor": {"maxLength": 600},
    "description": {"maxLength": 2000},
    "detail": {"maxLength": 2000},
    "district": _NAME,
    "file_name": {"maxLength": 255},
    "height": _SMALL,
    "hex": {"pattern": "^#[0-9a-f]{6}$"},
    "iso": _SMALL,
    "latitude": {"minimum": -90, "maximum": 90},
    "longitude": {"minimum": -180, "maximum": 180},
    "line": _SMALL,
    "max_labels": _SMALL,
    "media_type": {"maxLength": 100},
    "min_confidence": _PERCENT,
    "month": {"pattern": "^[0-9]{4}-[0-9]{2}$"},
    "message": {"maxLength": 2000},
    "name": _NAME,
    "next_cursor": {"maxLength": 600},
    "oldest": _SMALL,
    "owner": {"pattern": "^[A-Za-z0-9_-]{1,128}$"},
    "percent": _PERCENT,
    "placeholder": {"maxLength": 100},
    "region": _NAME,
    "remaining": {"minimum": 0, "maximum": MAX_INT32},
    "sha256": {"pattern": "^[0-9a-f]{64}$"},
    "title": {"maxLength": 200},
    "url": {"maxLength": 8192},
    "width": _SMALL,
    "youngest": _SMALL,
}
