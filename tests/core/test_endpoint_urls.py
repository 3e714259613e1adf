"""URLs of webhook endpoints: nothing inside the network can be reached."""

import pytest

from sightline.domain.endpoint_urls import ForbiddenUrl, check_url, is_loopback, is_public


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.example.com/sightline",
        "https://hooks.example.com:8443/a?token=b%20c",
        "https://93.184.216.34/",
        "https://[2606:2800:220:1:248:1893:25c8:1946]/",
        "https://xn--mnchen-3ya.example/",
    ],
)
def test_public_https_urls_are_accepted(url: str) -> None:
    check_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "hooks.example.com",
        "http://hooks.example.com/",
        "ftp://hooks.example.com/",
        "https://",
        "https:///path",
        "https://user:password@example.com/",
        "https://user@example.com/",
        "https://example.com/#fragment",
        "https://example.com:0/",
        "https://example.com:99999/",
        "https://exa mple.com/",
        "https://example.com/\r\nX-Injected: 1",
        "https://münchen.example/",
        "https://example.com\\@169.254.169.254/",
        "https://[::1",
        f"https://example.com/{'x' * 2048}",
        "https://localhost/",
        "https://LOCALHOST./",
        "https://api.localhost/",
        "https://printer.local/",
        "https://instance-data.ec2.internal/",
        "https://127.0.0.1/",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://127.0.0.0x1/",
        "https://169.254.169.254/latest/meta-data/",
        "https://[::ffff:169.254.169.254]/",
        "https://[::1]/",
        "https://10.0.0.1./",
    ],
)
def test_other_urls_are_rejected(url: str) -> None:
    with pytest.raises(ForbiddenUrl):
        check_url(url)


@pytest.mark.parametrize("url", ["http://127.0.0.1:9000/", "http://localhost/", "http://[::1]/"])
def test_loopback_is_accepted_only_where_it_is_allowed(url: str) -> None:
    check_url(url, allow_loopback=True)
    with pytest.raises(ForbiddenUrl):
        check_url(url)


@pytest.mark.parametrize(
    "url", ["http://example.com/", "http://10.0.0.1/", "https://192.168.1.1/", "http://127.0.0.2/"]
)
def test_allowing_loopback_allows_nothing_else(url: str) -> None:
    with pytest.raises(ForbiddenUrl):
        check_url(url, allow_loopback=True)


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",  # noqa: S104
        "10.1.2.3",
        "100.64.0.1",
        "127.0.0.1",
        "169.254.169.254",
        "169.254.170.2",
        "172.16.0.1",
        "192.0.0.170",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.0.1",
        "198.18.0.1",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:127.0.0.1",
        "64:ff9b::a00:1",
        "64:ff9b:1::1",
        "2001:0:a00:1::1",
        "2001:db8::1",
        "2002:a00:1::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
        "hooks.example.com",
        "",
    ],
)
def test_addresses_that_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "1.1.1.1", "::ffff:1.1.1.1", "2606:4700:4700::1111"]
)
def test_public_addresses(address: str) -> None:
    assert is_public(address)


def test_loopback_addresses() -> None:
    assert is_loopback("127.0.0.1")
    assert is_loopback("::1")
    assert not is_loopback("10.0.0.1")
    assert not is_loopback("localhost")
