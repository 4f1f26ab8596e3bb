"""A second way to prove possession takes its module, its template and its line in the registry, and nothing else."""

from copy import deepcopy
from dataclasses import replace

import pytest

from accounts.models import EmailedCode
from recovery.actions import claims, possession, reviews
from recovery.enums import Outcome, State
from recovery.methods import METHODS
from recovery.models import Case, Evidence, Policy
from recovery.refusals import CaseNotOpen, GrantPartWrong
from tests.recovery.claimant import Claimant, at_desk, mailed, words
from tests.recovery.conftest import ORIGIN, REASON, now
from tests.recovery.desk import Seat, case_url
from tests.recovery.telephone import Telephone

PAGE = """{% if claim_page.is_own_browser %}
<form method="post" action="{% url 'recovery:send-proof' offer.method %}">{% csrf_token %}
<button>Call me</button></form>
<form method="post" action="{% url 'recovery:proof' offer.method %}">{% csrf_token %}
{% field offer.form.digits %}<button>Continue</button></form>{% endif %}
{% if offer.sent_at %}It rings{% endif %}"""


@pytest.fixture
def phone(monkeypatch, settings, tmp_path) -> Telephone:
    """Register the second method, with its template."""
    method = Telephone()
    monkeypatch.setitem(METHODS, method.name, method)
    (tmp_path / "recovery" / "methods").mkdir(parents=True)
    (tmp_path / "recovery" / "methods" / "phone.html").write_text(PAGE)
    pages = deepcopy(settings.TEMPLATES)
    pages[0]["DIRS"] = [*pages[0]["DIRS"], tmp_path]
    settings.TEMPLATES = pages
    return method


def asked_for_two(walk) -> None:
    """Open a case under terms that ask for two families."""
    case = walk.opened().case
    body = replace(case.terms, families_needed=2).as_body()
    terms = Policy.objects.create(digest="two", body=body, active_from=now())
    Case.objects.filter(pk=case.pk).update(policy=terms)


def called(walk, phone) -> None:
    """Have the number called, and type what the voice says."""
    possession.send(method=phone, claim=walk.claim, by=None, origin=ORIGIN, now=now())
    typed = {"digits": phone.said[walk.claim.case_id][0]}
    possession.accept(method=phone, claim=walk.claim, typed=typed, origin=ORIGIN, now=now())


def sent_back(walk) -> None:
    reviews.return_case(decision=walk.decision, reason=REASON, by=walk.checker().user, origin=ORIGIN, now=now())


def test_a_case_is_walked_to_its_end_by_another_method(clock, walk, phone):
    walk.in_session().answered().stated()
    called(walk, phone)
    assert walk.state == State.REVIEW
    row = Evidence.objects.get(item=None)
    assert (row.method, row.points, row.claim) == ("phone", 30, walk.claim)

    walk.approved(clock).waited(clock).started().opened_grant().completed()

    assert walk.state == State.HOLD


def test_the_pages_offer_each_method_and_take_either(clock, walk, phone):
    claimant = Claimant()
    claimant.asks()
    at_desk(walk, claimant).in_session().answered().stated()
    page = claimant.looks()
    assert {"E-mail me a code", "Call me"} <= set(page.content.decode().replace("<", ">").split(">"))
    assert 'id="mail-code"' in page.content.decode()
    assert 'id="phone-digits"' in page.content.decode()

    assert "It rings" in words(claimant.presses("status/proof/phone/send/"))
    wrong = claimant.presses("status/proof/phone/", digits="none")
    assert 'aria-invalid="true"' in wrong.content.decode()
    claimant.presses("status/proof/phone/", digits=phone.said[walk.claim.case_id][0])

    assert walk.state == State.REVIEW


def test_a_method_nobody_knows_has_no_page(walk):
    claimant = Claimant()
    claimant.asks()

    assert claimant.presses("status/proof/pigeon/").status_code == 404
    assert claimant.presses("status/proof/pigeon/send/").status_code == 404


