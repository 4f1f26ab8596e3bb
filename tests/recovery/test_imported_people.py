"""People as a firm imports them: every one has a way to the end, and a leaked file is not enough to go it."""

import itertools

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.enums import MandateRole, Realm
from accounts.models import Customer
from portal.lib.client import Origin
from recovery.enums import FlagKind, Outcome, Prompt, Severity, Source, State
from recovery.models import Evidence
from tests import factories
from tests.recovery.conftest import RIGHT, Walk
from tests.recovery.imported import ADDRESSES, APPLICATION, Imported, shows_papers, spoken


def people() -> dict[str, Imported]:
    """Every country, with and without an application, activity and security questions; and the barest of all."""
    found = {}
    kinds = itertools.product(ADDRESSES.items(), [{}, APPLICATION], [False, True], [False, True])
    for (country, address), application, activity, asked in kinds:
        name = f"{country}, {len(application)} of the application, {activity=}, {asked=}"
        memory = {Prompt.ADDRESS: spoken(address)}
        found[name] = Imported(name, {"address": address}, application, activity, asked, memory)
    found["a phone number only"] = Imported("", {"phone": "+442079460958"}, memory={Prompt.PHONE: "020 7946 0958"})
    found["a middle name only"] = Imported("", {"middle_name": "Augusta"}, memory={Prompt.MIDDLE_NAME: "augusta"})
    found["an account only"] = Imported("")
    found["on paper"] = Imported("", {"realm": Realm.PAPER})
    return found


PEOPLE = people()


@pytest.mark.promise("CASE-2")
@pytest.mark.parametrize("name", PEOPLE)
def test_whoever_knows_their_own_details_gets_a_proof_of_possession_or_shows_papers(desk, name):
    who = PEOPLE[name]
    who.made()

    desk.in_session().answered(who.honest)

    is_rich = bool(who.application) + who.has_activity + who.has_questions >= 2
    assert desk.state == (State.POSSESSION if is_rich else State.PROOFING)


@pytest.mark.promise("CASE-3")
@pytest.mark.parametrize("name", PEOPLE)
def test_a_leaked_file_leads_past_no_gate(desk, name):
    who = PEOPLE[name]
    who.made()

    desk.in_session().answered(who.leaked)

    assert desk.state in {State.REFUSED, State.PROOFING}


@pytest.mark.promise("CASE-3")
@pytest.mark.parametrize("name", list(PEOPLE)[::5])
def test_a_stranger_without_the_details_never_comes_as_far_as_papers(desk, name):
    who = PEOPLE[name]
    who.made()

    def guessing(item):
        return "1 May 1999" if item.prompt == Prompt.BIRTH_DATE else who.honest(item)

    assert desk.in_session().answered(guessing).state == State.REFUSED


@pytest.mark.promise("CASE-2")
@pytest.mark.parametrize(
    ("details", "asked"),
    [
        ({"address": ADDRESSES["CR"], "phone": "+50622223333", "middle_name": "Augusta"}, Prompt.ADDRESS),
        ({"phone": "+50622223333", "middle_name": "Augusta"}, Prompt.PHONE),
        ({"middle_name": "Augusta"}, Prompt.MIDDLE_NAME),
        ({}, Prompt.ACCOUNT_NUMBER),
    ],
)
def test_the_second_detail_is_the_first_that_is_on_file(desk, details, asked):
    Imported("", details).made()

    desk.in_session()

    drawn = [item.prompt for item in desk.claim.items.filter(source=Source.PERSONAL)]
    assert sorted(drawn) == sorted([Prompt.BIRTH_DATE, asked])


def test_the_welcome_code_is_asked_for_when_nothing_else_is_on_file(desk):
    who = Imported("", application={"welcome_code": "WLCM-22 kq"}, memory={Prompt.WELCOME_CODE: "wlcm 22KQ"})
    who.made().user.mandates.all().delete()

    desk.in_session().answered(who.honest)

    outcomes = set(Evidence.objects.filter(item__source=Source.PERSONAL).values_list("item__prompt", "outcome"))
    assert outcomes == {(Prompt.BIRTH_DATE, Outcome.MET), (Prompt.WELCOME_CODE, Outcome.MET)}


