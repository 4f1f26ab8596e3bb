"""System checks of event hooks: mistakes in their settings, and events that nobody accepts."""

import ipaddress
import re
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import DatabaseError, connection

from portal.lib import clock, env, outgoing
from portal.outbox.hooks import operating, receivers, signatures

_NAME = re.compile(rf"[a-z][a-z0-9-]{{0,{receivers.LONGEST_NAME - 1}}}")
_SHORTEST_TOKEN = 32
_SHORTEST_PREFIX = {4: 8, 6: 16}  # of a private network; anything wider is more than a network of the firm


@register(Tags.security)
def receivers_can_be_reached(**_: Any) -> list[CheckMessage]:
    """outbox.E004: an entry of PORTAL_HOOK_URLS cannot be used."""
    names = [receiver.name for receiver in receivers.every()]
    return [
        Error(
            f"{_called(receiver)} in PORTAL_HOOK_URLS {fault}.",
            hint="Write name=https://host/path: a name of its own in lower case, a host that PORTAL_HOOK_HOSTS has.",
            id="outbox.E004",
        )
        for receiver in receivers.every()
        for fault in _faults(receiver, names)
    ]


@register(Tags.security)
def hosts_are_names(**_: Any) -> list[CheckMessage]:
    """outbox.E005: an entry of PORTAL_HOOK_HOSTS is not a valid host, or matches too many."""
    return [
        Error(
            f"{listed!r} in PORTAL_HOOK_HOSTS is not a host name.",
            hint="Write books.example, *.hooks.example or books.example:8443, in lower case.",
            id="outbox.E005",
        )
        for listed in settings.PORTAL_HOOK_HOSTS
        if not outgoing.is_host(listed)
    ]


@register(Tags.security)
def private_hosts_are_listed(**_: Any) -> list[CheckMessage]:
    """outbox.E006: an entry of PORTAL_HOOK_PRIVATE_HOSTS opens nothing, or too much."""
    return [
        Error(
            f"{host or network!r} in PORTAL_HOOK_PRIVATE_HOSTS {fault}.",
            hint="Write books.example=10.20.0.0/16, with a host that PORTAL_HOOK_HOSTS has by its full name.",
            id="outbox.E006",
        )
        for host, network in receivers.private_hosts()
        if (fault := _fault_of_private(host, network))
    ]


@register(Tags.security)
def events_can_be_signed(**_: Any) -> list[CheckMessage]:
    """outbox.E007: events or holds would be signed by nothing, or by something that is no secret."""
    hint = "Run manage.py portal_hooks secret to print a new one."
    found = signatures.secrets_in_force()
    if not all(map(signatures.is_secret, found)):
        return [Error("PORTAL_HOOK_SECRETS has an entry that is no secret.", hint=hint, id="outbox.E007")]
    if (settings.PORTAL_HOOK_URLS or settings.PORTAL_FIRM_TOKENS) and not found:
        return [Error("PORTAL_HOOK_SECRETS is not set, so nothing can be signed.", hint=hint, id="outbox.E007")]
    return []


@register(Tags.security)
def authority_can_be_read(**_: Any) -> list[CheckMessage]:
    """outbox.E008: PORTAL_HOOK_CA_FILE has no certificates."""
    file = settings.PORTAL_HOOK_CA_FILE
    try:
        if file:
            ssl.create_default_context(cadata=Path(file).read_text(encoding="ascii"))
    except (OSError, ValueError):
        hint = "Name a file of certificates in PEM that the portal may read."
        return [Error("PORTAL_HOOK_CA_FILE cannot be used.", hint=hint, id="outbox.E008")]
    return []


@register(Tags.security)
def tokens_are_long(**_: Any) -> list[CheckMessage]:
    """outbox.E009: one of the tokens in PORTAL_FIRM_TOKENS can be guessed."""
    tokens = env.listed(settings.PORTAL_FIRM_TOKENS)
    if all(len(token) >= _SHORTEST_TOKEN for token in tokens):
        return []
    hint = "Make each of 32 or more random characters, without commas."
    return [Error("PORTAL_FIRM_TOKENS has a token that is too short.", hint=hint, id="outbox.E009")]


@register(Tags.database)
def events_are_accepted(**_: Any) -> list[CheckMessage]:
    """outbox.W001: events of one of the firm's systems were given up, or have waited for an hour."""
    hint = "manage.py portal_hooks list says which and why; replay sends them again, skip lets what follows pass."
    return [
        Warning(f"{status.receiver} does not accept events: {words}.", hint=hint, id="outbox.W001")
        for status in _statuses()
        if status.is_known and (words := _words(status))
    ]


@register(Tags.database)
def events_have_a_receiver(**_: Any) -> list[CheckMessage]:
    """outbox.W002: events wait for a system that is no longer in PORTAL_HOOK_URLS."""
    return [
        Warning(
            f"Events wait for {status.receiver}, which is not in PORTAL_HOOK_URLS.",
            hint=f"Put it there again, or run manage.py portal_hooks skip --all --receiver {status.receiver}.",
            id="outbox.W002",
        )
        for status in _statuses()
        if not status.is_known
    ]


def _called(receiver: receivers.Receiver) -> str:
    """Return the name, if it is one: a whole address may hold a secret."""
    return repr(receiver.name) if _NAME.fullmatch(receiver.name) else "An entry"


def _faults(receiver: receivers.Receiver, names: list[str]) -> Iterator[str]:
    if not _NAME.fullmatch(receiver.name):
        yield "has no name that can be used"
    elif names.count(receiver.name) > 1:
        yield "is there more than once"
    try:
        receiver.endpoint()
    except outgoing.AddressRefused as fault:
        yield f"has an address that is refused: {fault}"


def _fault_of_private(host: str, network: str) -> str:
    if host not in {listed.partition(":")[0] for listed in settings.PORTAL_HOOK_HOSTS}:
        return "is not in PORTAL_HOOK_HOSTS"
    try:
        found = ipaddress.ip_network(network)
    except ValueError:
        return "has no network behind the ="
    first = found.network_address
    if found.is_link_local or found.is_multicast or first.is_unspecified or getattr(first, "ipv4_mapped", None):
        return "leads to addresses that are never one of the firm's systems"
    if not found.is_private or found.prefixlen < _SHORTEST_PREFIX[found.version]:
        return "has a network that is not a private one"
    return ""


def _statuses() -> list[operating.ReceiverStatus]:
    """Return how receivers stand; none if the database is unavailable or not migrated yet."""
    try:
        if "outbox_hookdelivery" in connection.introspection.table_names():
            return list(operating.statuses())
    except DatabaseError:
        pass
    return []


def _words(status: operating.ReceiverStatus) -> str:
    late = status.oldest if status.is_late(clock.now()) else None
    words = [f"{status.given_up} given up"] if status.given_up else []
    words += [f"one has waited since {late:%Y-%m-%d %H:%M} UTC"] if late else []
    return ", ".join(words)
