"""Somebody has lost everything, and gets back in: three people, one case, from the first page to the sign-in."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.enums import Role
from recovery.actions import case_events
from recovery.models import Claim
from tests import factories
from tests.conftest import Clock
from tests.factories import Person
from tests.recovery.claimant import mailed
from tests.recovery.conftest import NEW_PASSWORD, REASON, Walk, ada_with_records, right_answer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def ada_lost_everything(clock) -> Person:
    return ada_with_records()


@pytest.fixture
def walk(agent: Person) -> Walk:
    """What there is to know about the case, for all three: nothing is done with it but waiting."""
    seniors = [factories.staff(name, Role.SENIOR) for name in ("lee", "kim")]
    return Walk(agent.user, seniors={person.user.pk: person for person in seniors})


def ask(page: Page) -> tuple[Claim, str]:
    """Open a case from the sign-in page; return the claim and the PIN on the page."""
    page.goto("/login/")
    page.get_by_role("link", name="Forgot password or lost your Key?").click()
    page.get_by_label("Username").fill("ada")
    page.get_by_label("My password").check()
    page.get_by_label("My Key, or the phone it was on").check()
    page.get_by_role("button", name="Ask for help").click()
    reference, pin, phrase = page.locator(".reference code").all_inner_texts()
    claim = Claim.objects.get(reference=reference)
    assert claim.phrase == phrase
    page.get_by_role("link", name="I have noted them: go on").click()
    return claim, pin


def give_code(page: Page) -> None:
    page.reload()
    page.get_by_role("button", name="E-mail me a code").click()
    expect(page.get_by_text("We have sent a code")).to_be_visible()
    page.get_by_label("Code from our e-mail").fill(mailed("code", "code"))
    page.get_by_role("button", name="Continue").click()


def change_pin(page: Page, pin: str) -> None:
    """Take a PIN that the agent has not heard."""
    page.get_by_role("link", name="Change my PIN").click()
    page.get_by_label("PIN").fill(pin)
    page.get_by_role("button", name="Give me a new PIN").click()
    page.get_by_role("link", name="I have noted them: go on").click()


def set_up(page: Page, claim: Claim, pin: str) -> str:
    """Start afresh with a new password and a new phone; return the seed the phone took from the page."""
    page.goto("/recover/status/")
    page.get_by_label("Reference").fill(claim.reference)
    page.get_by_label("PIN").fill(pin)
    page.get_by_role("button", name="Show my case").click()
    change_pin(page, pin)
    page.get_by_role("button", name="Start now").click()
    page.get_by_label("Second half of your pass").fill(mailed("case_half", "part"))
    page.get_by_role("button", name="Open").click()
    seed = page.locator(".reference code").inner_text().replace(" ", "")
    page.get_by_label("New password", exact=True).fill(NEW_PASSWORD)
    page.get_by_label("Code your new Key shows now").fill(Person(claim.case.subject, "", seed).code())
    page.get_by_role("button", name="Save both").click()
    return seed


def sign_in(page: Page, person: Person) -> None:
    page.goto("/login/")
    page.get_by_label("Username").fill(person.user.username)
    page.get_by_label("Password", exact=True).fill(person.password)
    page.get_by_role("button", name="Continue").click()
    if page.get_by_label("Code from your Key").count():
        page.get_by_label("Code from your Key").fill(person.code())
        page.get_by_role("button", name="Sign in").click()


def begin_call(page: Page, walk: Walk) -> None:
    """Take the caller's reference and PIN at the desk."""
    page.goto("/admin/recovery/case/")
    page.get_by_role("link", name="Start a call").click()
    page.get_by_label("Case reference").fill(walk.claim.reference)
    page.get_by_label("PIN").fill(walk.pin)
    press(page, "Start")


def press(page: Page, name: str) -> None:
    page.locator("main").get_by_role("button", name=name, exact=True).click()


def end_call(page: Page, walk: Walk) -> None:
    """Ask the nine questions, and say how it went."""
    for item in walk.claim.items.order_by("place"):
        page.get_by_label("What the caller says").fill(right_answer(item))
        press(page, "Record")
        expect(page.get_by_text("Recorded.", exact=True)).to_be_visible()
    press(page, "End the questions")
    page.get_by_role("link", name="File your statement").click()
    page.get_by_label("Go on: I believe the caller is the owner").check()
    press(page, "File it")
    expect(page.get_by_text("Your statement is filed.")).to_be_visible()


def approve(page: Page, walk: Walk, clock: Clock) -> None:
    """Decide as the senior who was drawn, with a fresh code of their own Key."""
    senior = walk.checker()
    sign_in(page, senior)
    page.goto(f"/admin/recovery/case/{walk.case.pk}/")
    page.get_by_role("link", name="Begin my review").click()
    press(page, "Begin")
    clock.move(minutes=4)
    page.get_by_role("link", name="Approve", exact=True).click()
    page.get_by_label("Your reason").fill(REASON)
    page.get_by_label("Code from your own Key").fill(senior.code())
    press(page, "Approve")
    expect(page.get_by_text("Approved. The waiting period runs")).to_be_visible()


@pytest.mark.promise("CASE-1")
@pytest.mark.promise("CASE-5")
@pytest.mark.promise("CASE-6")
@pytest.mark.promise("CASE-7")
@pytest.mark.promise("CASE-9")
@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no script"])
def test_who_lost_everything_is_back_with_a_new_password_and_key_and_the_old_ones_open_nothing(
    open_browser: Callable[..., Page], ada_lost_everything, agent, walk, clock, javascript
):
    page, at_desk, at_review = (open_browser(javascript=javascript) for _person in range(3))
    ada = ada_lost_everything
    heading = page.get_by_role("heading", level=1)

    walk.claim, walk.pin = ask(page)
    expect(heading).to_have_text("We have your request")
    sign_in(at_desk, agent)
    begin_call(at_desk, walk)
    expect(at_desk.get_by_text(walk.claim.phrase)).to_be_visible()
    page.reload()
    expect(page.get_by_text("You are talking to Dana")).to_be_visible()
    end_call(at_desk, walk)
    give_code(page)
    expect(heading).to_have_text("A second person looks at your case")

    approve(at_review, walk, clock)
    page.reload()
    expect(heading).to_have_text("Approved: the waiting period runs")
    expect(page.get_by_role("button", name="Start now")).to_have_count(0)
    walk.waited(clock)
    seed = set_up(page, walk.claim, walk.pin)
    expect(heading).to_have_text("Done: you can sign in again")

    clock.move(seconds=30)
    sign_in(page, ada)
    expect(heading).to_have_text("Sign in")
    sign_in(page, Person(ada.user, NEW_PASSWORD, ada.seed))
    expect(page.get_by_role("alert")).to_have_attribute("data-cause", "K1")
    sign_in(page, Person(ada.user, NEW_PASSWORD, seed))
    expect(heading).to_have_text("Hello Ada")
    expect(page.get_by_text("Your account was recovered")).to_be_visible()
    assert list(case_events.faults()) == []
