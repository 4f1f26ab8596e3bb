"""Looking at a customer: by whole username, with a reason, recorded, and by whom at all (CASE-8)."""

import re
from html import unescape

import pytest
from django.test import Client

from accounts.actions import reports
from accounts.actions.desk import looks
from accounts.actions.networks import requests as network_requests
from accounts.actions.welcome import letters
from accounts.enums import Action, LetterReason, ReportKind, Role
from accounts.models import Employee, User
from accounts.models.users import hash_of_username
from portal.audit import sealed_words
from portal.audit.models import SecurityEvent
from portal.throttle import limits
from tests import factories
from tests.accounts.welcome_work import newcomer
from tests.conftest import Clock
from tests.factories import Person
from tests.looks import FIND, WHY, look, page_of
from tests.pages import cause_of, levels, marks
from tests.portal.desk import states

pytestmark = [pytest.mark.django_db, pytest.mark.promise("CASE-8")]
TO_SIGN_IN, SHOWN, ELSEWHERE, FORBIDDEN, NOT_THERE = 302, 200, 302, 403, 404


def looked() -> list[SecurityEvent]:
    return list(SecurityEvent.objects.filter(action__in=(Action.LOOKED_AT, Action.NOBODY_FOUND)))


def test_a_look_is_recorded_once_however_often_the_page_is_read(ada: Person, agent: Person, clock: Clock):
    desk = factories.signed_in(agent)

    page = page_of(desk, " ADA ")
    answers = [desk.get(page).status_code for _ in range(3)]

    (event,) = looked()
    assert answers == [200] * 3
    assert (event.subject, event.actor) == (ada.user, agent.user)
    assert sealed_words.facts(event)["reason"] == WHY
    assert WHY not in str(event.facts)


def test_the_customer_reads_who_looked_and_why_but_no_name(ada: Person, agent: Person, clock: Clock):
    look(factories.signed_in(agent), "ada")

    page = factories.signed_in(ada).get("/activity/?only=staff")

    (line,) = page.context["lines"]
    html = page.content.decode()
    assert (line.text, line.by, line.reason) == (Action.LOOKED_AT.label, Role.AGENT.label, WHY)
    assert "dana" not in html
    assert f"/activity/{line.n}/not-me/" not in html
    assert factories.signed_in(ada).get(f"/activity/{line.n}/not-me/").status_code == 404


def test_not_you_still_stands_beside_what_others_could_have_done(ada: Person, agent: Person, clock: Clock):
    browser = factories.signed_in(ada)
    factories.sign_in(Client(), ada)

    page = browser.get("/activity/")

    (line,) = [line for line in page.context["lines"] if line.text == Action.SIGNED_IN.label]
    assert f"/activity/{line.n}/not-me/" in page.content.decode()


@pytest.mark.parametrize("typed", ["ad", "nobody", "ada@example.test", "lee"])
def test_parts_of_names_addresses_and_staff_find_nobody(ada: Person, agent: Person, reviewer: Person, typed: str):
    answer = look(factories.signed_in(agent), typed)

    (event,) = looked()
    assert (answer.status_code, marks(answer, "verdict")) == (404, ["nobody"])
    assert (event.chain, event.subject, event.facts["username"]) == ("system", None, hash_of_username(typed))
    assert set(event.facts) == {"reason", "username"}


def test_whoever_tries_names_one_by_one_is_stopped_for_real_ones_too(ada: Person, agent: Person, clock: Clock):
    desk = factories.signed_in(agent)
    for number in range(limits.LOOK_MISSED.bounds.tries):
        look(desk, f"name{number}")

    answers = [look(desk, name) for name in ("another", "ada")]

    assert [(answer.status_code, cause_of(answer)) for answer in answers] == [(429, "T1")] * 2
    assert not [event for event in looked() if event.subject]
    assert look(factories.signed_in(factories.staff("omar", Role.AGENT)), "ada").status_code == 200


def test_names_that_exist_cost_no_miss(ada: Person, agent: Person, clock: Clock):
    desk = factories.signed_in(agent)

    answers = {look(desk, "ada").status_code for _ in range(limits.LOOK_MISSED.bounds.tries + 1)}

    assert answers == {200}


