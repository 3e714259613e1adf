"""The address of a client, also behind proxies."""

import ipaddress

from starlette.types import Scope

#: Length of the prefix that one IPv6 subscriber gets: https://www.rfc-editor.org/rfc/rfc6177
IPV6_PREFIX_LENGTH = 64


def find_network(scope: Scope, trusted_proxies: int) -> str:
    """Return the network that a request comes from: an IPv4 address, or the /64 of an IPv6 one.

    Each of the `trusted_proxies` before the gateway appends the address of its own client to
    `X-Forwarded-For`. Whatever stands before their entries was written by the client, and is
    ignored.
    """
    client = scope.get("client")
    peer = client[0] if client else ""
    if trusted_proxies:
        values = [value for name, value in scope["headers"] if name == b"x-forwarded-for"]
        entries = b",".join(values).decode("latin-1").split(",")
        if len(entries) >= trusted_proxies:
            return _network(entries[-trusted_proxies].strip()) or _network(peer) or peer
    return _network(peer) or peer


def _network(text: str) -> str | None:
    """Return the network of an address; None if the text is none."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((int(address), IPV6_PREFIX_LENGTH), strict=False))
