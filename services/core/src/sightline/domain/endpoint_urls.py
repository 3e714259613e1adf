"""Which URLs and IP addresses a webhook endpoint may have: nothing inside the network is reached.

A host name is resolved, and its addresses are checked, whenever a connection is opened.
"""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from sightline.domain.webhooks import MAX_URL_LENGTH

#: Ranges that `ipaddress` regards as global in some versions of Python, or that lead to an IPv4
#: address inside: https://www.iana.org/assignments/iana-ipv6-special-registry/
BLOCKED_NETWORKS = tuple(
    map(
        ip_network,
        (
            "0.0.0.0/8",  # this network
            "100.64.0.0/10",  # carrier-grade NAT (RFC 6598)
            "192.0.0.0/24",  # protocol assignments
            "192.88.99.0/24",  # 6to4 relays
            "198.18.0.0/15",  # benchmarks
            "240.0.0.0/4",  # reserved
            "::/96",  # IPv4-compatible
            "64:ff9b::/96",  # NAT64 (RFC 6052)
            "64:ff9b:1::/48",  # local NAT64 (RFC 8215)
            "100::/64",  # discard only
            "2001::/23",  # protocol assignments, among them Teredo
            "2002::/16",  # 6to4
            "5f00::/16",  # segment routing
            "fec0::/10",  # site-local
        ),
    )
)

#: Hosts that are this machine.
LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})


class ForbiddenUrl(ValueError):
    """An endpoint cannot have this URL; the message is a complete sentence."""


def check_url(url: str, *, allow_loopback: bool = False) -> None:
    """Raise `ForbiddenUrl` unless an endpoint may have the URL.

    It is an absolute `https` URL. `allow_loopback` permits this machine, also by `http`. A host
    that is an IP address is checked here already.
    """
    if len(url) > MAX_URL_LENGTH:
        raise ForbiddenUrl(f"The URL has more than {MAX_URL_LENGTH} characters.")
    if not url.isascii() or any(character <= " " or character == "\x7f" for character in url):
        raise ForbiddenUrl("The URL has characters that must be percent-encoded.")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise ForbiddenUrl("The URL is not valid.") from None
    if not host or port == 0 or "\\" in url:
        raise ForbiddenUrl("The URL is not valid.")
    is_loopback = allow_loopback and host in LOOPBACK_HOSTS
    if parts.scheme != "https" and not (is_loopback and parts.scheme == "http"):
        raise ForbiddenUrl("The URL must begin with https://.")
    if parts.username is not None or parts.password is not None:
        raise ForbiddenUrl("The URL must not contain a user name or password.")
    if parts.fragment or url.endswith("#"):
        raise ForbiddenUrl("The URL must not contain a fragment.")
    if not is_loopback and _is_forbidden_host(host):
        raise ForbiddenUrl("The host of the URL is not public.")


def is_public(address: str) -> bool:
    """Return whether an IP address is one of the public Internet."""
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, IPv6Address) and ip.ipv4_mapped is not None:
        ip = ip.ipv4_mapped
    return _is_public(ip)


def is_loopback(address: str) -> bool:
    """Return whether an IP address is one of this machine."""
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


def _is_public(ip: IPv4Address | IPv6Address) -> bool:
    return (
        ip.is_global
        and not ip.is_multicast
        and not ip.is_reserved
        and not any(ip in network for network in BLOCKED_NETWORKS)
    )


def _is_forbidden_host(host: str) -> bool:
    """Return whether the host is an address that is not public, or a name of this machine."""
    name = host.rstrip(".")
    if name == "localhost" or name.endswith((".localhost", ".local", ".internal")):
        return True
    # `127.1` or `2130706433`: resolvers read them as addresses.
    if name.replace(".", "").isdigit() or name.rpartition(".")[2].startswith("0x") or ":" in name:
        return not is_public(name)
    return False
