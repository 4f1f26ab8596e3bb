"""The firm's systems that are told of events, as the settings name them, and the network they are reached through."""

import ipaddress
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from django.conf import settings

from portal.lib import outgoing
from portal.lib.outgoing import network

Networks = tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]
LONGEST_NAME = 32  # characters


@dataclass(frozen=True)
class Receiver:
    """One system. Its name stays the same when its address changes."""

    name: str
    url: str

    def endpoint(self) -> outgoing.Endpoint:
        """Return its address in its parts. Raises: ``AddressRefused``."""
        return outgoing.check_url(self.url, hosts=settings.PORTAL_HOOK_HOSTS)


def every() -> list[Receiver]:
    """Return the receivers in the settings; without any, hooks are off."""
    pairs = (entry.partition("=") for entry in settings.PORTAL_HOOK_URLS)
    return [Receiver(name.strip(), url.strip()) for name, _, url in pairs]


def by_name(name: str) -> Receiver | None:
    """Return the receiver of this name, or None."""
    return next((one for one in every() if one.name == name), None)


def private_hosts() -> Iterator[tuple[str, str]]:
    """Yield the hosts in private networks, each with its network, both as written."""
    for entry in settings.PORTAL_HOOK_PRIVATE_HOSTS:
        host, _, network = entry.partition("=")
        yield host.strip(), network.strip()


def networks_of(host: str) -> Networks:
    """Return the private networks that this very host may be in; none for a host of the open internet."""
    return tuple(ipaddress.ip_network(network) for listed, network in private_hosts() if listed == host)


class HookNetwork(outgoing.Network):
    """The network of hooks: a host listed as private is reached in its own network only, others at public addresses."""

    look_ups: ClassVar[threading.BoundedSemaphore] = threading.BoundedSemaphore(network.MOST_LOOK_UPS)

    def may_reach(self, host: str, address: str) -> bool:
        """Tell whether a connection to this IP address, to which the name of the host leads, is allowed."""
        if networks := networks_of(host):
            return any(ipaddress.ip_address(address) in network for network in networks)
        return super().may_reach(host, address)

    def context(self) -> ssl.SSLContext:
        """Return the TLS context, which trusts the firm's own authority too."""
        context = super().context()
        if settings.PORTAL_HOOK_CA_FILE:
            context.load_verify_locations(cafile=settings.PORTAL_HOOK_CA_FILE)
        return context
