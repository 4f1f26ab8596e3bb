"""Which networks may be written, what is inside of them, and what is tighter (NET-1, NET-2)."""

import pytest

from accounts.policies import networks
from accounts.policies.networks import Change, NotANetwork

READ = [
    ("203.0.113.7", "203.0.113.7/32"),
    (" 203.0.113.7 ", "203.0.113.7/32"),
    ("203.0.113.0/24", "203.0.113.0/24"),
    ("203.0.113.7/32", "203.0.113.7/32"),
    ("10.0.0.0/8", "10.0.0.0/8"),
    ("127.0.0.1", "127.0.0.1/32"),
    ("2001:db8::1", "2001:db8::1/128"),
    ("2001:DB8:0:0::/32", "2001:db8::/32"),
    ("2001:db8:40::/48", "2001:db8:40::/48"),
    ("2000::/16", "2000::/16"),
    ("::ffff:203.0.113.7", "203.0.113.7/32"),
    ("::ffff:203.0.113.0/120", "203.0.113.0/24"),
    ("::ffff:cb00:7107", "203.0.113.7/32"),
]
REFUSED = [
    "",
    "x",
    "0.0.0.0/0",
    "::/0",
    "0.0.0.0",
    "0.0.0.0/8",
    "::",
    "10.0.0.0/7",
    "2000::/15",
    "203.0.113.0/33",
    "2001:db8::/129",
    "203.0.113.0/-1",
    "203.0.113.0/",
    "203.0.113.0/255.255.255.0",
    "203.0.113.0/0.0.0.255",
    "203.0.113.0/²4",
    "203.0.113.0/24/24",
    "203.0.113",
    "203.0.113.256",
    "0203.0.113.7",
    "203.0.113.7:443",
    "[2001:db8::1]",
    "fe80::1",
    "fe80::1%eth0",
    "169.254.1.1",
    "224.0.0.1",
    "ff02::1",
    "255.255.255.255",
    "::ffff:0:0/96",
    "::ffff:0:0/95",
    "::ffff:10.0.0.0/103",
    "::/16",
    "203.0.113.7 203.0.113.8",
    "example.test",
]


@pytest.mark.parametrize(("typed", "canonical"), READ)
def test_a_network_is_read_in_every_usual_form(typed: str, canonical: str) -> None:
    assert str(networks.read(typed)) == canonical


@pytest.mark.parametrize("typed", REFUSED)
def test_what_is_no_network_or_no_limit_is_refused(typed: str) -> None:
    with pytest.raises(NotANetwork) as refused:
        networks.read(typed)

    assert refused.value.meant == ""


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("203.0.113.7/24", "203.0.113.0/24"),
        ("2001:db8::1/32", "2001:db8::/32"),
        ("::ffff:203.0.113.7/120", "203.0.113.0/24"),
    ],
)
def test_an_address_with_a_length_is_asked_about(typed: str, meant: str) -> None:
    with pytest.raises(NotANetwork) as refused:
        networks.read(typed)

    assert refused.value.meant == meant


@pytest.mark.promise("NET-1")
@pytest.mark.parametrize(
    ("listed", "address", "inside"),
    [
        (["203.0.113.0/24"], "203.0.113.255", True),
        (["203.0.113.0/24"], "203.0.114.0", False),
        (["203.0.113.7"], "203.0.113.7", True),
        (["203.0.113.7"], "203.0.113.8", False),
        (["203.0.113.0/24"], "::ffff:203.0.113.9", True),
        (["::ffff:203.0.113.0/120"], "203.0.113.9", True),
        (["2001:db8::/32"], "2001:db8:ffff::1", True),
        (["2001:db8::/32"], "2001:db9::1", False),
        (["2001:db8::/32"], "203.0.113.7", False),
        (["10.0.0.0/8", "2001:db8::/32"], "10.9.8.7", True),
        ([], "203.0.113.7", False),
        (["10.0.0.0/8"], "0.0.0.0", False),
        (["10.0.0.0/8"], "", False),
        (["10.0.0.0/8"], "unknown", False),
        (["10.0.0.0/8"], "10.0.0.1, 10.0.0.2", False),
        (["2001:db8::/32"], "::", False),
    ],
)
def test_an_address_is_inside_or_not_and_an_unknown_one_never(listed: list[str], address: str, inside: bool) -> None:
    assert networks.allows(networks.read_all(listed), address) is inside


@pytest.mark.promise("NET-2")
@pytest.mark.parametrize(
    ("old", "new", "change"),
    [
        ([], [], Change.SAME),
        ([], ["10.0.0.0/8"], Change.TIGHTER),
        (["10.0.0.0/8"], [], Change.WIDER),
        (["10.0.0.0/8"], ["10.0.0.0/8"], Change.SAME),
        (["10.0.0.0/8"], ["10.1.0.0/16"], Change.TIGHTER),
        (["10.1.0.0/16"], ["10.0.0.0/8"], Change.WIDER),
        (["10.0.0.0/8", "203.0.113.7"], ["203.0.113.7"], Change.TIGHTER),
        (["203.0.113.7"], ["203.0.113.7", "203.0.113.8"], Change.WIDER),
        (["203.0.113.7"], ["203.0.113.8"], Change.WIDER),
        (["10.0.0.0/9", "10.128.0.0/9"], ["10.0.0.0/8"], Change.TIGHTER),
        (["10.0.0.0/8"], ["10.0.0.0/9", "10.128.0.0/9"], Change.TIGHTER),
        (["10.0.0.0/8"], ["2001:db8::/32"], Change.WIDER),
        (["10.0.0.0/8", "2001:db8::/32"], ["2001:db8::/48"], Change.TIGHTER),
        (["10.0.0.0/8"], ["10.1.0.0/16", "11.0.0.0/8"], Change.WIDER),
        (["::ffff:10.0.0.0/104"], ["10.0.0.0/8"], Change.SAME),
    ],
)
def test_tighter_is_what_admits_nothing_new(old: list[str], new: list[str], change: Change) -> None:
    assert networks.change(networks.read_all(old), networks.read_all(new)) == change


def test_a_list_has_each_network_once_in_order() -> None:
    typed = ["2001:db8::/32", "203.0.113.7", "", "10.0.0.0/8", "::ffff:203.0.113.7", "10.0.0.0/8"]

    assert networks.text_of(networks.read_all(typed)) == "10.0.0.0/8\n203.0.113.7/32\n2001:db8::/32"
