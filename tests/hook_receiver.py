"""One of the firm's systems: takes events over TLS, verifies them with the standard's library, keeps each once."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

from django.db import transaction
from standardwebhooks import Webhook

from accounts.actions import hook_events
from accounts.hook_types import PASSWORD_SET
from accounts.models import User
from portal.lib import clock, outgoing
from portal.outbox.hooks import receivers
from portal.outbox.models import HookEvent
from tests import tls_server
from tests.tls_server import OtherServer, Taken

SECRET = "whsec_" + "b2xkLW9sZC1vbGQtb2xkLW9sZC1vbGQtb2xkLW9sZC0="
NEW_SECRET = "whsec_" + "bmV3LW5ldy1uZXctbmV3LW5ldy1uZXctbmV3LW5ldy0="


@dataclass
class FirmSystem(OtherServer):
    """``kept``: the events it accepted, each once by its id, in the order of their first arrival."""

    name: str = "books"
    secret: str = SECRET
    kept: dict[str, dict[str, Any]] = field(default_factory=dict)

    def answer(self, request: BaseHTTPRequestHandler, taken: Taken) -> None:
        told = Webhook(self.secret).verify(taken.body, dict(taken.headers))
        assert told["id"] == taken.headers["webhook-id"]
        if 200 <= self.status < 300 and not self.behaviour:
            self.kept.setdefault(told["id"], told)
        super().answer(request, taken)

    @property
    def url(self) -> str:
        return f"{self.name}={self.origin}/events/in"

    def sequences(self, username: str) -> list[int]:
        """The numbers of the events of a username, as they came."""
        return [one["data"]["sequence"] for one in self.kept.values() if one["data"]["subject"]["username"] == username]

    @property
    def types(self) -> list[str]:
        return [one["type"] for one in self.kept.values()]


@contextmanager
def running(settings: Any, folder: Path, *names: str) -> Iterator[tuple[list[FirmSystem], outgoing.Network]]:
    """Run these systems and name them in the settings; give them, and the network that leads to them."""
    systems = [FirmSystem(f"{name}.example.test", name=name) for name in names]
    with tls_server.every_one(systems, folder) as authority:
        settings.PORTAL_HOOK_URLS = [system.url for system in systems]
        settings.PORTAL_HOOK_HOSTS = [f"{system.host}:{system.port}" for system in systems]
        settings.PORTAL_HOOK_SECRETS = SECRET
        settings.PORTAL_HOOK_TIMEOUT_SECONDS = 2
        yield systems, tls_server.here(receivers.HookNetwork, authority)


def tell(user: User, times: int = 1) -> list[HookEvent]:
    """Queue events about a username."""
    for _ in range(times):
        with transaction.atomic():
            hook_events.tell(user, PASSWORD_SET, by=user, now=clock.now())
    return list(HookEvent.objects.filter(user=user).order_by("sequence"))[-times:]


def body(event: HookEvent) -> str:
    return json.dumps(event.body)
