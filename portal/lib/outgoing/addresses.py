"""Where the portal may connect: to listed hosts, at public addresses, over HTTPS, and nowhere else."""

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass

LONGEST_URL = 2048  # characters
_PORT = 443
_URL = re.compile(
    r"https://(?P<host>(?:[a-z0-9-]{1,63}\.)+[a-z]{2,63})(?::(?P<port>[1-9][0-9]{0,4}))?(?P<target>/[\w.~:/?@!$&'()*+,;=%-]*)",
    re.ASCII,
)
_NAME = re.compile(r"(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9](:[1-9][0-9]{0,4})?")

_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")  # RFC 4291; the rest of IPv6 is reserved for special uses
_NAT64 = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052: ends with an IPv4 address
_ANYCAST_RELAYS = ipaddress.ip_network("192.88.99.0/24")  # RFC 7526, withdrawn


class AddressRefused(Exception):
    """The portal must not connect to this address."""


@dataclass(frozen=True)
class Endpoint:
    """A permitted address in its parts; ``target`` is the path with its query."""

    host: str
    port: int
    target: str

    @property
    def origin(self) -> str:
        """Return scheme, host and port in the form of RFC 6454."""
        return f"https://{self.host}" + (f":{self.port}" if self.port != _PORT else "")


def check_url(url: str, *, hosts: Iterable[str]) -> Endpoint:
    """Parse an address at one of these hosts; without a DNS look-up.

    Raises: ``AddressRefused``: not plain https, contains a user name or fragment, too long, or host or port not listed.
    """
    parts = _URL.fullmatch(url) if len(url) <= LONGEST_URL else None
    if parts is None:
        raise AddressRefused("not a plain https address")
    endpoint = Endpoint(parts["host"], int(parts["port"] or _PORT), parts["target"])
    if not any(_fits(listed, endpoint) for listed in hosts):
        raise AddressRefused("not a host we send to")
    return endpoint


def is_host(listed: str) -> bool:
    """Tell whether an entry of a list of hosts is valid: ``push.example``, ``*.push.example:8443``."""
    return bool(_NAME.fullmatch(listed)) and int(listed.partition(":")[2] or _PORT) < 65_536


def _fits(listed: str, endpoint: Endpoint) -> bool:
    name, _, port = listed.partition(":")
    if (port or str(_PORT)) != str(endpoint.port):
        return False
    return endpoint.host.endswith(name[1:]) if name.startswith("*.") else endpoint.host == name


def is_public(address: str) -> bool:
    """Tell whether an IP address is public, also if it embeds another (RFC 4291, 3056, 6052)."""
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        if (inner := _wrapped(ip)) is None:
            return ip in _GLOBAL_UNICAST and ip.is_global and not ip.is_reserved
        ip = inner
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip in _ANYCAST_RELAYS)


def _wrapped(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if ip in _NAT64:
        return ipaddress.IPv4Address(int(ip) & 0xFFFF_FFFF)
    return ip.ipv4_mapped or ip.sixtofour
