"""The desk of the staff in a browser: no barrier on any page, in any look."""

import pytest
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts import notice_kinds
from accounts.actions import reports
from accounts.actions.desk import looks
from accounts.enums import Action, ReportKind
from accounts.models import Customer, Key, Phone, PlatformSession, Report, User
from portal.audit.models import SecurityEvent
from portal.audit.record import record
from portal.lib import client, clock
from portal.outbox.models import Notice
from portal.throttle.models import Throttle
from portal.throttle.reserve import reserve
from tests import buckets, factories, notices
from tests.browser.fixtures import assert_accessible

pytestmark = pytest.mark.django_db(transaction=True)
TABLES = (Customer, User, Throttle, SecurityEvent, Notice, PlatformSession, Key, Phone, Report)


@pytest.fixture
def who(request: pytest.FixtureRequest) -> factories.Person:
    """The person at the screen: an agent unless the test names another one."""
    person: factories.Person = request.getfixturevalue(getattr(request, "param", "agent"))
    return person


@pytest.fixture
def desk(narrow_page: Page, who: factories.Person, ada: factories.Person, live_server: object) -> Page:
    """A screen of the staff, after ada has been paused, told and recorded."""
    for _ in range(5):
        reserve(buckets.password("ada"), now=clock.now())
    with transaction.atomic():
        record(Action.PAUSED, by=None, on=ada.user, now=clock.now())
        notices.email(ada.user, notice_kinds.LOCKED, now=clock.now())
    factories.phone(ada)
    reports.open_report(user=ada.user, kind=ReportKind.NOT_ME, device="Edge", origin=None, now=clock.now())
    cookie = factories.signed_in(who).cookies[settings.SESSION_COOKIE_NAME]
    narrow_page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    return narrow_page


@pytest.mark.parametrize("who", ["auditor"], indirect=True)
def test_every_table_can_be_read_by_everybody(desk):
    for model in TABLES:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        desk.goto(reverse(f"{name}_changelist"))
        assert_accessible(desk)
        desk.goto(reverse(f"{name}_change", args=[model.objects.first().pk]))
        assert_accessible(desk)


@pytest.mark.promise("LOCK-3")
def test_a_pause_is_ended_with_one_button_a_reason_and_a_code(desk, who):
    row = Throttle.objects.get()
    looks.look(username="ada", reason="Calls", by=who.user, origin=client.Origin(), now=clock.now())
    desk.goto(reverse("admin:throttle_throttle_change", args=[row.pk]))
    lift = desk.locator("a[href$='/lift/']")
    lift.click()
    assert_accessible(desk)

    desk.locator("#id_reason").fill("Called back on the number on file")
    desk.locator("#id_code").fill(who.code())
    desk.locator("#content form .submit-row input").click()

    expect(desk.locator(".messagelist .success")).to_be_visible()
    expect(lift).to_have_count(0)
    assert_accessible(desk)


@pytest.mark.promise("LOCK-4")
def test_a_report_is_closed_with_one_button_and_an_outcome(desk):
    desk.goto(reverse("admin:accounts_report_change", args=[Report.objects.get().pk]))
    close = desk.locator("a[href$='/close/']")
    close.click()
    assert_accessible(desk)

    desk.locator("input[type=radio][value=mistake]").check()
    desk.locator("#content form .submit-row input").click()

    expect(desk.locator(".messagelist .success")).to_be_visible()
    expect(close).to_have_count(0)
