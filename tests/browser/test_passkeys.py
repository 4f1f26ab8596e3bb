"""Passkeys in a real browser, with an authenticator that Chromium plays."""

from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from tests import factories
from tests.factories import Person

pytestmark = pytest.mark.django_db(transaction=True)


class Device:
    """The authenticator in one browser: keeps passkeys, verifies its person, answers when it may."""

    def __init__(self, page: Page) -> None:
        self.protocol = page.context.new_cdp_session(page)
        self.protocol.send("WebAuthn.enable", {"enableUI": False})
        facts = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        made = self.protocol.send("WebAuthn.addVirtualAuthenticator", {"options": facts})
        self.id = made["authenticatorId"]

    def waits(self) -> None:
        """Let it answer nothing until told otherwise."""
        self._presence(enabled=False)

    def answers(self) -> None:
        self._presence(enabled=True)

    def verifies(self, *, person: bool) -> None:
        self.protocol.send("WebAuthn.setUserVerified", {"authenticatorId": self.id, "isUserVerified": person})

    def passkeys(self) -> list[dict[str, Any]]:
        return self.protocol.send("WebAuthn.getCredentials", {"authenticatorId": self.id})["credentials"]

    def _presence(self, *, enabled: bool) -> None:
        facts = {"authenticatorId": self.id, "enabled": enabled}
        self.protocol.send("WebAuthn.setAutomaticPresenceSimulation", facts)


@pytest.fixture
def at_home(settings: Any, live_server: Any) -> None:
    """The portal under the address that its passkeys are bound to; plain HTTP, as in development."""
    settings.PORTAL_HOST = live_server.url.removeprefix("http://")
    settings.DEBUG = True


def enter(page: Page, person: Person, live_server: Any) -> None:
    cookie = factories.signed_in(person).cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])


def add(page: Page, name: str = "My laptop") -> None:
    page.goto("/security/passkeys/")
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Make the passkey").click()
    expect(page.get_by_text(f"{name} is ready")).to_be_visible()


@pytest.mark.promise("SIGN-9")
def test_a_passkey_is_added_signs_in_by_itself_and_by_button_and_is_refused_once_removed(
    at_home: None, page: Page, ada: Person, live_server: Any
):
    device = Device(page)
    enter(page, ada, live_server)
    add(page)
    assert len(device.passkeys()) == 1
    device.waits()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    page.wait_for_timeout(1500)
    print("URL", page.url)
    device.answers()
    page.wait_for_timeout(3000)
    print("URL", page.url)
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_timeout(2000)
    print("URL", page.url)
    expect(page.get_by_role("heading", level=1)).to_have_text("Hello Ada")
