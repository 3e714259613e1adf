"""The address of a client behind proxies."""

import pytest

from sightline_api.asgi.client_address import find_network

PEER = "198.51.100.7"


def find(forwarded: list[str], trusted: int, peer: str = PEER) -> str:
    headers = [(b"x-forwarded-for", value.encode()) for value in forwarded]
    return find_network({"client": (peer, 1), "headers": headers}, trusted)


def test_without_proxies_the_header_is_ignored() -> None:
    assert find(["192.0.2.1"], trusted=0) == PEER


@pytest.mark.parametrize(
    ("forwarded", "trusted", "expected"),
    [
        (["192.0.2.1"], 1, "192.0.2.1"),
        (["192.0.2.1, 10.0.0.1"], 2, "192.0.2.1"),
        (["192.0.2.1", "10.0.0.1"], 2, "192.0.2.1"),
        (["203.0.113.9, 192.0.2.1, 10.0.0.1"], 2, "192.0.2.1"),
        (["forged", "192.0.2.1,10.0.0.1"], 2, "192.0.2.1"),
        (["10.0.0.1"], 2, PEER),
        ([], 1, PEER),
        (["unknown"], 1, PEER),
    ],
)
def test_the_first_trusted_proxy_names_the_client(
    forwarded: list[str], trusted: int, expected: str
) -> None:
    assert find(forwarded, trusted) == expected


@pytest.mark.parametrize(
    ("peer", "expected"),
    [
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("testclient", "testclient"),
    ],
)
def test_addresses_of_one_subscriber_are_one_network(peer: str, expected: str) -> None:
    assert find([], 0, peer) == expected


def test_a_connection_without_an_address_has_no_network() -> None:
    assert find_network({"client": None, "headers": []}, 0) == ""
