"""Passkeys in a real browser, with an authenticator that Chromium plays."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from accounts.models import Passkey, PlatformSession
from helpcenter import causes
from portal.lib import clock
from tests import factories
from tests.browser.fixtures import assert_accessible
from tests.browser.test_sign_in import type_password
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
    expect(page.locator("[data-passkey-id]", has_text=name)).to_be_visible()


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


@pytest.fixture
def device(at_home: None, page: Page, ada: Person, live_server: Any) -> Device:
    """Ada's browser, signed out, with a passkey of hers that answers nothing yet."""
    device = Device(page)
    enter(page, ada, live_server)
    add(page)
    device.waits()
    sign_out(page)
    return device


@pytest.mark.promise("SIGN-9")
def test_a_passkey_signs_in_from_the_list_under_the_username_without_anything_typed(device: Device, page: Page):
    page.goto("/help/")  # the page one signed out to waits for a passkey, too, and would take the answer
    device.answers()
    page.goto("/login/?next=/security/")

    expect(page.get_by_role("heading", level=1)).to_have_text("Security")
    assert PlatformSession.objects.get().passkey == Passkey.objects.get()


@pytest.mark.promise("SIGN-9", "HELP-5")
def test_the_button_takes_over_from_the_list_and_needs_nothing_but_the_keyboard(device: Device, page: Page):
    page.goto("/login/")
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_visible()
    device.answers()

    page.get_by_role("button", name="Sign in with a passkey").focus()
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Hello Ada")


@pytest.mark.promise("SIGN-3", "SIGN-9")
def test_after_the_password_a_passkey_stands_in_for_the_key(device: Device, page: Page, ada: Person):
    page.goto("/login/")
    type_password(page, "ada", ada.password)
    expect(page.locator("[name=otp_token]")).to_be_visible()
    device.answers()

    page.get_by_role("button", name="Sign in with a passkey").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Hello Ada")


def test_who_has_no_passkey_is_not_shown_the_way_after_the_password(at_home: None, page: Page, ada: Person):
    page.goto("/login/")
    type_password(page, "ada", ada.password)

    expect(page.locator("[name=otp_token]")).to_be_visible()
    page.wait_for_load_state("networkidle")
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_have_count(0)


def test_a_passkey_is_a_fresh_proof_and_its_removal_needs_one(
    device: Device, page: Page, ada: Person, live_server: Any
):
    enter(page, ada, live_server)
    PlatformSession.objects.update(proved_at=clock.now() - timedelta(hours=1))
    device.answers()
    page.goto("/security/passkeys/")
    page.get_by_role("link", name="Remove My laptop").click()
    expect(page.get_by_label("Password", exact=True)).to_be_visible()

    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Remove My laptop?")
    page.get_by_role("button", name="Remove it").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")  # it stood on this very passkey
    assert not Passkey.objects.filter(confirmed=True).exists()


@pytest.mark.promise("SIGN-9", "SIGN-8")
def test_a_removed_passkey_is_refused_with_the_way_on_and_forgotten_by_the_browser(device: Device, page: Page):
    Passkey.objects.update(confirmed=False)
    page.add_init_script("PublicKeyCredential.isConditionalMediationAvailable = async () => false")
    device.answers()
    page.goto("/login/")

    page.get_by_role("button", name="Sign in with a passkey").click()

    alert = page.get_by_role("alert")
    expect(alert).to_contain_text(causes.get("E4").words())
    expect(alert).to_be_focused()
    wait_until(lambda: device.passkeys() == [])
    assert_accessible(page)
    alert.get_by_role("link").click()
    assert page.url.endswith("/help/problem/passkey/")


def test_a_password_manager_learns_which_passkeys_still_work(device: Device, page: Page, ada: Person, live_server: Any):
    Passkey.objects.update(confirmed=False)
    enter(page, ada, live_server)
    assert len(device.passkeys()) == 1

    page.goto("/security/passkeys/")

    expect(page.locator(".empty-state")).to_be_visible()
    wait_until(lambda: device.passkeys() == [])


def wait_until(condition: Callable[[], bool], seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.05)


def test_a_device_that_cannot_verify_its_person_signs_nobody_in(device: Device, page: Page):
    device.verifies(person=False)
    page.goto("/login/")
    device.answers()

    page.get_by_role("button", name="Sign in with a passkey").click()

    expect(page.get_by_role("alert")).to_be_visible()
    assert not PlatformSession.objects.exists()


def test_a_device_holds_one_passkey_of_a_log_in(device: Device, page: Page, ada: Person, live_server: Any):
    enter(page, ada, live_server)
    page.goto("/security/passkeys/add/")
    device.answers()  # not sooner: the sign-in page would take its answer and lead on

    page.get_by_role("button", name="Make the passkey").click()

    expect(page.locator("[data-passkey-status]")).to_have_text(
        page.locator("[data-passkey-add]").get_attribute("data-known")
    )
    assert len(device.passkeys()) == 1


def test_without_script_the_page_says_so_and_nothing_is_offered(
    at_home: None, page_without_script: Page, ada: Person, live_server: Any
):
    page = page_without_script
    page.goto("/login/")
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_hidden()
    enter(page, ada, live_server)

    page.goto("/security/passkeys/")
    expect(page.locator("[data-passkey-unable]")).to_be_visible()
    expect(page.get_by_role("link", name="Add a passkey")).to_be_hidden()
    page.goto("/security/passkeys/add/")

    expect(page.locator("[data-passkey-unable]")).to_be_visible()
    expect(page.get_by_role("button", name="Make the passkey")).to_be_hidden()


def test_at_another_address_no_passkey_is_offered(page: Page, ada: Person, live_server: Any, settings: Any):
    settings.PORTAL_HOST = "portal.example"
    page.goto("/login/")
    page.wait_for_load_state("networkidle")

    expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_hidden()
    enter(page, ada, live_server)
    page.goto("/security/passkeys/")
    expect(page.locator("[data-passkey-unable]")).to_contain_text("portal.example")
    expect(page.get_by_role("link", name="Add a passkey")).to_be_hidden()


def test_who_can_make_a_passkey_is_offered_it_and_told_no_obstacle(
    at_home: None, page: Page, ada: Person, live_server: Any
):
    enter(page, ada, live_server)

    page.goto("/security/passkeys/")

    expect(page.get_by_role("link", name="Add a passkey")).to_be_visible()
    expect(page.locator("[data-passkey-unable]")).to_be_hidden()


def test_a_script_of_passkeys_that_does_not_arrive_leaves_the_other_ways(at_home: None, page: Page, ada: Person):
    page.route("**/passkeys*.js", lambda route: route.fulfill(status=503))
    page.goto("/login/")
    page.wait_for_load_state("networkidle")

    expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_hidden()
    type_password(page, "ada", ada.password)
    expect(page.locator("[name=otp_token]")).to_be_visible()


@pytest.mark.promise("HELP-5")
def test_no_page_of_passkeys_is_a_barrier_in_any_look(device: Device, page: Page, ada: Person, live_server: Any):
    page.goto("/login/")
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_visible()
    assert_accessible(page)
    enter(page, ada, live_server)
    Passkey.objects.update(is_synced=True, last_used_at=clock.now())
    made = Passkey.objects.get()
    for path in ("", "add/", f"{made.pk}/remove/"):
        page.goto(f"/security/passkeys/{path}")
        assert_accessible(page)
    Passkey.objects.update(confirmed=False)
    page.goto("/security/passkeys/")
    assert_accessible(page)
