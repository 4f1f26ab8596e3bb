"""The pages of recovery in a browser: no barrier at any step, in any look, and usable without script."""

from collections.abc import Callable

import pytest
from django.conf import settings
from playwright.sync_api import Page, Route, expect

from accounts.enums import Role
from tests import factories
from tests.browser.fixtures import LOOKS, Look, assert_accessible
from tests.factories import Person
from tests.recovery.claimant import mailed
from tests.recovery.conftest import BROWSER, NEW_PASSWORD, Walk, ada_with_records, wrong_answer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def walk(clock, agent: Person, live_server: object) -> Walk:
    seniors = [factories.staff(name, Role.SENIOR) for name in ("lee", "kim")]
    ada_with_records()
    return Walk(agent.user, seniors={person.user.pk: person for person in seniors})


@pytest.fixture
def enter(walk: Walk, open_browser: Callable[..., Page], live_server: object) -> Callable[..., Page]:
    """Open the page of the walk's case, in the browser it belongs to."""

    def entered(look: Look = LOOKS[-1]) -> Page:
        page = open_browser(look)
        cookie = f"{settings.PORTAL_COOKIE_PREFIX}case-browser"
        page.context.add_cookies([{"name": cookie, "value": BROWSER, "url": live_server.url}])
        page.goto("/recover/status/")
        page.get_by_label("Reference").fill(walk.claim.reference)
        page.get_by_label("PIN").fill(walk.pin)
        page.get_by_role("button", name="Show my case").click()
        return page

    return entered


@pytest.fixture(params=LOOKS, ids=str)
def look(request: pytest.FixtureRequest) -> Look:
    return request.param


def test_the_forms_for_everybody_have_no_barrier(page_in_every_look):
    page = page_in_every_look
    for address, button in [("", "Ask for help"), ("status/", "Show my case"), ("stop/", "Stop it now")]:
        page.goto(f"/recover/{address}")
        assert_accessible(page)
        page.get_by_role("button", name=button).click()
        expect(page.get_by_role("alert")).to_be_focused()
        assert_accessible(page)
    page.goto("/recover/stop/thanks/")
    assert_accessible(page)


def test_a_case_has_no_barrier_before_it_is_decided(walk, enter, look):
    walk.opened()
    page = enter(look)
    for step in (walk.in_session, walk.answered, walk.stated, walk.with_mail_code):
        assert_accessible(page)
        step()
        page.goto("/recover/status/")
    assert_accessible(page)
    page.goto("/recover/status/withdraw/")
    assert_accessible(page)


def test_a_case_that_was_not_confirmed_has_no_barrier(walk, enter, look):
    walk.in_session().answered(wrong_answer)

    assert_accessible(enter(look))


def test_the_end_of_a_case_has_no_barrier(walk, enter, look, clock):
    walk.in_review().approved(clock)
    page = enter(look)
    expect(page.get_by_role("heading", level=1)).to_have_text("Approved: the waiting period runs")
    assert_accessible(page)
    walk.waited(clock)
    page = enter(look)
    assert_accessible(page)
    page.get_by_role("button", name="Start now").click()
    assert_accessible(page)
    page.get_by_label("Second half of your pass").fill(mailed("case_half", "part"))
    page.get_by_role("button", name="Open").click()
    assert_accessible(page)
    secret = page.locator(".reference code").inner_text().replace(" ", "")
    page.get_by_label("New password", exact=True).fill(NEW_PASSWORD)
    page.get_by_label("Code your new Key shows now").fill(Person(walk.case.subject, "", secret).code())
    page.get_by_role("button", name="Save both").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Done: you can sign in again")
    assert_accessible(page)


def test_asking_works_without_script_and_prints_what_must_be_kept(walk, page_without_script):
    page = page_without_script
    page.goto("/recover/")
    page.get_by_label("Username").fill("ada")
    page.get_by_label("My Key, or the phone it was on").check()
    page.get_by_role("button", name="Ask for help").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Keep these safe")

    page.emulate_media(media="print")

    for text in ("Your reference", "Your PIN", "Our agent must say"):
        expect(page.get_by_text(text, exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="I have noted them: go on")).to_be_hidden()


@pytest.fixture
def at_the_new_password(walk, enter, clock) -> Callable[..., Page]:
    """Open the page where the new password is typed; ``before`` sees the page before that one comes."""

    def opened(before: Callable[[Page], object] = lambda page: None) -> Page:
        walk.ready(clock)
        page = enter()
        page.get_by_role("button", name="Start now").click()
        page.get_by_label("Second half of your pass").fill(mailed("case_half", "part"))
        before(page)
        page.get_by_role("button", name="Open").click()
        return page

    return opened


def test_the_rules_of_the_new_password_are_ticked_while_one_types(at_the_new_password):
    page = at_the_new_password()
    expect(page.get_by_role("button", name="Show password")).to_be_visible()  # by the script, once it runs

    page.get_by_label("New password", exact=True).press_sequentially("Lantern7")

    expect(page.locator(".password-rules .met")).to_have_count(4)


def test_what_was_typed_before_the_script_came_is_ticked_as_well(at_the_new_password):
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page = at_the_new_password(lambda page: page.route("**/portal.js", hold))
    page.get_by_label("New password", exact=True).fill("Lantern7")

    for route in held:
        route.continue_()

    expect(page.locator(".password-rules .met")).to_have_count(4)


def test_an_owner_who_signs_in_is_asked_without_a_barrier(walk, open_browser, look, live_server):
    walk.opened()
    ada = Person(walk.case.subject, "", factories.seed_of("ada"))
    cookie = factories.signed_in(ada).cookies[settings.SESSION_COOKIE_NAME]
    page = open_browser(look)
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    page.goto("/")
    assert_accessible(page)
    page.locator(".alert a").click()
    assert_accessible(page)

    page.get_by_role("button", name="No, that was not me: stop it").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you for telling us")