def test_the_desk_has_a_button_for_each_method_and_words_for_what_it_did(clock, walk, phone, agent, auditor):
    case = walk.in_session().answered().case
    dana = Seat.of(agent)
    assert "Call the number on file" in dana.see(case_url(case))

    dana.do(case, "send-phone")
    assert case.pk in phone.said
    assert "The number on file was called" in dana.see(case_url(case))
    typed = {"digits": phone.said[case.pk][0]}
    possession.accept(method=phone, claim=walk.claim, typed=typed, origin=ORIGIN, now=now())

    assert "Call the number on file" not in dana.see(case_url(case))
    assert "Call to the number on file" in Seat.of(auditor).see(case_url(case))


def test_what_is_wrong_for_one_method_leaves_the_other_open(walk, phone):
    walk.in_session().answered()
    possession.send(method=phone, claim=walk.claim, by=None, origin=ORIGIN, now=now())

    with pytest.raises(GrantPartWrong):
        possession.accept(method=phone, claim=walk.claim, typed={"digits": "no"}, origin=ORIGIN, now=now())

    assert possession.offered(walk.case) == [METHODS["mail"], phone]


def test_two_families_are_shown_one_after_the_other_where_the_terms_ask_for_two(walk, phone):
    asked_for_two(walk)
    walk.in_session().answered().stated().with_mail_code()
    assert (walk.state, possession.offered(walk.case)) == (State.POSSESSION, [phone])

    called(walk, phone)

    assert (walk.state, walk.decision.possession_count) == (State.REVIEW, 2)


def test_two_methods_of_one_family_count_once_with_the_better_of_the_two(walk, phone, monkeypatch):
    asked_for_two(walk)
    walk.in_session().answered().with_mail_code()
    called(walk, phone)

    monkeypatch.setattr(Telephone, "family", "mail")

    assert reviews.possession_of(walk.case) == {"mail": 30}
    assert (reviews.is_proved(walk.case), possession.offered(walk.case)) == (False, [])


def test_returning_a_case_voids_what_every_method_has_shown(walk, phone):
    asked_for_two(walk)
    walk.in_session().answered().stated().with_mail_code()
    called(walk, phone)

    sent_back(walk)

    voided = Evidence.objects.filter(outcome=Outcome.VOID)
    assert set(voided.values_list("method", "actor")) == {(name, walk.checker().user.pk) for name in METHODS}
    assert possession.offered(walk.case) == [METHODS["mail"], phone]
    walk.with_mail_code()
    called(walk, phone)
    assert walk.state == State.REVIEW


def test_returning_a_case_that_was_shown_by_one_of_two_methods_leaves_both_open(walk, phone):
    walk.in_session().answered().stated()
    called(walk, phone)

    sent_back(walk)

    assert possession.offered(walk.case) == [METHODS["mail"], phone]
    assert not Evidence.objects.filter(method="mail").exists()
    assert walk.with_mail_code().state == State.REVIEW


def test_what_was_sent_before_a_return_is_dead_whatever_sent_it(walk, phone):
    walk.in_session().answered().stated()
    possession.send(method=phone, claim=walk.claim, by=None, origin=ORIGIN, now=now())
    walk.with_mail_code()
    assert phone.said

    sent_back(walk)

    assert phone.said == {}


def test_what_was_sent_dies_with_the_case_whatever_sent_it(clock, walk, phone):
    walk.in_session().answered()
    for method in METHODS.values():
        possession.send(method=method, claim=walk.claim, by=None, origin=ORIGIN, now=now())

    claims.withdraw(claim=walk.claim, browser=walk.browser, origin=ORIGIN, now=now())

    assert (phone.said, EmailedCode.objects.exists()) == ({}, False)


def test_a_case_keeps_its_terms_and_offers_no_method_that_came_later(walk, monkeypatch):
    walk.in_session().answered()
    monkeypatch.setitem(METHODS, "phone", Telephone())

    assert possession.offered(walk.case) == [METHODS["mail"]]
    with pytest.raises(CaseNotOpen):
        possession.send(method=METHODS["phone"], claim=walk.claim, by=None, origin=ORIGIN, now=now())


def test_a_code_by_mail_still_leads_on_beside_another_method(walk, phone):
    claimant = Claimant()
    claimant.asks()
    at_desk(walk, claimant).in_session().answered().stated()
    claimant.presses("status/proof/mail/send/")

    claimant.presses("status/proof/mail/", code=mailed("code", "code"))

    assert walk.state == State.REVIEW
