"""The networks a user limits sign-in to: what may be written, what is inside, and what is tighter (NET-1, NET-2)."""

import ipaddress
from collections.abc import Collection, Iterable
from enum import StrEnum

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address

MOST = 20  # networks of one user; each request of a limited user compares them
WIDEST = {4: 8, 6: 16}  # the shortest prefix: anything wider is no limit
_MAPPED = ipaddress.IPv6Network("::ffff:0:0/96")


class Change(StrEnum):
    """What a new list does to the old one."""

    SAME = "same"
    TIGHTER = "tighter"
    WIDER = "wider"


class NotANetwork(ValueError):
    """Not a network that sign-in can be limited to; ``meant`` is what it may have been meant to be, or empty."""

    def __init__(self, typed: str, meant: str = "") -> None:
        super().__init__(typed)
        self.typed = typed
        self.meant = meant


def read(typed: str) -> Network:
    """Return the network of one line: an address, or a network with its prefix length (RFC 4632, RFC 4291).

    IPv4-mapped IPv6 becomes IPv4. Raises: ``NotANetwork`` for anything else, for a network with host bits, too wide a
    one, and one that nobody connects from.
    """
    address, slash, prefix = typed.strip().partition("/")
    if "%" in address or (slash and not (prefix.isascii() and prefix.isdigit())):
        raise NotANetwork(typed)
    try:
        network = _unmapped(ipaddress.ip_network(f"{address}/{int(prefix)}" if slash else address, strict=False))
    except ValueError:
        raise NotANetwork(typed) from None
    if network.prefixlen < WIDEST[network.version] or _is_nowhere(network):
        raise NotANetwork(typed)
    if slash and _unmapped(ipaddress.ip_network(address)).network_address != network.network_address:
        raise NotANetwork(typed, meant=str(network))
    return network


def read_all(lines: Iterable[str]) -> tuple[Network, ...]:
    """Return the networks of several lines, each once, in order. Empty lines do not count. Raises: ``NotANetwork``."""
    return ordered(read(line) for line in lines if line.strip())


def ordered(networks: Iterable[Network]) -> tuple[Network, ...]:
    """Return each network once, IPv4 first."""
    return tuple(sorted(set(networks), key=lambda one: (one.version, int(one.network_address), one.prefixlen)))


def text_of(networks: Iterable[Network]) -> str:
    """Return the networks one a line, as ``read_all`` takes them."""
    return "\n".join(map(str, networks))


def allows(networks: Collection[Network], address: str) -> bool:
    """Tell whether this address is inside one of the networks; an unknown or unreadable address is in none."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    parsed = getattr(parsed, "ipv4_mapped", None) or parsed
    return not parsed.is_unspecified and any(parsed in network for network in networks)


def change(old: Collection[Network], new: Collection[Network]) -> Change:
    """Return what replacing one list by the other does; an empty list is no limit.

    Tighter: every address the new list admits was admitted before.
    """
    if set(old) == set(new):
        return Change.SAME
    if not old:
        return Change.TIGHTER
    return Change.TIGHTER if new and _covers(old, new) else Change.WIDER


def _covers(old: Collection[Network], new: Collection[Network]) -> bool:
    """Tell whether the old networks together contain each of the new ones."""
    return all(any(_contains(wide, one) for wide in _collapsed(old, one.version)) for one in new)


def _collapsed(networks: Collection[Network], version: int) -> list[Network]:
    same: list[Network] = [one for one in networks if one.version == version]
    return list(ipaddress.collapse_addresses(same))  # type: ignore[type-var]  # one version, which the stubs cannot see


def _contains(wide: Network, one: Network) -> bool:
    return wide.prefixlen <= one.prefixlen and one.network_address in wide


def _unmapped(network: Network) -> Network:
    if isinstance(network, ipaddress.IPv6Network) and network.subnet_of(_MAPPED):
        mapped = network.network_address.ipv4_mapped
        return ipaddress.IPv4Network((int(mapped or 0), network.prefixlen - 96))
    return network


def _is_nowhere(network: Network) -> bool:
    """Tell whether nobody connects from there: multicast, link-local, unspecified, or the mapped block from outside."""
    if isinstance(network, ipaddress.IPv6Network) and network.overlaps(_MAPPED):
        return True
    return (
        network.is_multicast
        or network.is_link_local
        or network.network_address.is_unspecified
        or network.broadcast_address == ipaddress.IPv4Address("255.255.255.255")
    )
