"""Keys of originals and renditions."""

import pytest

from sightline.domain.ids import new_image_id
from sightline.domain.object_keys import (
    ImageKey,
    InvalidObjectKey,
    original_key,
    parse_original_key,
    rendition_key,
    rendition_prefix,
)

KEY = ImageKey("c3d4e5f6-1111-2222-3333-444455556666", "01932b6e-8f00-7c3a-9d5e-3f1f6a0b2c4d")


def test_parse_original_key_returns_the_image() -> None:
    assert parse_original_key(original_key(KEY)) == KEY
    assert parse_original_key(f"originals/x/{new_image_id()}").owner == "x"


def test_rendition_key_starts_with_the_prefix_of_its_image() -> None:
    key = rendition_key(KEY, "thumb", "webp")
    assert key == f"renditions/{KEY.owner}/{KEY.image_id}/thumb.webp"
    assert key.startswith(rendition_prefix(KEY))


@pytest.mark.parametrize(
    "key",
    [
        "",
        "originals",
        f"Originals/{KEY.owner}/{KEY.image_id}",
        f"/originals/{KEY.owner}/{KEY.image_id}",
        f"originals/{KEY.owner}/{KEY.image_id}/",
        f"originals/{KEY.owner}/{KEY.image_id.upper()}",
        f"originals/{KEY.owner}/{KEY.image_id.replace('-', '')}",
        f"originals/{KEY.owner}/{{{KEY.image_id}}}",
        f"originals/{KEY.owner}/c3d4e5f6-1111-4222-b333-444455556666",
        f"originals//{KEY.image_id}",
        f"originals/{'x' * 129}/{KEY.image_id}",
        f"originals/a#b/{KEY.image_id}",
        f"originals/a b/{KEY.image_id}",
        f"originals/ä/{KEY.image_id}",
        f"originals/../{KEY.image_id}",
        f"originals/a\n/{KEY.image_id}",
        f"originals/a/{KEY.image_id}\n",
    ],
)
def test_parse_original_key_rejects_any_other_form(key: str) -> None:
    with pytest.raises(InvalidObjectKey):
        parse_original_key(key)