def test_so_many_customers_an_hour_and_no_more(ada: Person, agent: Person, clock: Clock):
    desk = factories.signed_in(agent)
    for _ in range(limits.LOOK.bounds.tries):
        assert page_of(desk, "ada")

    assert look(desk, "ada").status_code == 429


@pytest.mark.parametrize("typed", ["lost", "moved"])
def test_a_reason_that_is_also_a_code_of_ours_is_read_all_the_same(ada: Person, agent: Person, clock: Clock, typed):
    look(factories.signed_in(agent), "ada", typed)

    (line,) = factories.signed_in(ada).get("/activity/?only=staff").context["lines"]
    assert line.reason == typed


@pytest.mark.parametrize("unseen", ["\u200b", "\u2060x", "\u3164", ".", "a\u202eb"])
def test_a_reason_that_nobody_can_read_opens_nothing(ada: Person, agent: Person, unseen: str):
    answer = factories.signed_in(agent).post(FIND, {"username": "ada", "reason": unseen})

    assert (answer.status_code, cause_of(answer)) == (400, "F3")
    assert looked() == []


@pytest.mark.parametrize("typed", [{"username": "ada", "reason": " "}, {"username": "", "reason": WHY}])
def test_without_a_name_or_a_reason_nothing_opens_and_nothing_is_recorded(ada: Person, agent: Person, typed):
    answer = factories.signed_in(agent).post(FIND, typed)

    assert (answer.status_code, cause_of(answer)) == (200, "F1")
    assert looked() == []


def test_a_look_is_over_after_half_an_hour_and_is_nobody_elses(ada: Person, agent: Person, clock: Clock):
    desk, other = factories.signed_in(agent), factories.signed_in(factories.staff("omar", Role.AGENT))
    page = page_of(desk, "ada")
    assert other.get(page)["Location"] == FIND

    for _ in range(3):
        assert desk.get(page).status_code == 200
        clock.move(minutes=10)

    answer = desk.get(page, follow=True)
    assert (answer.request["PATH_INFO"], levels(answer)) == (FIND, ["info"])
    assert desk.post(f"{page}contact/")["Location"] == FIND


@pytest.mark.parametrize("number", ["0", "9" * 30])
def test_a_look_that_never_was_leads_back_to_the_question(ada: Person, agent: Person, number: str):
    desk = factories.signed_in(agent)

    assert desk.get(f"{FIND}{number}/")["Location"] == FIND
    assert desk.get(f"{page_of(desk, 'ada')}lost/{number}/").status_code == 404


def test_nobody_looks_at_themselves_under_another_username(ada: Person, agent: Person, clock: Clock, caplog):
    Employee.objects.filter(users=agent.user).update(customer=ada.user.customer)

    answer = look(factories.signed_in(agent), "ada")

    assert (answer.status_code, cause_of(answer)) == (403, "G19")
    assert looked() == []
    assert "refused to show a customer" in caplog.text


def test_a_page_that_was_open_closes_when_it_becomes_ones_own(ada: Person, agent: Person, clock: Clock):
    desk = factories.signed_in(agent)
    page = page_of(desk, "ada")
    Employee.objects.filter(users=agent.user).update(customer=ada.user.customer)

    assert desk.get(page).status_code == 403


def steps_of(page: str, person: Person) -> list[str]:
    names = ("end-pause", "sign-out", "suspend", "reinstate", f"lost/{person.user.key_set.get().pk}")
    return [f"{page}{name}/" for name in names]


@pytest.fixture
def everybody(agent, reviewer, auditor, operator, mallory) -> dict[str, Client]:
    superuser = factories.staff("sue", Role.AGENT)
    User.objects.filter(pk=superuser.user.pk).update(is_superuser=True)
    both = factories.staff("bo", Role.OPERATOR)
    both.user.groups.clear()
    people = {
        "agent": agent,
        "senior": reviewer,
        "auditor": auditor,
        "operator": operator,
        "customer": mallory,
        "superuser": superuser,
        "no role yet": both,
    }
    return {"nobody": Client()} | {name: factories.signed_in(person) for name, person in people.items()}


LOOKING = {"agent": SHOWN, "senior": SHOWN, "auditor": SHOWN, "nobody": TO_SIGN_IN}


