"""Eight customers call an agent, who answers each by the first line of one page: in a browser, in any look."""

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from accounts.enums import Action
from portal.audit.models import SecurityEvent
from portal.throttle.models import Throttle
from tests import factories
from tests.browser.fixtures import assert_accessible
from tests.factories import Person
from tests.portal.desk.states import STATES

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.promise("CASE-8")]
# What the agent reads out, by state: verdict, cause, and a word of the line that no other has.
LINES = {
    "paused": ("err", "L1", "5 wrong passwords"),
    "suspended": ("err", "L2", "stopped to protect"),
    "without-key": ("err", "K6", "no Key"),
    "wrong-clock": ("err", "K2", "7 minutes slow"),
    "old-app": ("warn", "K5", "too old to approve (0.1)"),
    "in-recovery": ("warn", "", "recovery is under way"),
    "on-paper": ("warn", "W1", "paper trading"),
    "well": ("ok", "", "nothing stops them"),
}
NAMES = dict(zip(STATES, ("cleo", "igor", "ben", "ella", "theo", "fay", "gus", "hana"), strict=True))


@pytest.fixture
def desk(narrow_page: Page, agent: Person, live_server) -> Page:
    """The screen of an agent."""
    cookie = factories.signed_in(agent).cookies[settings.SESSION_COOKIE_NAME]
    narrow_page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    return narrow_page


def look_up(page: Page, username: str) -> None:
    """Type name and reason on the start page of the desk."""
    page.goto("/admin/")
    page.get_by_label("Whole username").fill(username)
    page.get_by_label("Reason").fill("Calls: cannot sign in")
    page.get_by_role("button", name="Open the page").click()


def test_an_agent_answers_eight_people_by_the_first_line(desk: Page):
    for state, name in NAMES.items():
        STATES[state](name)

    for state, name in NAMES.items():
        look_up(desk, name)
        verdict, cause, words = LINES[state]
        answer = desk.locator("[data-verdict]")
        expect(answer).to_have_attribute("data-verdict", verdict)
        expect(answer).to_have_attribute("data-cause", cause)
        expect(answer.locator("h2")).to_contain_text(words)
        assert_accessible(desk)


@pytest.mark.promise("LOCK-3")
def test_the_button_beside_the_answer_ends_the_pause(desk: Page, agent: Person):
    cleo = STATES["paused"]("cleo")
    look_up(desk, "cleo")
    desk.locator("[data-verdict] a.button").click()
    assert_accessible(desk)

    desk.get_by_label("Reason").fill("Called back on the number on file")
    desk.get_by_label("Code from your own Key").fill(agent.code())
    desk.get_by_role("button", name="End the pause").click()

    expect(desk.locator(".alert-success")).to_be_visible()
    expect(desk.locator("[data-verdict]")).to_have_attribute("data-verdict", "ok")
    assert Throttle.objects.get(limit="password").used == 0
    assert SecurityEvent.objects.filter(subject=cleo.user, action=Action.PAUSE_LIFTED, actor=agent.user).exists()


def test_contact_and_the_pages_around_are_no_barrier(desk: Page):
    factories.customer("ada", phone="+15550142")
    look_up(desk, "ada")
    desk.get_by_role("button", name="Show how to reach them").click()
    expect(desk.get_by_text("+15550142")).to_be_visible()
    assert_accessible(desk)

    look_up(desk, "nobody")
    expect(desk.locator("[data-verdict=nobody]")).to_be_visible()
    assert_accessible(desk)
    desk.goto("/admin/customer/")
    desk.get_by_role("button", name="Open the page").click()
    expect(desk.locator(".error-summary")).to_be_visible()
    assert_accessible(desk)
    desk.goto("/admin/")
    assert_accessible(desk)
