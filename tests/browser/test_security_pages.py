"""The Security page and what hangs on it, in a browser: no barrier in any look, usable without script, printable."""

import re
from collections.abc import Callable

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from accounts.actions import reports
from accounts.enums import Realm, ReportKind
from accounts.models import Key, Phone, PlatformSession
from portal.lib import clock as portal_clock
from tests import factories
from tests.browser.fixtures import NARROW, assert_accessible
from tests.factories import Person

pytestmark = pytest.mark.django_db(transaction=True)
Enter = Callable[..., Page]


@pytest.fixture
def ada(live_server: object) -> Person:
    """A customer with an authenticator app, and a phone with the Keys of six log-ins of hers."""
    made = factories.customer("ada")
    others = [
        factories._log_in(f"ada-{name}", has_key=False, customer=made.user.customer, realm=realm)
        for name, realm in [
            ("paper", Realm.PAPER),
            ("pension", Realm.LIVE),
            ("joint", Realm.LIVE),
            ("club", Realm.LIVE),
        ]
    ]
    factories.phone(made, *others, name="Ada's Pixel")
    Phone.objects.update(clock_offset=-200)
    reports.open_report(
        user=made.user, kind=ReportKind.NOT_ME, device="Chrome on Windows", origin=None, now=portal_clock.now()
    )
    return made


@pytest.fixture
def enter(ada: Person, open_browser: Enter, live_server: object) -> Enter:
    """Open a browser in which Ada is signed in."""

    def entered(**options: bool) -> Page:
        page = open_browser(NARROW, **options)
        cookie = factories.signed_in(ada).cookies[settings.SESSION_COOKIE_NAME]
        page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
        return page

    return entered


def stale() -> None:
    """Let what was proved be long ago."""
    PlatformSession.objects.update(proved_at="2020-01-01T00:00:00Z")


def test_no_page_has_a_barrier(enter: Enter) -> None:
    page = enter()
    key = Key.objects.get(user__username="ada", phone__isnull=False)
    for path in ("", "security/", "security/keys/", "security/keys/?q=zzz", "security/backup-codes/"):
        page.goto(f"/{path}")
        assert_accessible(page)
    for part in ("name", "off", "lost"):
        page.goto(f"/security/keys/{key.pk}/{part}/")
        assert_accessible(page)
    stale()
    page.goto("/security/backup-codes/")
    assert_accessible(page)
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("alert")).to_be_focused()
    assert_accessible(page)


def test_confirming_leads_on_to_what_one_wanted(ada: Person, enter: Enter) -> None:
    page = enter()
    stale()
    page.goto("/security/backup-codes/")
    expect(page).to_have_url(re.compile("/confirm/"))
    page.get_by_label("Password", exact=True).fill(ada.password)
    page.get_by_label("Code from your Key").fill(ada.code())

    page.get_by_role("button", name="Confirm").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Backup codes")


def test_codes_are_made_shown_and_printed(enter: Enter) -> None:
    page = enter()
    page.goto("/security/")
    page.locator(".rows a[href='/security/backup-codes/']").click()
    page.get_by_role("button", name="Make codes").click()
    expect(page.locator(".code-list code")).to_have_count(10)
    assert_accessible(page)

    page.emulate_media(media="print")

    expect(page.locator(".code-list code").first).to_be_visible()
    expect(page.locator(".host").first).to_be_visible()
    expect(page.get_by_text(settings.PORTAL_SUPPORT_PHONE).first).to_be_visible()
    for hidden in ("I have saved them: continue", "Sign out", "Copy all"):
        expect(page.get_by_text(hidden, exact=True)).to_be_hidden()


def test_all_codes_are_copied_one_a_line(enter: Enter) -> None:
    page = enter()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/security/backup-codes/")
    page.get_by_role("button", name="Make codes").click()
    shown = page.locator(".code-list code").all_inner_texts()

    page.get_by_role("button", name="Copy all").click()

    expect(page.locator("[data-copy-status]")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()").split() == shown


def test_a_lost_phone_is_turned_off_without_script(enter: Enter) -> None:
    page = enter(javascript=False)
    page.goto("/security/keys/")
    page.locator("section", has=page.get_by_role("heading", name="Ada's Pixel")).get_by_role(
        "link", name="I lost this phone"
    ).click()
    expect(page.locator("[data-also-off='4']")).to_be_visible()

    page.locator(".button-danger").click()

    expect(page.locator(".alert-success")).to_contain_text("5 Keys")
    expect(page.get_by_role("heading", name="Ada's Pixel")).to_have_count(0)
