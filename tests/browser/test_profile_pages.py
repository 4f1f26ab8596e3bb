"""The profile and the security questions on a narrow screen: no barrier, and the whole way of an address."""

from collections.abc import Callable

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from accounts.models import Customer, SecurityAnswer, User
from portal.outbox.models import Notice
from tests import factories
from tests.browser.fixtures import NARROW, assert_accessible
from tests.factories import Person

pytestmark = pytest.mark.django_db(transaction=True)
Enter = Callable[..., Page]
PAGES = ("", "full/", "data/", "phone/", "preferences/", "email/", "email/stop/", "stop/", "stop/thanks/")


@pytest.fixture
def ada(live_server: object) -> Person:
    """A customer who has chosen no time zone."""
    return factories.customer("ada")


@pytest.fixture
def enter(ada: Person, open_browser: Enter, live_server: object) -> Enter:
    """Open a browser in which Ada is signed in."""

    def entered(**options: object) -> Page:
        page = open_browser(NARROW, **options)
        cookie = factories.signed_in(ada).cookies[settings.SESSION_COOKIE_NAME]
        page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
        return page

    return entered


def test_no_page_has_a_barrier(enter: Enter) -> None:
    page = enter()
    for path in PAGES:
        page.goto(f"/profile/{path}")
        assert_accessible(page)
    page.goto("/security/questions/")
    assert_accessible(page)
    page.get_by_role("button", name="Set these questions").click()
    expect(page.get_by_role("alert")).to_be_focused()
    assert_accessible(page)


def test_questions_are_chosen_and_set(enter: Enter) -> None:
    page = enter()
    page.goto("/security/questions/")
    given = [("first_boss", "Mrs. Adeyemi"), ("first_street", "St. Anne's"), ("first_film", "The Iron Giant")]
    for place, (question, answer) in enumerate(given, 1):
        page.get_by_label(f"Question {place}").select_option(question)
        page.get_by_label(f"Answer {place}").fill(answer)
    page.get_by_role("button", name="Set these questions").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Security")
    assert SecurityAnswer.objects.count() == 3


def test_an_address_is_changed_and_the_change_is_undone_from_the_old_one(enter: Enter) -> None:
    page = enter()
    page.goto("/profile/")
    page.get_by_role("link", name="Change your e-mail address").click()
    page.get_by_label("New e-mail address").fill("ada@elsewhere.test")
    page.get_by_role("button", name="Send the code").click()
    page.reload()
    page.get_by_label("Code from the e-mail").fill(Notice.objects.get(kind="code").facts["code"])
    page.get_by_role("button", name="Change my address").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your details")
    expect(page.get_by_role("link", name="Was it not you?")).to_be_visible()
    assert_accessible(page)
    assert User.objects.get().email == "ada@elsewhere.test"

    message = Notice.objects.get(kind="email_moved")
    page.context.clear_cookies()
    page.goto("/profile/stop/")
    page.get_by_label("Message reference").fill(message.reference)
    page.get_by_label("Stop code").fill(message.facts["stop_code"])
    page.get_by_role("button", name="Undo it now").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you for telling us")
    assert User.objects.get().email == "ada@example.test"


def test_times_are_told_in_the_zone_of_the_device_until_one_is_chosen(enter: Enter) -> None:
    page = enter()
    page.goto("/security/")
    zone = page.evaluate("Intl.DateTimeFormat().resolvedOptions().timeZone")
    assert [c["value"] for c in page.context.cookies() if c["name"] == "zone"] == [zone.replace("/", "%2F")]
    page.context.add_cookies([{"name": "zone", "value": "Asia%2FTokyo", "url": page.url}])

    page.goto("/profile/preferences/")
    page.get_by_label("Time zone").select_option("Europe/Vienna")
    page.get_by_role("button", name="Save").click()

    expect(page.locator("dd", has_text="Vienna time")).to_be_visible()
    assert Customer.objects.get().time_zone == "Europe/Vienna"