@pytest.mark.promise("CASE-2")
@pytest.mark.parametrize("said", ["", "Zanzibar", "none", "12345678"])
def test_what_is_not_on_file_does_not_count_whatever_is_said(desk, said):
    who = Imported("")
    who.made().user.mandates.all().delete()

    desk.in_session().answered(lambda item: "10 Dec 1985" if item.prompt == Prompt.BIRTH_DATE else said)

    outcomes = set(Evidence.objects.filter(item__source=Source.PERSONAL).values_list("outcome", flat=True))
    assert outcomes == {Outcome.MET, Outcome.VOID}
    assert desk.state == State.PROOFING


@pytest.mark.parametrize(
    ("birth_date", "account", "state"),
    [
        ("10 Dec 1985", "", State.PROOFING),
        ("10 Dec 1985", "U1", State.REFUSED),
        ("", "right", State.REFUSED),
        ("", "", State.REFUSED),
    ],
)
def test_who_has_no_statement_at_hand_shows_papers_and_who_says_wrong_things_does_not(desk, birth_date, account, state):
    who = Imported("")
    who.made()
    said = {Prompt.BIRTH_DATE: birth_date, Prompt.ACCOUNT_NUMBER: who.memory[Prompt.ACCOUNT_NUMBER]}
    said[Prompt.ACCOUNT_NUMBER] = account if account != "right" else said[Prompt.ACCOUNT_NUMBER]

    desk.in_session().answered(lambda item: said.get(Prompt(item.prompt), ""))

    assert desk.state == state


@pytest.mark.promise("CASE-2")
def test_an_adviser_with_sixty_accounts_gets_in_by_papers(desk, clock):
    adviser = Imported("", {"address": ADDRESSES["US"]}, memory={Prompt.ADDRESS: spoken(ADDRESSES["US"])})
    person = adviser.made()
    for number in range(60):
        factories.account(person, f"F{number:06}", role=MandateRole.ADVISER)

    walk = shows_papers(desk.in_session().answered(adviser.honest))
    walk.approved(clock).approved(clock).waited(clock).started().opened_grant().completed()

    assert walk.state == State.HOLD


# --- Names that nobody has --------------------------------------------------------------------------------


@pytest.mark.promise("CASE-1")
def test_a_name_nobody_has_is_asked_what_one_of_the_customers_would_be(stranger):
    likes = [
        factories.customer("eve", phone="+442079460958", middle_name="Augusta"),
        factories.customer("fay", application=APPLICATION, address=ADDRESSES["GB"]),
        factories.customer("gus", application={"opened": "2019-03-14"}),
    ]
    drawn = set()
    for number in range(40):
        walk = Walk(stranger.maker, username=f"nobody{number}", browser=f"browser {number}")
        walk.opened(origin=Origin(address=f"203.0.{number}.9", device="Firefox on Linux", request_id="REQ"))
        kinds = [(item.source, item.prompt) for item in walk.in_session().claim.items.all()]
        drawn |= {prompt for source, prompt in kinds if source == Source.PERSONAL}
        assert [source for source, _prompt in kinds] == ["P", "P", "A", "A", "R", "R", "R", "S", "S"]
        assert not walk.claim.items.exclude(locator="").exists()
        walk.answered(lambda item: RIGHT.get(Prompt(item.prompt), ""))
        assert walk.state == State.REFUSED

    assert drawn == {Prompt.BIRTH_DATE, Prompt.ADDRESS, Prompt.PHONE, Prompt.ACCOUNT_NUMBER}
    assert len(likes) == Customer.objects.count()


@pytest.mark.promise("CASE-1")
def test_a_name_nobody_has_is_asked_the_same_personal_details_in_every_round(stranger):
    for name in ("eve", "fay", "gus", "hal"):
        factories.customer(name, middle_name="Augusta" if name < "g" else "")
    asked = []
    for _round in range(3):
        stranger.opened().in_session().answered(lambda item: "")
        asked.append({item.prompt for item in stranger.claim.items.filter(source=Source.PERSONAL)})

    assert asked[0] == asked[1] == asked[2]
    assert stranger.case.flags.get(severity=Severity.RED).kind == FlagKind.DETAILS_WRONG


@pytest.mark.promise("CASE-1")
def test_an_answer_costs_a_name_nobody_has_no_more_than_a_customer_with_nothing_on_file(desk, stranger):
    thin_one = Imported("")
    thin_one.made()

    def cost(walk):
        walk.in_session()
        with CaptureQueriesContext(connection) as seen:
            walk.answered(lambda item: "Zanzibar" if item.source != Source.PERSONAL else "1 May 1999")
        return len(seen)

    assert abs(cost(desk) - cost(stranger)) <= 8
