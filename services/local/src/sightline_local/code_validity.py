"""How long a verification code is valid, as in Cognito.

https://docs.aws.amazon.com/cognito/latest/developerguide/limits.html

This module also runs in MiniStack's own virtual environment: it uses the standard library only.
"""

from typing import Literal

#: A code of one purpose is not valid for the other.
Purpose = Literal["sign-up", "password"]

VALIDITY_SECONDS: dict[Purpose, int] = {"sign-up": 24 * 3600, "password": 3600}
