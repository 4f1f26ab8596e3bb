"""The client's address: what our own proxies wrote, never what the client claims."""

import pytest

from portal.lib import client

PROXY = "10.0.0.1"


@pytest.mark.parametrize(
    ("proxies", "chain", "address"),
    [
        (0, None, PROXY),
        (0, "192.0.2.1", PROXY),
        (1, "192.0.2.1", "192.0.2.1"),
        (1, "6.6.6.6, 192.0.2.1", "192.0.2.1"),
        (1, " 6.6.6.6 ,, 192.0.2.1 ", "192.0.2.1"),
        (2, "6.6.6.6, 192.0.2.1, 10.0.0.2", "192.0.2.1"),
        (2, "192.0.2.1", client.UNKNOWN),
        (1, None, client.UNKNOWN),
        (1, "192.0.2.1, unknown", client.UNKNOWN),
        (1, "192.0.2.1:4711", "192.0.2.1"),
        (1, "6.6.6.6:80, 192.0.2.1:4711 ", "192.0.2.1"),
        (1, "[2001:db8::1]:80", "2001:db8::1"),
        (1, "[2001:db8::1]", "2001:db8::1"),
        (1, "192.0.2.1:", client.UNKNOWN),
        (1, "192.0.2.1:x", client.UNKNOWN),
        (1, "[192.0.2.1]:80", client.UNKNOWN),
        (1, "[2001:db8::1", client.UNKNOWN),
        (1, "[2001:db8::1]x", client.UNKNOWN),
        (1, "::ffff:192.0.2.1", "192.0.2.1"),
        (1, "2001:DB8:0::1", "2001:db8::1"),
        (1, "fe80::1%eth0", client.UNKNOWN),
        (1, "192.0.2.1,", client.UNKNOWN),
        (1, "192.0.2.1\x00", client.UNKNOWN),
        (5, "1.1.1.1, 2.2.2.2, 3.3.3.3, 4.4.4.4, 5.5.5.5, 6.6.6.6", "2.2.2.2"),
    ],
)
def test_the_address_is_the_hop_before_our_own_proxies(rf, settings, proxies: int, chain: str | None, address: str):
    settings.PORTAL_TRUSTED_PROXIES = proxies
    headers = {} if chain is None else {"HTTP_X_FORWARDED_FOR": chain}

    assert client.address(rf.get("/", REMOTE_ADDR=PROXY, **headers)) == address


@pytest.mark.parametrize("text", ["", "localhost", "256.0.0.1", "192.0.2.01", "1", "2001:db8::/64", "x" * 10_000])
def test_what_is_no_address_is_unknown(text: str):
    assert client.canonical(text) == client.UNKNOWN


@pytest.mark.parametrize(
    ("address", "networks"),
    [
        ("192.0.2.1", ("192.0.2.1",)),
        ("2001:db8::1", ("2001:db8::/64", "2001:db8::/56")),
        ("2001:db8:0:5::1:2:3", ("2001:db8:0:5::/64", "2001:db8::/56")),
        ("2001:db8:0:100::1", ("2001:db8:0:100::/64", "2001:db8:0:100::/56")),
        ("::ffff:192.0.2.1", ("192.0.2.1",)),
        ("nonsense", (client.UNKNOWN,)),
    ],
)
def test_limits_are_counted_by_address_or_by_the_two_networks_of_an_ipv6_one(address: str, networks: tuple[str, ...]):
    assert client.networks(address) == networks
    assert client.network(address) == networks[0]


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36",
            "Chrome on Windows",
        ),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/130.0 Safari/537.36 Edg/130.0", "Edge on Windows"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/130.0 Safari/537.36 OPR/110.0", "Opera on Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0", "Firefox on Linux"),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/130.0 Mobile Safari/537.36", "Chrome on Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (iPad; CPU OS 17_0 like Mac OS X) Version/17.0 Safari/604.1", "Safari on iPad"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 14_0) Version/17.0 Safari/605.1", "Safari on Mac"),
        ("", "A browser on an unknown system"),
        ("<script>alert(1)</script>", "A browser on an unknown system"),
    ],
)
def test_a_device_is_named_in_our_words_alone(agent: str, words: str):
    assert client.device_words(agent) == words


@pytest.mark.parametrize("text", ["0.0.0.0", "", "unknown", "fe80::1%eth0", "10.0.0.1, 10.0.0.2"])
def test_an_address_that_was_not_read_is_known_to_be_unknown(text: str) -> None:
    assert not client.is_known(text)
    assert client.is_known("203.0.113.7")
