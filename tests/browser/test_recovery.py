"""The pages of recovery in a browser: no barrier at any step, in any look, and usable without script."""

import re
from collections.abc import Callable

import pytest
from django.conf import settings
from playwright.sync_api import Page, Route, expect

from accounts.enums import Role
from tests import factories
from tests.browser.fixtures import NARROW, assert_accessible
from tests.factories import Person
from tests.recovery.claimant import mailed
from tests.recovery.conftest import BROWSER, NEW_PASSWORD, Walk, ada_with_records, wrong_answer

pytestmark = pytest.mark.django_db(transaction=True)
SUBMIT = "main form button[type=submit]"


@pytest.fixture
def walk(clock, agent: Person, live_server: object) -> Walk:
    seniors = [factories.staff(name, Role.SENIOR) for name in ("lee", "kim")]
    ada_with_records()
    return Walk(agent.user, seniors={person.user.pk: person for person in seniors})


@pytest.fixture
def enter(walk: Walk, open_browser: Callable[..., Page], live_server: object) -> Callable[..., Page]:
    """Open the page of the walk's case, in the browser it belongs to."""

    def entered() -> Page:
        page = open_browser(NARROW)
        cookie = f"{settings.PORTAL_COOKIE_PREFIX}case-browser"
        page.context.add_cookies([{"name": cookie, "value": BROWSER, "url": live_server.url}])
        page.goto("/recover/status/")
        page.locator("#id_reference").fill(walk.claim.reference)
        page.locator("#id_pin").fill(walk.pin)
        page.locator(SUBMIT).click()
        return page

    return entered


def test_the_forms_for_everybody_have_no_barrier(narrow_page):
    page = narrow_page
    for address in ("", "status/", "stop/"):
        page.goto(f"/recover/{address}")
        assert_accessible(page)
        page.locator(SUBMIT).click()
        expect(page.get_by_role("alert")).to_be_focused()
        assert_accessible(page)
    page.goto("/recover/stop/thanks/")
    assert_accessible(page)


def test_a_case_has_no_barrier_before_it_is_decided(walk, enter):
    walk.opened()
    page = enter()
    for step in (walk.in_session, walk.answered, walk.stated, walk.with_mail_code):
        assert_accessible(page)
        step()
        page.goto("/recover/status/")
    assert_accessible(page)
    page.goto("/recover/status/withdraw/")
    assert_accessible(page)


def test_a_case_that_was_not_confirmed_has_no_barrier(walk, enter):
    walk.in_session().answered(wrong_answer)

    assert_accessible(enter())


def test_the_end_of_a_case_has_no_barrier(walk, enter, clock):
    walk.in_review().approved(clock)
    page = enter()
    expect(page.locator("[data-state=cooling]")).to_be_visible()
    assert_accessible(page)
    walk.waited(clock)
    page = enter()
    assert_accessible(page)
    page.locator("form[action='/recover/finish/begin/'] button").click()
    assert_accessible(page)
    page.locator("main input[type=text]").fill(mailed("case_grant_part", "part"))
    page.locator(SUBMIT).click()
    assert_accessible(page)
    page.locator("#id_new_password").fill(NEW_PASSWORD)
    page.locator(SUBMIT).first.click()
    page.locator("main details summary").first.click()
    assert_accessible(page)
    secret = page.locator("main details code").first.inner_text().replace(" ", "")
    page.locator("#id_code").fill(Person(walk.case.subject, "", secret).code())
    page.locator("main details button[type=submit]").first.click()
    expect(page.locator("[data-state=hold]")).to_be_visible()
    assert_accessible(page)


def test_asking_works_without_script_and_prints_what_must_be_kept(walk, page_without_script):
    page = page_without_script
    page.goto("/recover/")
    page.locator("#id_username").fill("ada")
    page.locator("input[name=lost][value=key]").check()
    page.locator(SUBMIT).click()
    expect(page).to_have_url(re.compile("/recover/opened/$"))

    page.emulate_media(media="print")

    codes = page.locator("main .reference code")
    expect(codes).to_have_count(3)
    for place in range(3):
        expect(codes.nth(place)).to_be_visible()
    expect(page.locator("main a[href='/recover/status/']")).to_be_hidden()


@pytest.fixture
def at_the_new_password(walk, enter, clock) -> Callable[..., Page]:
    """Open the page where the new password is typed; ``before`` sees the page before that one comes."""

    def opened(before: Callable[[Page], object] = lambda page: None) -> Page:
        walk.ready(clock)
        page = enter()
        page.locator("form[action='/recover/finish/begin/'] button").click()
        page.locator("main input[type=text]").fill(mailed("case_grant_part", "part"))
        before(page)
        page.locator(SUBMIT).click()
        return page

    return opened


def test_the_rules_of_the_new_password_are_ticked_while_one_types(at_the_new_password):
    page = at_the_new_password()
    expect(page.locator("[data-password-toggle]")).to_be_visible()  # by the script, once it runs

    page.locator("#id_new_password").press_sequentially("Lantern7")

    expect(page.locator(".password-rules .met")).to_have_count(4)


def test_what_was_typed_before_the_script_came_is_ticked_as_well(at_the_new_password):
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page = at_the_new_password(lambda page: page.route("**/portal.js", hold))
    page.locator("#id_new_password").fill("Lantern7")

    for route in held:
        route.continue_()

    expect(page.locator(".password-rules .met")).to_have_count(4)


def test_an_owner_who_signs_in_is_asked_without_a_barrier(walk, narrow_page, live_server):
    walk.opened()
    ada = Person(walk.case.subject, "", factories.seed_of("ada"))
    cookie = factories.signed_in(ada).cookies[settings.SESSION_COOKIE_NAME]
    page = narrow_page
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    page.goto("/")
    assert_accessible(page)
    page.locator("main a[href='/recover/mine/']").click()
    assert_accessible(page)

    page.locator("form[action='/recover/mine/stop/'] button").click()

    expect(page).to_have_url(re.compile("/recover/stop/thanks/$"))
