"""The `traceparent` header: it starts a trace, which the API and its consumers continue.

https://www.w3.org/TR/trace-context/#traceparent-header
"""

import secrets


def make_traceparent() -> str:
    """Return the header of a new trace, with random ids.

    The flag of sampled traces is not set, because this client records none.
    """
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-00"
