"""Somebody has lost everything, and gets back in: three people, one case, from the first page to the sign-in."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.enums import Role
from portal.audit import hash_chain
from recovery.models import Claim
from tests import factories
from tests.conftest import Clock
from tests.factories import Person
from tests.recovery.claimant import mailed
from tests.recovery.conftest import NEW_PASSWORD, REASON, Walk, ada_with_records, right_answer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SUBMIT = "main form button[type=submit]"
START = "form[action='/recover/finish/begin/'] button"


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
    page.locator("main a[href='/reset/']").click()
    page.locator("main a[href='/recover/']").click()
    page.locator("#id_username").fill("ada")
    for thing in ("password", "key"):
        page.locator(f"input[name=lost][value={thing}]").check()
    page.locator(SUBMIT).click()
    reference, pin, phrase = page.locator(".reference code").all_inner_texts()
    claim = Claim.objects.get(reference=reference)
    assert claim.phrase == phrase
    page.locator("main a[href='/recover/status/']").click()
    return claim, pin


def give_code(page: Page) -> None:
    page.reload()
    page.locator("form[action='/recover/status/proof/mail/send/'] button").click()
    expect(page.locator("[data-code=sent]")).to_be_visible()
    page.locator("#mail-code").fill(mailed("code", "code"))
    page.locator("form[action='/recover/status/proof/mail/'] button").click()


def change_pin(page: Page, pin: str) -> None:
    """Take a PIN that the agent has not heard."""
    page.locator("main a.button[href='/recover/status/pin/']").click()
    page.locator("#id_pin").fill(pin)
    page.locator(SUBMIT).click()
    page.locator("main a[href='/recover/status/']").click()


def set_up(page: Page, claim: Claim, pin: str) -> str:
    """Start afresh with a new password and a new phone; return the seed the phone took from the page."""
    page.goto("/recover/status/")
    page.locator("#id_reference").fill(claim.reference)
    page.locator("#id_pin").fill(pin)
    page.locator(SUBMIT).click()
    change_pin(page, pin)
    page.locator(START).click()
    page.locator("main input[type=text]").fill(mailed("case_grant_part", "part"))
    page.locator(SUBMIT).click()
    page.locator("#id_new_password").fill(NEW_PASSWORD)
    page.locator(SUBMIT).first.click()
    page.locator("details summary").click()
    seed = page.locator("details .reference code").inner_text().replace(" ", "")
    page.locator("#id_code").fill(Person(claim.case.subject, "", seed).code())
    page.locator("details button[type=submit]").click()
    return seed


def sign_in(page: Page, person: Person) -> None:
    page.goto("/login/")
    page.get_by_label("Username").fill(person.user.username)
    page.get_by_label("Password", exact=True).fill(person.password)
    with page.expect_navigation():
        page.get_by_role("button", name="Continue").click()
    if page.get_by_label("Code from your Key").count():
        page.get_by_label("Code from your Key").fill(person.code())
        page.get_by_role("button", name="Sign in").click()


def begin_call(page: Page, walk: Walk) -> None:
    """Take the caller's reference and PIN at the desk."""
    page.goto("/admin/recovery/case/")
    press(page, "start")
    page.locator("#id_reference").fill(walk.claim.reference)
    page.locator("#id_pin").fill(walk.pin)
    send(page)


def press(page: Page, step: str) -> None:
    """Go to the page of a step from that of the case."""
    page.locator(f"main .desk-actions a[href$='/{step}/']").click()


def send(page: Page) -> None:
    """Press the button of the step that is shown."""
    page.locator("main form .desk-actions button").click()


def end_call(page: Page, walk: Walk) -> None:
    """Ask the nine questions, and say how it went."""
    for item in walk.claim.items.order_by("place"):
        page.locator("#id_answer").fill(right_answer(item))
        send(page)
        expect(page.locator(".messagelist .success")).to_be_visible()
    send(page)
    press(page, "statement")
    page.locator("input[name=recommends][value=yes]").check()
    send(page)
    expect(page.locator(".messagelist .success")).to_be_visible()


def approve(page: Page, walk: Walk, clock: Clock) -> None:
    """Decide as the senior who was drawn, with a fresh code of their own Key."""
    senior = walk.checker()
    sign_in(page, senior)
    page.goto(f"/admin/recovery/case/{walk.case.pk}/")
    press(page, "review")
    send(page)
    clock.move(minutes=4)
    press(page, "approve")
    page.locator("#id_reason").fill(REASON)
    page.locator("#id_code").fill(senior.code())
    send(page)
    expect(page.locator("[data-state=cooling]")).to_be_visible()


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
    expect(page.locator("[data-state=open]")).to_be_visible()
    sign_in(at_desk, agent)
    begin_call(at_desk, walk)
    expect(at_desk.get_by_text(walk.claim.phrase)).to_be_visible()
    page.reload()
    expect(page.locator("[data-call=now]")).to_be_visible()
    end_call(at_desk, walk)
    give_code(page)
    expect(page.locator("[data-state=review]")).to_be_visible()

    approve(at_review, walk, clock)
    page.reload()
    expect(page.locator("[data-state=cooling]")).to_be_visible()
    expect(page.locator(START)).to_have_count(0)
    walk.waited(clock)
    seed = set_up(page, walk.claim, walk.pin)
    expect(page.locator("[data-state=hold]")).to_be_visible()

    clock.move(seconds=30)
    sign_in(page, ada)
    expect(heading).to_have_text("Sign in")
    sign_in(page, Person(ada.user, NEW_PASSWORD, ada.seed))
    expect(page.get_by_role("alert")).to_have_attribute("data-cause", "K1")
    sign_in(page, Person(ada.user, NEW_PASSWORD, seed))
    expect(heading).to_have_text("Hello Ada")
    expect(page.get_by_text("Your account was recovered")).to_be_visible()
    assert list(hash_chain.faults()) == []
