"""Patch for MiniStack's Cognito: a random verification code in each message, and no other is valid.

MiniStack sends the same code to every user, and checks it only if it also evaluates IAM policies.
"""

import secrets
from collections.abc import Callable
from typing import Any

Json = dict[str, Any]


def patch_verification_codes(cognito: Any) -> None:
    """Patch the module `ministack.services.cognito` to send random codes and check them."""
    send = cognito._send_verification_email
    run = cognito._run_idp_handler

    def send_random_code(
        pool: Json, username: str, attributes: Json, _: str, attribute_name: str = "email"
    ) -> Any:
        code = f"{secrets.randbelow(10**6):06d}"
        user, _error = cognito._resolve_user(pool, username)
        user["_reset_code" if attribute_name == "password" else "_confirmation_code"] = code
        return send(pool, username, attributes, code, attribute_name)

    def run_checked(handler: Callable[[Json], Any], action: str, data: Json) -> Any:
        def check_code(data: Json) -> Any:
            return cognito._confirmation_code_error(action, data) or handler(data)

        return run(check_code, action, data)

    cognito._send_verification_email = send_random_code
    cognito._run_idp_handler = run_checked
