"""A recovery case worked by the people at the desk, in a browser: no barrier on any page, in any look."""

from datetime import timedelta

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from accounts.enums import Role
from accounts.models import PlatformSession
from helpcenter import causes
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


def press(page: Page, step: str) -> None:
    """Go to the page of a step from that of the case."""
    page.locator(f"main .desk-actions a[href$='/{step}/']").click()


def send(page: Page) -> None:
    """Press the button of the step that is shown."""
    page.locator("main form .desk-actions button").click()


def call(page: Page, walk: Walk) -> None:
    """Work through a call, from reference and PIN to the statement."""
    press(page, "start")
    assert_accessible(page)
    page.locator("#id_reference").fill(walk.claim.reference)
    page.locator("#id_pin").fill(walk.pin)
    send(page)
    expect(page.get_by_text(walk.claim.phrase)).to_be_visible()
    for item in walk.claim.items.order_by("place"):
        if item.place == 1:
            assert_accessible(page)
        page.locator("#id_answer").fill(right_answer(item))
        send(page)
        expect(page.locator(".messagelist .success")).to_be_visible()
    send(page)
    expect(page.locator("[data-state=possession]")).to_be_visible()
    assert_accessible(page)


def test_an_agent_takes_a_call_in_every_look(narrow_page, walk, agent, live_server):
    page = narrow_page
    walk.opened()
    sit_down(page, agent, live_server.url)
    expect(page.get_by_text(walk.case.number)).to_be_visible()
    assert_accessible(page)

    call(page, walk)
    press(page, "statement")
    assert_accessible(page)
    page.locator("input[name=observations][value=pressure]").check()
    page.locator("input[name=recommends][value=yes]").check()
    send(page)

    expect(page.locator(".messagelist .success")).to_be_visible()
    assert walk.claim.observations.get().codes == ["pressure"]


def test_the_drawn_senior_decides_in_every_look(narrow_page, walk, live_server, settings):
    page = narrow_page
    settings.PORTAL_CASE_MINIMUM_REVIEW_SECONDS = 0
    walk.in_review()
    senior = walk.checker()
    sit_down(page, senior, live_server.url)
    assert_accessible(page)
    page.goto(f"{QUEUE}{walk.case.pk}/")
    assert_accessible(page)

    press(page, "review")
    send(page)
    press(page, "approve")
    send(page)
    expect(page.get_by_role("alert")).to_be_focused()
    assert_accessible(page)
    page.locator("#id_reason").fill("Everything on file agrees with what the caller said.")
    page.locator("#id_code").fill(senior.code())
    send(page)

    expect(page.locator("[data-state=cooling]")).to_be_visible()
    assert walk.state == State.COOLING


def test_the_call_works_without_script(page_without_script, walk, agent, live_server):
    walk.opened()
    sit_down(page_without_script, agent, live_server.url)
    press(page_without_script, "take")
    send(page_without_script)
    expect(page_without_script.locator(".messagelist .success")).to_be_visible()

    assert walk.case.maker == agent.user


def test_a_case_of_somebody_else_is_refused_in_words(page, walk, live_server):
    walk.in_session()
    sit_down(page, factories.staff("omar", Role.AGENT), live_server.url)

    page.goto(f"{QUEUE}{walk.case.pk}/")

    expect(page.get_by_role("heading", name=str(causes.get("G3").title))).to_be_visible()
    assert_accessible(page)


@pytest.mark.promise("SESS-1")
def test_the_desk_warns_of_inactivity_too(page, walk, agent, live_server):
    sit_down(page, agent, live_server.url)
    idle = timedelta(minutes=settings.PORTAL_IDLE_MINUTES, seconds=-100)
    PlatformSession.objects.update(active_at=clock.now() - idle)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    expect(page.get_by_role("dialog")).to_be_visible()
    assert_accessible(page)
    page.locator("[data-idle-stay]").click()
    expect(page.get_by_role("dialog")).to_be_hidden()
