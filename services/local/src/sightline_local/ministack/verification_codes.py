"""Patch for MiniStack's Cognito: random verification codes that are checked, and that expire.

MiniStack sends the same code to every user, checks it only if it also evaluates IAM policies, and
accepts it for ever. The expiry is kept in the user's record, which is saved with the pool.
"""

import secrets
import time
from collections.abc import Callable
from typing import Any

from sightline_local.code_validity import VALIDITY_SECONDS, Purpose

#: Where MiniStack keeps the code of each purpose in a user's record.
CODE_FIELDS: dict[Purpose, str] = {"sign-up": "_confirmation_code", "password": "_reset_code"}

#: Suffix of the fields with the time of expiry, in Unix seconds.
EXPIRY_SUFFIX = "_expires_at"

Json = dict[str, Any]


def patch_verification_codes(cognito: Any, clock: Callable[[], float] = time.time) -> None:
    """Patch the module `ministack.services.cognito` to send random codes and check them."""
    send = cognito._send_verification_email
    run = cognito._run_idp_handler

    def send_random_code(
        pool: Json, username: str, attributes: Json, _: str, attribute_name: str = "email"
    ) -> Any:
        code = f"{secrets.randbelow(10**6):06d}"
        user, _error = cognito._resolve_user(pool, username)
        purpose: Purpose = "password" if attribute_name == "password" else "sign-up"
        field = CODE_FIELDS[purpose]
        user[field] = code
        user[field + EXPIRY_SUFFIX] = clock() + VALIDITY_SECONDS[purpose]
        return send(pool, username, attributes, code, attribute_name)

    def run_checked(handler: Callable[[Json], Any], action: str, data: Json) -> Any:
        def check_code(data: Json) -> Any:
            discard_expired_codes(data)
            return cognito._confirmation_code_error(action, data) or handler(data)

        return run(check_code, action, data)

    def discard_expired_codes(data: Json) -> None:
        pool, _id = cognito._pool_for_client(data.get("ClientId"))
        user: Json | None = None
        if pool:
            user, _error = cognito._resolve_user(pool, data.get("Username"))
        if user is None:
            return
        for field in CODE_FIELDS.values():
            if user.get(field + EXPIRY_SUFFIX, 0) <= clock():
                user.pop(field, None)

    cognito._send_verification_email = send_random_code
    cognito._run_idp_handler = run_checked
