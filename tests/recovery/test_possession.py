"""A code to the address on file, typed by the claimant, never told to anybody."""

import pytest

from accounts.actions.authenticators import emailed_code
from accounts.enums import CodePurpose
from accounts.models import EmailedCode
from accounts.refusals import EmailedCodeWrong, TooOften
from portal.outbox.models import Notice
from portal.throttle.models import Throttle
from recovery.actions import claims, possession, statements
from recovery.enums import FlagKind, Observed, State
from recovery.methods import METHODS
from recovery.models import Evidence
from recovery.refusals import CaseNotOpen, NotAllowed, NotYours
from tests.recovery.conftest import ORIGIN, now, wrong_answer

MAIL = METHODS["mail"]


def the_code() -> str:
    return Notice.objects.filter(kind="code").latest("pk").facts["code"].replace(" ", "")


def send(walk, by=None):
    possession.send(method=MAIL, claim=walk.claim, by=by, origin=ORIGIN, now=now())


def accept(walk, code):
    return possession.accept(method=MAIL, claim=walk.claim, typed={"code": code}, origin=ORIGIN, now=now())


@pytest.mark.promise("CASE-3")
def test_code_and_statement_together_bring_the_case_to_a_second_person(walk):
    walk.in_session().answered().with_mail_code()
    assert walk.state == State.POSSESSION

    walk.stated()

    assert walk.state == State.REVIEW
    assert Evidence.objects.get(method="mail").claim == walk.claim


def test_the_code_goes_to_the_address_on_file_whatever_the_claimant_left(walk):
    made = claims.open_claim(
        username="ada", lost=[], contact="mallory@example.test", browser="b", by=None, origin=ORIGIN, now=now()
    )
    walk.claim, walk.pin = made.claim, made.pin
    walk.in_session().answered()

    send(walk)

    assert {notice.target for notice in Notice.objects.all()} == {"ada@example.test"}


@pytest.mark.parametrize("minutes", [11, 60 * 24 + 1])
def test_an_old_code_is_refused(clock, walk, minutes):
    walk.in_session().answered()
    send(walk)
    code = the_code()
    clock.move(minutes=minutes)

    with pytest.raises(EmailedCodeWrong):
        accept(walk, code)


def test_a_code_works_once(walk):
    walk.in_session().answered()
    send(walk)
    code = the_code()
    accept(walk, code)

    with pytest.raises(CaseNotOpen):
        accept(walk, code)


def test_five_wrong_codes_are_all_that_is_looked_at(walk):
    walk.in_session().answered()
    send(walk)
    code = the_code()
    for _try in range(5):
        with pytest.raises((EmailedCodeWrong, TooOften)):
            accept(walk, f"{(int(code) + 1) % 1_000_000:06d}")

    with pytest.raises(TooOften):
        accept(walk, code)


def test_after_five_wrong_tries_a_code_is_dead_whatever_becomes_of_the_pause(walk):
    walk.in_session().answered()
    send(walk)
    code = the_code()
    for _try in range(5):
        with pytest.raises((EmailedCodeWrong, TooOften)):
            accept(walk, f"{(int(code) + 1) % 1_000_000:06d}")
    Throttle.objects.all().delete()

    with pytest.raises(EmailedCodeWrong):
        accept(walk, code)


def test_a_code_for_something_else_shows_nothing_here(walk, holder):
    walk.in_session().answered()
    emailed_code.send(user=holder.user, purpose=CodePurpose.ENROL, by=None, origin=ORIGIN, now=now())

    with pytest.raises(EmailedCodeWrong):
        accept(walk, the_code())


@pytest.mark.parametrize("step", ["opened", "in_session"])
def test_no_code_is_sent_before_the_questions_are_passed(walk, step):
    getattr(walk, step)()

    with pytest.raises(CaseNotOpen):
        send(walk)


def test_no_code_is_sent_to_anybody_after_a_failed_round(walk):
    walk.in_session().answered(wrong_answer)

    with pytest.raises(CaseNotOpen):
        send(walk)
    assert not Notice.objects.filter(kind="code").exists()


def test_another_claim_on_the_same_name_gets_no_code_and_types_none(walk):
    stray = walk.opened().claim
    walk.claim = None
    walk.in_session().answered()
    send(walk)

    with pytest.raises(CaseNotOpen):
        possession.send(method=MAIL, claim=stray, by=None, origin=ORIGIN, now=now())
    with pytest.raises(CaseNotOpen):
        possession.accept(method=MAIL, claim=stray, typed={"code": the_code()}, origin=ORIGIN, now=now())


def test_the_agent_in_session_may_have_the_code_sent_and_nobody_else_of_the_staff(walk, lee, auditor):
    walk.in_session().answered()

    send(walk, by=walk.maker)
    with pytest.raises(NotYours):
        send(walk, by=lee.user)
    with pytest.raises(NotAllowed):
        send(walk, by=auditor.user)


def test_a_statement_is_filed_once_and_by_the_maker(walk, lee):
    walk.in_session().answered().stated()

    with pytest.raises(CaseNotOpen):
        walk.stated()
    walk.maker = lee.user
    with pytest.raises(NotYours):
        walk.stated()


@pytest.mark.parametrize("code", [Observed.PROMPTED, Observed.READING, Observed.PRESSURE, Observed.ASKED_WHICH])
def test_pressure_and_prompting_make_the_case_a_careful_one(walk, code):
    walk.in_review(code)

    assert walk.case.flags.get().kind == FlagKind.OBSERVED
    assert (walk.case.tier, walk.decision.tier) == (2, 2)


@pytest.mark.parametrize("code", [Observed.LANGUAGE, Observed.ACCESS])
def test_needing_help_speaks_against_nobody(walk, code):
    walk.in_review(code)

    assert walk.case.tier == 1


def test_a_silent_alarm_ends_the_case_as_not_confirmed(walk):
    walk.in_session()
    statements.file_statement(
        claim=walk.claim,
        codes=[Observed.DURESS],
        recommends=False,
        call_reference="",
        by=walk.maker,
        origin=ORIGIN,
        now=now(),
    )
    assert walk.state == State.VERIFYING

    walk.answered()

    assert walk.state == State.REFUSED


def test_a_silent_alarm_after_the_questions_ends_the_case_when_the_code_comes(walk):
    walk.in_session().answered().stated(Observed.DURESS).with_mail_code()

    assert walk.state == State.REFUSED


def test_a_code_dies_with_its_case(walk):
    walk.in_session().answered()
    send(walk)

    claims.withdraw(claim=walk.claim, browser=walk.browser, origin=ORIGIN, now=now())

    assert not EmailedCode.objects.exists()


def test_no_code_outlives_a_completed_recovery(clock, walk, holder):
    walk.ready(clock).started().opened_grant()
    emailed_code.send(user=holder.user, purpose=CodePurpose.ENROL, by=None, origin=ORIGIN, now=now())

    walk.completed()

    assert not EmailedCode.objects.exists()
