"""The secrets of API keys."""

import re
import zlib

import pytest

from sightline.domain.api_keys import ALPHABET, digest_secret, is_secret, new_secret


def test_secrets_are_random_and_have_a_recognizable_form() -> None:
    secrets = {new_secret() for _ in range(100)}
    assert len(secrets) == 100
    assert all(re.fullmatch(r"slk_[0-9A-Za-z]{36}", secret) for secret in secrets)
    assert all(map(is_secret, secrets))


def test_the_checksum_is_the_crc32_of_the_random_part() -> None:
    """Secret scanners compute it as this test does."""
    secret = new_secret()
    value = 0
    for digit in secret[-6:]:
        value = value * 62 + ALPHABET.index(digit)
    assert value == zlib.crc32(secret[4:-6].encode())


@pytest.mark.parametrize("position", [4, 20, 33, 34, 39])
def test_any_wrong_digit_is_detected(position: int) -> None:
    secret = new_secret()
    wrong = "A" if secret[position] != "A" else "B"
    assert not is_secret(secret[:position] + wrong + secret[position + 1 :])


@pytest.mark.parametrize(
    "change", [lambda s: s[:-1], lambda s: s + "0", str.upper, lambda s: s[4:]]
)
def test_other_forms_are_refused(change) -> None:  # type: ignore[no-untyped-def]
    assert not is_secret(change(new_secret()))


def test_the_digest_is_a_sha256() -> None:
    assert re.fullmatch(r"[0-9a-f]{64}", digest_secret(new_secret()))
    assert digest_secret("abc").startswith("ba7816bf")
