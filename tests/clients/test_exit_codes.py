"""Exit codes of batches, and the owner that local state belongs to."""

import base64
import json

import pytest

from sightline_cli.access_token import parse_subject
from sightline_cli.runner import combine_exit_codes, identify_owner
from sightline_client import Session

API = "http://api.test"


def build_token(claims: object) -> str:
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"header.{payload}.signature"


@pytest.mark.parametrize(
    ("codes", "expected"), [([], 0), ([0, 0], 0), ([0, 4], 4), ([4, 4], 4), ([4, 5], 1), ([1], 1)]
)
def test_batch_exits_with_the_code_that_its_errors_share(codes: list[int], expected: int) -> None:
    assert combine_exit_codes(codes) == expected


def test_subject_is_read_from_a_token() -> None:
    assert parse_subject(build_token({"sub": "user-1"})) == "user-1"


@pytest.mark.parametrize(
    "token", ["", "key", "a.b.c", "a.\u00e9.c", build_token([]), build_token({}), build_token(None)]
)
def test_other_tokens_have_no_subject(token: str) -> None:
    assert parse_subject(token) is None


def test_tokens_of_one_user_share_state_and_those_of_others_do_not() -> None:
    def identify(token: str) -> str:
        return identify_owner(Session.from_token(API, token))

    one = identify(build_token({"sub": "one", "exp": 1}))
    assert identify(build_token({"sub": "one", "exp": 2})) == one
    assert identify(build_token({"sub": "two"})) != one
    assert identify("key-1") != identify("key-2")
