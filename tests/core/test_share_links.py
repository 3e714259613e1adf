"""Share links: their tokens, target and end."""

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from sightline.domain.clock import now
from sightline.domain.ids import new_album_id, new_image_id
from sightline.domain.share_links import KEPT_AFTER_END, TOKEN_LENGTH, is_token, new_token
from sightline_testing.builders import make_share_link


def test_tokens_are_random_and_long() -> None:
    tokens = {new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert all(map(is_token, tokens))
    # At least 128 bits, also without the digits that lists show.
    assert 62 ** (TOKEN_LENGTH - 4) > 2**128


@pytest.mark.parametrize("text", ["", "x", "x" * 25, "x" * 27, "x" * 25 + "/", "x" * 25 + "\n"])
def test_other_forms_are_no_tokens(text: str) -> None:
    assert not is_token(text)


@pytest.mark.parametrize(
    "target", [{"image_id": None}, {"image_id": new_image_id(), "album_id": new_album_id()}]
)
def test_a_link_has_exactly_one_target(target: Any) -> None:
    with pytest.raises(ValidationError, match="either an image or an album"):
        make_share_link(**target)


def test_a_link_ends_at_its_end() -> None:
    at = now()
    link = make_share_link(ends_at=at)
    assert link.has_ended(at)
    assert not link.has_ended(at - timedelta(microseconds=1))
    assert link.kept_until == at + KEPT_AFTER_END
    endless = make_share_link(ends_at=None)
    assert not endless.has_ended(at + timedelta(days=100_000))
    assert endless.kept_until is None
