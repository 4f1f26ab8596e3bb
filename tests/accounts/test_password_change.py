"""Changing a password while signed in: what it needs, what it ends, and what stays."""

import pytest
from django.test import Client

from accounts.actions import password
from accounts.enums import Realm
from accounts.models import KnownBrowser, PlatformSession, User
from accounts.refusals import PasswordUsedBefore
from portal.audit.models import SecurityEvent
from portal.outbox.models import Notice
from tests import factories
from tests.conftest import Clock
from tests.factories import Person
from tests.phones import paired
from tests.races import at_once, done

pytestmark = pytest.mark.django_db
NEW = "Nine-Lanterns-Over-Water-7"
PATH = "/security/password/"


def change(client: Client, password: str = NEW, path: str = PATH) -> object:
    return client.post(path, {"new_password": password}, follow=True)


def is_password(person: Person, password: str) -> bool:
    return User.objects.get(pk=person.user.pk).check_password(password)


@pytest.mark.promise("PW-3")
@pytest.mark.promise("SESS-3")
@pytest.mark.asvs("6.2.2")
@pytest.mark.asvs("7.4.3")
def test_a_new_password_ends_everything_but_the_session_it_is_set_in(ada: Person, clock: Clock) -> None:
    here, there = factories.signed_in(ada), factories.signed_in(ada)
    pixel, waiting = paired(ada), Client()
    factories.type_password(waiting, "ada", ada.password)

    answer = change(here)

    assert answer.request["PATH_INFO"] == "/security/password/changed/"
    assert len(answer.context["ended"]) == 1
    assert is_password(ada, NEW)
    assert here.get("/security/").status_code == 200
    assert there.get("/security/").status_code == 302
    assert pixel.requests()["requests"] == []
    factories.type_code(waiting, ada.code())
    assert PlatformSession.objects.count() == 1
    assert Notice.objects.filter(kind="password_changed").count() == 1
    assert SecurityEvent.objects.filter(subject=ada.user, action="password_set").count() == 1


def test_this_browser_stays_known_and_others_do_not(ada: Person, clock: Clock) -> None:
    browser, other = Client(), Client()
    factories.sign_in(other, ada)
    clock.move(seconds=30)
    factories.sign_in(browser, ada)
    assert KnownBrowser.objects.count() == 2

    change(browser)

    assert KnownBrowser.objects.count() == 1
    browser.post("/logout/")
    clock.move(seconds=30)
    factories.sign_in(browser, ada, password=NEW)
    assert KnownBrowser.objects.count() == 1


@pytest.mark.promise("PW-3")
@pytest.mark.asvs("6.2.3")
@pytest.mark.asvs("7.5.1")
def test_a_thief_with_an_open_session_alone_cannot_change_it(ada: Person, clock: Clock) -> None:
    client = factories.signed_in(ada)
    clock.move(minutes=11)
    client.get("/")

    answer = client.post(PATH, {"new_password": NEW})

    assert (answer.status_code, answer["Location"].startswith("/confirm/")) == (302, True)
    assert not is_password(ada, NEW)


def test_whoever_is_not_signed_in_is_led_to_the_sign_in_page(ada: Person, client: Client) -> None:
    assert client.get(PATH)["Location"].startswith("/login/")


def test_a_refused_password_says_why_and_changes_nothing(ada: Person, clock: Clock) -> None:
    client = factories.signed_in(ada)

    assert change(client, "short").context["cause"].code == "R4"
    assert change(client, "Trading2026!").context["cause"].code == "R5"
    assert is_password(ada, ada.password)


@pytest.mark.promise("SESS-2")
@pytest.mark.parametrize("is_paper", [False, True])
def test_a_session_that_is_ended_while_the_password_is_hashed_changes_nothing(
    ada: Person, clock: Clock, monkeypatch: pytest.MonkeyPatch, *, is_paper: bool
) -> None:
    paper = factories.customer("ada-paper", realm=Realm.PAPER)
    User.objects.filter(pk=paper.user.pk).update(customer=ada.user.customer)
    thief, owner = factories.signed_in(ada), factories.signed_in(ada)
    hashed = password.prepare

    def slowly(*given: object) -> password.Prepared:
        owner.post("/security/sessions/end/")
        return hashed(*given)

    monkeypatch.setattr(password, "prepare", slowly)
    answer = change(thief, path=f"{PATH}paper/{paper.user.pk}/" if is_paper else PATH)

    assert answer.context["cause"].code == "S2"
    assert is_password(ada, ada.password)
    assert is_password(paper, paper.password)
    assert owner.get("/security/").status_code == 200


def test_after_twenty_tries_one_has_to_wait(ada: Person, clock: Clock) -> None:
    client = factories.signed_in(ada)

    answers = [change(client, "short") for _ in range(21)]

    assert [answer.status_code for answer in answers] == [200] * 20 + [429]


def test_the_password_of_ones_own_paper_trading_is_set_from_the_live_log_in(ada: Person, clock: Clock) -> None:
    paper = factories.customer("ada-paper", realm=Realm.PAPER)
    User.objects.filter(pk=paper.user.pk).update(customer=ada.user.customer)
    here, there = factories.signed_in(ada), factories.signed_in(paper)

    change(here, path=f"{PATH}paper/{paper.user.pk}/")

    assert is_password(paper, NEW)
    assert is_password(ada, ada.password)
    assert there.get("/security/").status_code == 302
    assert here.get("/security/").status_code == 200


@pytest.mark.asvs("8.2.2")
def test_nobody_sets_the_password_of_somebody_else_or_of_live_from_paper(
    ada: Person, mallory: Person, clock: Clock
) -> None:
    paper = factories.customer("ada-paper", realm=Realm.PAPER)
    User.objects.filter(pk=paper.user.pk).update(customer=ada.user.customer)

    assert change(factories.signed_in(mallory), path=f"{PATH}paper/{paper.user.pk}/").status_code == 404
    assert change(factories.signed_in(paper), path=f"{PATH}paper/{ada.user.pk}/").status_code == 404
    assert change(factories.signed_in(ada), path=f"{PATH}paper/{mallory.user.pk}/").status_code == 404


@pytest.mark.asvs("6.2.7")
def test_password_managers_are_led_to_the_change_or_to_the_reset(ada: Person, client: Client, clock: Clock) -> None:
    path = "/.well-known/change-password"

    assert client.get(path)["Location"] == "/reset/"
    assert factories.signed_in(ada).get(path)["Location"] == PATH


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_two_changes_to_the_same_password_one_wins(ada: Person) -> None:
    from accounts.actions import password as action
    from portal.lib import client, clock

    prepared = [action.prepare(ada.user, NEW) for _ in range(8)]

    def set_it(one: action.Prepared) -> object:
        return action.set_prepared(user=ada.user, prepared=one, by=ada.user, origin=client.Origin(), now=clock.now())

    results = at_once(*[lambda one=one: set_it(one) for one in prepared])

    assert done(results) == 1
    assert sum(isinstance(result, PasswordUsedBefore) for result in results) == 7
