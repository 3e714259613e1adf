"""Codes of authenticator apps, compared with a published library."""

import pyotp
import pytest

from sightline_local.software_tokens import STEP_SECONDS, WINDOW, matches_code


def test_codes_are_those_of_pyotp() -> None:
    for number in range(20):
        secret = pyotp.random_base32()
        now = 1_700_000_000 + 17.5 * number
        code = pyotp.TOTP(secret).at(int(now))
        assert matches_code(secret, code, now)


@pytest.mark.parametrize("steps", [-WINDOW - 1, WINDOW + 1])
def test_earlier_and_later_codes_are_rejected(steps: int) -> None:
    secret, now = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", 1_700_000_000
    code = pyotp.TOTP(secret).at(now + steps * STEP_SECONDS)
    assert not matches_code(secret, code, now)


@pytest.mark.parametrize("code", ["", "12345", "abcdef", "١٢٣٤٥٦"])
def test_anything_else_is_rejected(code: str) -> None:
    assert not matches_code("JBSWY3DPEHPK3PXP", code, 1_700_000_000)
