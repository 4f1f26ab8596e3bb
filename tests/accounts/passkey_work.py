"""Making passkeys and answering with them, through the pages."""

import json
from typing import Any

from django.conf import settings
from django.test import Client

from accounts.actions.authenticators import passkeys
from accounts.models import Passkey, PlatformSession
from portal.lib import client as clients
from tests.authenticator import Authenticator
from tests.conftest import Clock
from tests.factories import Person

ORIGIN = clients.Origin("203.0.113.7", "Chrome on Windows", "ABCDEFGH")


def authenticator(**facts: Any) -> Authenticator:
    return Authenticator(**{"origin": f"https://{settings.PORTAL_HOST}", "rp_id": "localhost"} | facts)


def add(client: Client, device: Authenticator, name: str = "Ada's laptop") -> Any:
    """Add a passkey through the pages; the client has just signed in."""
    options = client.post("/security/passkeys/add/options/").json()
    return client.post("/security/passkeys/add/", {"name": name, "answer": json.dumps(device.make(options))})


def passkey_of(person: Person, clock: Clock, **facts: Any) -> tuple[Authenticator, Passkey]:
    device = authenticator(**facts)
    challenge = passkeys.new_challenge()
    options = passkeys.registration_options(person.user, challenge=challenge)
    made = passkeys.register(
        user=person.user,
        answer=json.dumps(device.make(options)),
        challenge=challenge,
        name="Ada's laptop",
        by=person.user,
        origin=ORIGIN,
        now=clock.now,
    )
    return device, made


def ask(client: Client) -> Any:
    """Fetch what a passkey is to sign, for the sign-in under way if this client has one."""
    return client.post(f"/login/passkey/options/{_query(client)}").json()


def _query(client: Client) -> str:
    return "?" + getattr(client, "sign_in_page", "").partition("?")[2]


def send(client: Client, answer: Any, address: str = "") -> Any:
    body = answer if isinstance(answer, (str, bytes)) else json.dumps(answer)
    return client.post(address or f"/login/passkey/{_query(client)}", body, content_type="application/json")


def sign_in(client: Client, device: Authenticator, **changes: Any) -> Any:
    return send(client, device.sign(ask(client)) | changes)


def refused(answer: Any, code: str = "E4") -> bool:
    return answer.status_code == 403 and answer.json()["cause"] == code and not PlatformSession.objects.exists()


def refused_quietly(answer: Any) -> bool:
    return answer.status_code == 403 and answer.json()["cause"] == "E4"
