"""The location of an address in words such as "near New York", to help users tell their own sign-ins from others.

``PORTAL_GEOLOCATION`` names the look-up function, ``place_of(address: str) -> str``: it gets the address in canonical
form and returns an empty text for an unknown place. It is called while a user waits, so it must be quick, without
asking another server. The words are only shown: nothing depends on them. See docs/how-to/name-locations.md.
"""

import csv
import ipaddress
import logging
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils.module_loading import import_string

log = logging.getLogger("portal.places")

MAX_BODY_BYTES = 80  # characters of a place

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Table = dict[tuple[int, int], dict[int, str]]  # words by first address, by IP version and prefix length


class PlacesWrong(Exception):
    """The file of places cannot be used; the text says why, and in which line."""


def of(address: str) -> str:
    """Return the place of an address, or an empty text. Never raises: a missing place must not prevent a sign-in."""
    try:
        return " ".join(finder()(address).split())[:MAX_BODY_BYTES]
    except Exception:
        log.exception("the place of an address was not found")
        return ""


def finder() -> Callable[[str], str]:
    """Return the configured function. Raises: ``ImportError``, ``TypeError`` if it is not callable."""
    found = import_string(settings.PORTAL_GEOLOCATION)
    if not callable(found):
        raise TypeError(f"{settings.PORTAL_GEOLOCATION} is not a function")
    named: Callable[[str], str] = found
    return named


def unknown(address: str) -> str:
    """Return an empty text: the portal comes without location data."""
    return ""


def from_file(address: str) -> str:
    """Return the words of the smallest network in ``PORTAL_GEOLOCATION_CSV`` that contains the address.

    The file is read once per process; an unusable one is logged once, and no place is known.
    """
    ip = ipaddress.ip_address(address)
    for (version, length), places in _kept(settings.PORTAL_GEOLOCATION_CSV).items():
        if version == ip.version:
            first = int(ip) >> (ip.max_prefixlen - length) << (ip.max_prefixlen - length)
            if first in places:
                return places[first]
    return ""


@cache
def _kept(path: str) -> Table:
    try:
        return read(path)
    except PlacesWrong:
        log.exception("the file of places cannot be used")
        return {}


def read(path: str) -> Table:
    """Read a file of networks and places, longest prefixes first. Raises: ``PlacesWrong``, with the line."""
    table: Table = {}
    try:
        with Path(path).open(encoding="utf-8-sig", newline="") as file:
            for network, place in _rows(file):
                table.setdefault((network.version, network.prefixlen), {})[int(network.network_address)] = place
    except OSError as error:
        raise PlacesWrong(f"cannot read {path!r} ({error.strerror})") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise PlacesWrong(f"{path} is not a CSV file in UTF-8") from error
    return dict(sorted(table.items(), key=lambda one: -one[0][1]))


def _rows(file: Iterable[str]) -> Iterator[tuple[Network, str]]:
    reader = csv.DictReader(file, strict=True)
    if not {"network", "place"} <= set(reader.fieldnames or ()):
        raise PlacesWrong("the first line must name the columns network and place")
    for row in reader:
        network, place = row["network"] or "", row["place"] or ""
        try:
            yield ipaddress.ip_network(network.strip()), place
        except ValueError as error:
            raise PlacesWrong(f"line {reader.line_num}: {network!r} is not a network, such as 192.0.2.0/24") from error
