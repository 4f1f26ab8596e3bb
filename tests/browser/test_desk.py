"""The desk of the staff in a browser: no barrier on any page, in any look."""

import pytest
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.actions import audit, notices, reports, throttle
from accounts.enums import Action, ReportKind
from accounts.models import Customer, Key, Notice, Phone, PlatformSession, Report, SecurityEvent, Throttle, User
from portal.lib import clock
from tests import factories
from tests.browser.fixtures import assert_accessible

pytestmark = pytest.mark.django_db(transaction=True)
TABLES = (Customer, User, Throttle, SecurityEvent, Notice, PlatformSession, Key, Phone, Report)


@pytest.fixture
def who(request: pytest.FixtureRequest) -> factories.Person:
    """The person at the screen: an agent unless the test names another one."""
    person: factories.Person = request.getfixturevalue(getattr(request, "param", "agent"))
    return person


@pytest.fixture
def desk(page_in_every_look: Page, who: factories.Person, ada: factories.Person, live_server: object) -> Page:
    """A screen of the staff, after ada has been paused, told and recorded."""
    for _ in range(5):
        throttle.reserve(throttle.password_claim("ada"), now=clock.now())
    with transaction.atomic():
        audit.record(Action.PAUSED, by=None, on=ada.user, now=clock.now())
        notices.tell(ada.user, "paused", now=clock.now())
    factories.phone(ada)
    reports.open_report(user=ada.user, kind=ReportKind.NOT_ME, device="Edge", origin=None, now=clock.now())
    cookie = factories.signed_in(who).cookies[settings.SESSION_COOKIE_NAME]
    page_in_every_look.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    return page_in_every_look


@pytest.mark.parametrize("who", ["auditor"], indirect=True)
def test_every_table_can_be_read_by_everybody(desk):
    for model in TABLES:
        name = f"admin:accounts_{model._meta.model_name}"
        desk.goto(reverse(f"{name}_changelist"))
        assert_accessible(desk)
        desk.goto(reverse(f"{name}_change", args=[model.objects.first().pk]))
        assert_accessible(desk)


@pytest.mark.promise("LOCK-3")
def test_a_pause_is_lifted_with_one_button_and_a_reason(desk):
    desk.goto(reverse("admin:accounts_throttle_change", args=[Throttle.objects.get().pk]))
    desk.get_by_role("link", name="Lift pause").click()
    assert_accessible(desk)

    desk.get_by_label("Reason").fill("Called back on the number on file")
    desk.get_by_role("button", name="Lift pause").click()

    expect(desk.locator(".messagelist .success")).to_be_visible()
    expect(desk.get_by_role("link", name="Lift pause")).to_have_count(0)
    assert_accessible(desk)


@pytest.mark.promise("LOCK-4")
def test_a_report_is_closed_with_one_button_and_an_outcome(desk):
    desk.goto(reverse("admin:accounts_report_change", args=[Report.objects.get().pk]))
    desk.get_by_role("link", name="Close report").click()
    assert_accessible(desk)

    desk.locator("[value=mistake]").check()
    desk.get_by_role("button", name="Close report").click()

    expect(desk.locator(".messagelist .success")).to_be_visible()
    expect(desk.get_by_role("link", name="Close report")).to_have_count(0)