@pytest.mark.asvs("8.2.1")
@pytest.mark.parametrize(
    "who", ["nobody", "agent", "senior", "auditor", "operator", "customer", "superuser", "no role yet"]
)
def test_who_opens_which_page(ada: Person, everybody: dict[str, Client], clock: Clock, who: str):
    desk, seen = everybody[who], LOOKING.get(who, FORBIDDEN)
    strangers = page_of(factories.signed_in(factories.staff("omar", Role.AGENT)), "ada")

    assert desk.get(FIND).status_code == seen
    answer = desk.post(FIND, {"username": "ada", "reason": WHY})
    assert answer.status_code == (ELSEWHERE if seen == SHOWN else seen)
    page = answer["Location"] if seen == SHOWN else strangers
    assert desk.get(page).status_code == seen
    assert desk.get(strangers).status_code == (ELSEWHERE if seen == SHOWN else seen)
    helps = FORBIDDEN if who == "auditor" else seen
    assert desk.post(f"{page}contact/").status_code == (ELSEWHERE if helps == SHOWN else helps)
    for step in steps_of(page, ada):
        assert (desk.get(step).status_code, desk.post(step, {}).status_code) == (helps, helps)
    assert desk.get(f"{page}no-such-step/").status_code == (NOT_THERE if seen == SHOWN else seen)


def test_an_auditor_reads_the_page_and_has_no_button(ada: Person, auditor: Person, clock: Clock):
    desk = factories.signed_in(auditor)

    page = look(desk, "ada")

    assert page.context["offered"] == []
    assert "/contact/" not in page.content.decode()
    assert [step for step in steps_of(page.request["PATH_INFO"], ada) if step in page.content.decode()] == []


@pytest.mark.parametrize(
    ("who", "shown"), [("agent", True), ("reviewer", True), ("auditor", True), ("operator", False)]
)
def test_the_start_page_asks_for_a_customer_whoever_may_look(request, who: str, shown: bool):
    page = factories.signed_in(request.getfixturevalue(who)).get("/admin/").content.decode()

    assert ("data-look" in page) == shown


@pytest.fixture
def busy(ada: Person, ben: Person, agent: Person, clock: Clock) -> None:
    """Something in every list of the desk."""
    states.paused("cleo")
    factories.phone(ada)
    factories.signed_in(ada)
    reports.open_report(user=ada.user, kind=ReportKind.NOT_ME, device="Edge", origin=None, now=clock.now)
    network_requests.ask(user=ben.user, wanted=[], allows_pass=True, by=ben.user, origin=states.ORIGIN, now=clock.now)
    letters.want(user=newcomer(), why=LetterReason.IMPORT, by=None, now=clock.now)
    look(factories.signed_in(agent), "ada")


@pytest.mark.parametrize("who", ["agent", "reviewer", "auditor", "operator"])
def test_no_link_that_a_role_is_shown_is_refused(request, busy, clock: Clock, who: str):
    """Follow every link from the start page on; steps are pages, too."""
    desk, seen, waiting = factories.signed_in(request.getfixturevalue(who)), {}, ["/admin/"]
    while waiting:
        page = waiting.pop()
        answer = desk.get(page)
        seen[page] = answer.status_code
        links = (
            set(re.findall(r'href="(/admin/[^"#]*)"', answer.content.decode())) if answer.status_code == 200 else set()
        )
        waiting += sorted(unescape(link) for link in links if unescape(link) not in {*seen, *waiting})

    assert len(seen) > 8
    assert {page: status for page, status in seen.items() if status >= 400} == {}


def test_the_bar_of_other_apps_is_asked(ada: Person, agent: Person, monkeypatch):
    monkeypatch.setattr(looks, "_BARS", [lambda by, user: (by, user) == (agent.user, ada.user)])

    assert look(factories.signed_in(agent), "ada").status_code == 403


@pytest.mark.parametrize("step", ["welcomeletter", "networkrequest"])
def test_a_bar_that_comes_later_ends_the_steps_on_pages_of_their_own(agent: Person, clock: Clock, monkeypatch, step):
    desk, user = factories.signed_in(agent), newcomer()
    look(desk, user.username)
    page = f"/admin/accounts/{step}/ask/{user.pk}/"
    assert desk.get(page).status_code == SHOWN

    monkeypatch.setattr(looks, "_BARS", [lambda by, user: True])

    assert [desk.get(page).status_code, desk.post(page, {}).status_code] == [FORBIDDEN] * 2
