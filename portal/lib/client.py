"""Where a request came from."""

import ipaddress
import re
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest

from portal.lib import geolocation

UNKNOWN = "0.0.0.0"  # noqa: S104  a placeholder address, nothing binds to it


def address(request: HttpRequest) -> str:
    """Return the client's address, canonical, IPv4-mapped IPv6 unwrapped.

    With ``PORTAL_TRUSTED_PROXIES`` = n the address is the n-th from the right of X-Forwarded-For, as written by
    our outermost proxy; everything further left is the client's own claim and is not read. A port added by the
    proxy is dropped. A list that is too short or does not parse gives ``UNKNOWN``, never the proxy or the claim.
    """
    hops = settings.PORTAL_TRUSTED_PROXIES
    if not hops:
        return canonical(request.META.get("REMOTE_ADDR", ""))
    chain = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    return canonical(_without_port(chain[-hops].strip())) if len(chain) >= hops else UNKNOWN


def _without_port(text: str) -> str:
    parts = re.fullmatch(r"\[([0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)\](?::\d+)?|([0-9.]+):\d+", text)
    return parts[1] or parts[2] if parts else text


def canonical(text: str) -> str:
    """Return the canonical form of an address, or ``UNKNOWN`` if it is not one."""
    try:
        parsed = ipaddress.ip_address(text.strip())
    except ValueError:
        return UNKNOWN
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.scope_id:
            return UNKNOWN
        parsed = parsed.ipv4_mapped or parsed
    return str(parsed)


def is_known(text: str) -> bool:
    """Tell whether this is a client's address: neither ``UNKNOWN`` nor unreadable.

    Whatever is allowed from some addresses only is refused to an unknown one.
    """
    return canonical(text) != UNKNOWN


def networks(text: str) -> tuple[str, ...]:
    """Return the blocks by which limits count: the address, or the /64 of an IPv6 one and the /56 around it."""
    parsed = ipaddress.ip_address(canonical(text))
    if parsed.version == 4:
        return (str(parsed),)
    return tuple(str(ipaddress.ip_network((parsed, length), strict=False)) for length in (64, 56))


def network(text: str) -> str:
    """Return the narrower of these blocks."""
    return networks(text)[0]


@dataclass(frozen=True)
class Origin:
    """The origin of an action: the address, the device in words, the id of the request."""

    address: str = UNKNOWN
    device: str = ""
    request_id: str = ""

    @property
    def place(self) -> str:
        """Return the location of the address in words, or an empty text; looked up only when used."""
        return geolocation.of(self.address)


def origin(request: HttpRequest) -> Origin:
    """Return the origin of this request."""
    agent = request.headers.get("User-Agent", "")
    return Origin(address(request), device_words(agent), getattr(request, "id", ""))


_BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


def device_words(user_agent: str) -> str:
    """Return a device in words, for example "Chrome on Windows"; never text from the client."""
    browser = next((words for mark, words in _BROWSERS if mark in user_agent), "A browser")
    system = next((words for mark, words in _SYSTEMS if mark in user_agent), "an unknown system")
    return f"{browser} on {system}"
