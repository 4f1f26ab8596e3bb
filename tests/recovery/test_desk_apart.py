"""Who knows a customer does not ask the questions, and who asks the questions does not look (CASE-8)."""

import pytest

from accounts.enums import Action, Realm, Role
from accounts.models import User
from portal.audit import sealed_words
from portal.audit.models import SecurityEvent
from recovery.actions import assignment, reviews
from recovery.models import Case
from tests import factories
from tests.conftest import Clock
from tests.factories import Person
from tests.looks import WHY, look
from tests.pages import cause_of
from tests.recovery.conftest import ORIGIN, now
from tests.recovery.desk import START, TAKE, Seat, case_url, in_review, started, tells

pytestmark = [pytest.mark.django_db, pytest.mark.promise("CASE-8")]


@pytest.fixture
def dana(agent) -> Seat:
    return Seat.of(agent)


@pytest.fixture
def omar(db) -> Seat:
    return Seat.of(factories.staff("omar", Role.AGENT))


def offered(seat: Seat) -> Case | None:
    return assignment.take_next(by=seat.person.user, origin=ORIGIN, now=now())


def test_a_case_of_somebody_one_has_looked_at_is_not_offered(clock: Clock, walk, dana, omar):
    walk.opened()
    look(dana.client, "ada")
    clock.move(days=10)

    assert offered(dana) is None
    assert offered(omar) == walk.case


def other_username(of: str) -> None:
    """Give a customer a username for paper trading, too."""
    made = factories.customer(f"{of}-paper", realm=Realm.PAPER)
    User.objects.filter(pk=made.user.pk).update(customer=User.objects.get(username=of).customer)


def test_one_person_is_one_customer_whatever_the_username(clock: Clock, walk, dana, omar):
    walk.opened()
    other_username("ada")

    look(dana.client, "ada-paper")

    typed = {"reference": walk.claim.reference, "pin": walk.pin}
    assert offered(dana) is None
    assert dana.client.post(START, typed).status_code == 403
    assert omar.client.post(START, typed).status_code == 302
    assert look(omar.client, "ada-paper").status_code == 403


def test_one_person_is_one_agent_whatever_the_username(clock: Clock, walk, agent, dana):
    walk.opened()
    twin = Seat.of(factories.staff("dana-two", Role.AGENT, same_as=agent))

    look(twin.client, "ada")

    typed = {"reference": walk.claim.reference, "pin": walk.pin}
    assert offered(dana) is None
    assert dana.client.post(START, typed).status_code == 403


@pytest.mark.parametrize("in_hand", ["questions", "decision"])
def test_whoever_works_on_it_does_not_open_the_page_with_another_username(clock: Clock, walk, dana, in_hand):
    if in_hand == "questions":
        case, person = started(dana, walk), dana.person
    else:
        case, person = in_review(walk, dana), walk.checker()
    twin = Seat.of(factories.staff("twin", Role.AGENT, same_as=person))

    assert look(twin.client, case.subject.username).status_code == 403


def test_after_a_month_it_is(clock: Clock, walk, dana):
    look(dana.client, "ada")
    clock.move(days=30)
    walk.opened()

    assert offered(dana) == walk.case


def test_the_next_case_comes_in_its_place(clock: Clock, walk, stranger, dana):
    walk.opened()
    stranger.opened()
    look(dana.client, "ada")

    assert offered(dana) == stranger.case


def test_a_call_that_is_asked_for_all_the_same_is_refused_and_logged(clock: Clock, walk, dana, caplog):
    walk.opened()
    look(dana.client, "ada")

    answer = dana.client.post(START, {"reference": walk.claim.reference, "pin": walk.pin})

    assert (answer.status_code, tells(answer.content.decode(), "G21")) == (403, True)
    assert walk.case.maker is None
    assert "has looked at the customer" in caplog.text


def test_whoever_has_looked_does_not_take_a_case_over(clock: Clock, walk, dana, omar):
    case = started(dana, walk)
    dana.do(case, "give-back")
    look(omar.client, "ada")

    typed = {"reference": walk.claim.reference, "pin": walk.pin, "takes_over": "on"}
    assert omar.client.post(START, typed).status_code == 403
    assert Case.objects.get(pk=case.pk).maker is None


def test_whoever_asks_the_questions_does_not_open_the_page(clock: Clock, walk, dana, omar):
    case = started(dana, walk)

    answer = look(dana.client, "ada")

    assert (answer.status_code, cause_of(answer)) == (403, "G19")
    refused = SecurityEvent.objects.get(action=Action.LOOK_REFUSED)
    assert (refused.subject, refused.actor, sealed_words.facts(refused)["reason"]) == (
        case.subject,
        dana.person.user,
        WHY,
    )
    assert look(omar.client, "ada").status_code == 200
    assert dana.client.get(case_url(case)).status_code == 200


def test_a_page_that_was_open_closes_when_a_case_is_taken(clock: Clock, walk, dana, omar):
    page = look(dana.client, "ada").request["PATH_INFO"]
    Case.objects.filter(pk=walk.opened().case.pk).update(maker=dana.person.user)

    assert dana.client.get(page).status_code == 403


def test_whoever_is_drawn_to_decide_does_not_open_the_page(clock: Clock, walk, dana):
    in_review(walk, dana)

    assert look(Seat.of(walk.checker()).client, "ada").status_code == 403


@pytest.mark.parametrize("step", ["lost", "sign-out"])
def test_whoever_turned_a_key_off_does_not_decide_the_recovery_for_it(clock: Clock, walk, dana, step: str):
    lee, kim = (Seat.of(factories.staff(name, Role.SENIOR)) for name in ("nina", "olga"))
    ada = User.objects.get(username="ada")
    factories.phone(Person(ada, "", ""), name="Ada's Pixel")
    page = look(lee.client, "ada").request["PATH_INFO"]
    where = f"{page}lost/{ada.key_set.latest('pk').pk}/" if step == "lost" else f"{page}sign-out/"
    lee.client.post(where, {"reason": "Phone lost", "code": lee.person.code()})

    case = in_review(walk, dana)

    may = reviews.eligible(case, walk.decision)
    assert may.filter(pk=kim.person.user.pk).exists()
    assert may.filter(pk=lee.person.user.pk).exists() == (step != "lost")


def test_an_agent_who_takes_the_next_case_is_not_told_whose_it_is_not(clock: Clock, walk, dana):
    walk.opened()
    look(dana.client, "ada")

    assert "ada" not in dana.client.post(TAKE, follow=True).content.decode()
