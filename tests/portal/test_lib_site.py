"""Our own address: one way to say it, for pictures, passkeys and programs alike."""

import json

import pytest
from django.test import Client

from accounts.actions.authenticators import passkeys
from portal.lib import qr_codes, site
from tests.accounts.enrolment_pages import to_the_phone, with_password
from tests.conftest import Clock
from tests.factories import Person

KINDS = pytest.mark.parametrize(
    ("is_demo", "host", "origin"),
    [(True, "localhost:8000", "http://localhost:8000"), (False, "portal.example", "https://portal.example")],
    ids=["demo", "real"],
)


@KINDS
def test_a_demo_is_reached_without_a_certificate_and_a_real_portal_with_one(settings, is_demo, host, origin):
    settings.DEBUG, settings.PORTAL_HOST = is_demo, host

    assert (site.origin(), site.host()) == (origin, host.partition(":")[0])
    assert site.url("/key/") == f"{origin}/key/"
    assert (passkeys.terms().origin, passkeys.terms().rp_id) == (site.origin(), site.host())


@KINDS
@pytest.mark.promise("KEY-5")
def test_the_picture_on_the_pairing_page_leads_to_the_key_of_this_very_portal(
    settings, ben: Person, clock: Clock, is_demo, host, origin
):
    browser = with_password(ben)
    code = to_the_phone(browser, ben)
    settings.DEBUG, settings.PORTAL_HOST = is_demo, host
    page = browser.get("/key/setup/pair/").content.decode()

    assert f"{origin}/key/" in page
    assert qr_codes.of_text(f"{origin}/key/#pair={code.replace('-', '')}") in page


@KINDS
def test_programs_are_told_the_same_address(settings, client: Client, is_demo, host, origin):
    settings.DEBUG, settings.PORTAL_HOST = is_demo, host

    found = json.loads(client.get("/.well-known/passkey-endpoints").content)
    security = client.get("/.well-known/security.txt").content.decode()

    assert found["manage"] == f"{origin}/security/passkeys/"
    assert f"Canonical: {origin}/.well-known/security.txt\n" in security
