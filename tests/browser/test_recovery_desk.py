"""A recovery case worked by the people at the desk, in a browser: no barrier on any page, in any look."""

from datetime import timedelta

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from accounts.enums import Role
from accounts.models import PlatformSession
from portal.lib import clock
from recovery.enums import State
from tests import factories
from tests.browser.fixtures import assert_accessible
from tests.recovery.conftest import Walk, holder, kim, lee, right_answer  # noqa: F401  fixtures of the walk

pytestmark = pytest.mark.django_db(transaction=True)
QUEUE = "/admin/recovery/case/"


@pytest.fixture
def walk(holder, agent, lee, kim) -> Walk:  # noqa: F811  a fixture asks for fixtures by their names
    """Ada's case with the clock of the wall: a browser's session has to live by it."""
    return Walk(agent.user, seniors={person.user.pk: person for person in (lee, kim)})


def sit_down(page: Page, person: factories.Person, home: str) -> None:
    """Give the browser an open session of this person."""
    cookie = factories.signed_in(person).cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": home}])
    page.goto(QUEUE)


def press(page: Page, name: str) -> None:
    page.locator("main").get_by_role("button", name=name, exact=True).click()


def call(page: Page, walk: Walk) -> None:
    """Work through a call, from reference and PIN to the statement."""
    page.get_by_role("link", name="Start a call").click()
    assert_accessible(page)
    page.get_by_label("Case reference").fill(walk.claim.reference)
    page.get_by_label("PIN").fill(walk.pin)
    press(page, "Start")
    expect(page.get_by_text(walk.claim.phrase)).to_be_visible()
    for item in walk.claim.items.order_by("place"):
        if item.place == 1:
            assert_accessible(page)
        page.get_by_label("What the caller says").fill(right_answer(item))
        press(page, "Record")
        expect(page.get_by_text("Recorded.", exact=True)).to_be_visible()
    press(page, "End the questions")
    expect(page.get_by_text("Continue.")).to_be_visible()
    assert_accessible(page)


def test_an_agent_takes_a_call_in_every_look(page_in_every_look, walk, agent, live_server):
    page = page_in_every_look
    walk.opened()
    sit_down(page, agent, live_server.url)
    expect(page.get_by_text(walk.case.number)).to_be_visible()
    assert_accessible(page)

    call(page, walk)
    page.get_by_role("link", name="File your statement").click()
    assert_accessible(page)
    page.get_by_label("The caller pressed for speed").check()
    page.get_by_label("Go on: I believe the caller is the owner").check()
    press(page, "File it")

    expect(page.get_by_text("Your statement is filed.")).to_be_visible()
    assert walk.claim.observations.get().codes == ["pressure"]


def test_the_drawn_senior_decides_in_every_look(page_in_every_look, walk, live_server, settings):
    page = page_in_every_look
    settings.PORTAL_CASE_MINIMUM_REVIEW_SECONDS = 0
    walk.in_review()
    senior = walk.checker()
    sit_down(page, senior, live_server.url)
    assert_accessible(page)
    page.goto(f"{QUEUE}{walk.case.pk}/")
    assert_accessible(page)

    page.get_by_role("link", name="Begin my review").click()
    press(page, "Begin")
    page.get_by_role("link", name="Approve", exact=True).click()
    press(page, "Approve")
    expect(page.get_by_role("alert")).to_be_focused()
    assert_accessible(page)
    page.get_by_label("Your reason").fill("Everything on file agrees with what the caller said.")
    page.get_by_label("Code from your own Key").fill(senior.code())
    press(page, "Approve")

    expect(page.get_by_text("Approved. The waiting period runs")).to_be_visible()
    assert walk.state == State.COOLING


def test_the_call_works_without_script(page_without_script, walk, agent, live_server):
    walk.opened()
    sit_down(page_without_script, agent, live_server.url)
    page_without_script.get_by_role("link", name="Take next").click()
    press(page_without_script, "Take next")
    expect(page_without_script.get_by_text("This case is yours now.")).to_be_visible()

    assert walk.case.maker == agent.user


def test_a_case_of_somebody_else_is_refused_in_words(page, walk, live_server):
    walk.in_session()
    sit_down(page, factories.staff("omar", Role.AGENT), live_server.url)

    page.goto(f"{QUEUE}{walk.case.pk}/")

    expect(page.get_by_role("heading", name="This case is not yours")).to_be_visible()
    assert_accessible(page)


@pytest.mark.promise("SESS-1")
def test_the_desk_warns_of_inactivity_too(page, walk, agent, live_server):
    sit_down(page, agent, live_server.url)
    idle = timedelta(minutes=settings.PORTAL_IDLE_MINUTES, seconds=-100)
    PlatformSession.objects.update(active_at=clock.now() - idle)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    expect(page.get_by_role("dialog", name="Are you still there?")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="Stay signed in").click()
    expect(page.get_by_role("dialog")).to_be_hidden()
