"""The desk has a new welcome letter sent: by agents and seniors, with a reason and their own Key, never with a code."""

import pytest
from django.test import Client

from accounts.actions.welcome import letters
from accounts.enums import LetterReason, Role
from accounts.models import Customer, User, WelcomeLetter
from portal.audit import sealed_words
from portal.audit.models import SecurityEvent
from portal.lib import code_alphabet
from portal.outbox.models import Notice
from tests import factories
from tests.accounts.welcome_work import code_for, newcomer, works
from tests.conftest import Clock
from tests.factories import Person
from tests.looks import look, page_of

pytestmark = pytest.mark.django_db
REASON = "Called back on the number on file"


@pytest.fixture
def vera(clock: Clock) -> User:
    return newcomer()


def ask_page(user: User) -> str:
    return f"/admin/accounts/welcomeletter/ask/{user.pk}/"


def user_page(user: User) -> str:
    return f"/admin/accounts/user/{user.pk}/change/"


@pytest.mark.promise("FIRM-3")
@pytest.mark.parametrize("role", [Role.AGENT, Role.SENIOR])
def test_a_lost_letter_is_replaced_from_the_page_of_the_customer(vera: User, clock: Clock, role: Role):
    old = code_for(vera)
    clock.move(days=2)
    staff = factories.staff("dana", role)
    desk = factories.signed_in(staff)
    page = page_of(desk, "vera")
    assert ask_page(vera) in desk.get(page).content.decode()

    answer = desk.post(ask_page(vera), {"reason": REASON, "code": staff.code()})

    assert (answer.status_code, answer["Location"]) == (302, page)
    assert not works(vera, old)
    letter = WelcomeLetter.objects.get(revoked_at=None)
    assert (letter.why, letter.wanted_by, letter.printed_at) == ("desk", staff.user, None)
    event = SecurityEvent.objects.get(subject=vera, action="letter_wanted")
    assert (event.actor, sealed_words.facts(event)["reason"]) == (staff.user, REASON)
    assert Notice.objects.filter(user=vera, kind="letter_wanted").exists()


@pytest.mark.parametrize("fields", [{"reason": REASON, "code": "000000"}, {"reason": "", "code": "right"}])
def test_without_a_reason_and_a_key_code_nothing_happens(vera: User, agent: Person, fields: dict[str, str]):
    old = code_for(vera)
    said = fields | ({"code": agent.code()} if fields["code"] == "right" else {})

    desk = factories.signed_in(agent)
    look(desk, "vera")
    answer = desk.post(ask_page(vera), said)

    assert answer.status_code == 200
    assert works(vera, old)
    assert WelcomeLetter.objects.count() == 1


def test_a_letter_that_waits_to_be_printed_is_told_and_uses_up_no_code(vera: User, agent: Person, clock: Clock):
    letters.want(user=vera, why=LetterReason.DESK, by=None, now=clock.now)
    desk = factories.signed_in(agent)
    look(desk, "vera")

    answer = desk.post(ask_page(vera), {"reason": REASON, "code": agent.code()})

    assert answer.context["form"].refusal.code == "G18"
    assert not SecurityEvent.objects.filter(action="code_used").exists()


@pytest.mark.promise("FIRM-3")
def test_a_new_address_is_refused_with_the_day(vera: User, agent: Person, clock: Clock):
    old = code_for(vera)
    Customer.objects.filter(pk=vera.customer_id).update(address_changed_at=clock.now)

    desk = factories.signed_in(agent)
    look(desk, "vera")
    page = desk.post(ask_page(vera), {"reason": REASON, "code": agent.code()}).content.decode()

    assert "31 May 2026" in page
    assert not SecurityEvent.objects.filter(action="code_used").exists()
    assert works(vera, old)


def test_who_has_signed_in_gets_no_letter(ada: Person, agent: Person, clock: Clock):
    desk = factories.signed_in(agent)
    assert ask_page(ada.user) not in look(desk, "ada").content.decode()

    answer = desk.post(ask_page(ada.user), {"reason": REASON, "code": agent.code()})

    assert answer.status_code == 200
    assert "errorlist" in answer.content.decode()
    assert not WelcomeLetter.objects.exists()


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.OPERATOR])
def test_nobody_else_at_the_desk_has_the_button_or_the_page(vera: User, role: Role):
    staff = factories.staff("other", role)
    desk = factories.signed_in(staff)

    assert ask_page(vera) not in look(desk, "vera").content.decode()
    assert desk.post(ask_page(vera), {"reason": REASON, "code": staff.code()}).status_code == 403
    assert not WelcomeLetter.objects.exists()


def test_neither_customers_nor_strangers_reach_the_page(vera: User, ada: Person):
    assert factories.signed_in(ada).get(ask_page(vera)).status_code == 403
    assert Client().get(ask_page(vera)).status_code == 302


def test_no_letter_goes_to_staff(agent: Person, reviewer: Person):
    assert factories.signed_in(agent).get(ask_page(reviewer.user)).status_code == 403


def test_nobody_asks_for_a_letter_to_somebody_they_are_not_looking_at(vera: User, agent: Person, clock: Clock):
    desk = factories.signed_in(agent)
    assert desk.get(ask_page(vera)).status_code == 403

    look(desk, "vera")
    assert desk.get(ask_page(vera)).status_code == 200
    for _ in range(3):
        clock.move(minutes=10)
        desk.get("/admin/")

    assert desk.post(ask_page(vera), {"reason": REASON, "code": agent.code()}).status_code == 403
    assert not WelcomeLetter.objects.exists()


def test_no_page_of_the_desk_shows_a_code_or_its_digest(vera: User, reviewer: Person, auditor: Person):
    code = code_for(vera)
    letter = WelcomeLetter.objects.get()
    desk, reading = factories.signed_in(reviewer), factories.signed_in(auditor)
    paths = ["/admin/accounts/welcomeletter/", f"/admin/accounts/welcomeletter/{letter.pk}/change/", user_page(vera)]

    pages = [look(desk, "vera"), desk.get(ask_page(vera)), *(reading.get(path) for path in paths)]
    pages = [page.content.decode() for page in pages]

    assert all("vera" in page for page in pages)
    assert not any(hidden in page for page in pages for hidden in (code, code_alphabet.plain(code), letter.digest))
