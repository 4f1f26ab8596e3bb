"""The agent asks nine questions and learns nothing; the system alone knows what they came to."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actions.networks import requests
from accounts.enums import ActivityKind, Role
from accounts.models import AccountActivity, Employee, User
from portal.lib.client import Origin
from recovery.actions import claims, questions
from recovery.enums import FlagKind, Outcome, Prompt, Severity, Source, State
from recovery.models import Evidence, PlanItem
from recovery.refusals import CaseNotOpen, KeyCodeOffered, MayNotDecide, NotAllowed, NotComplete, NotConfirmed, NotYours
from tests import factories
from tests.recovery.conftest import ORIGIN, QUESTIONS, RIGHT, Walk, now, right_answer, wrong_answer

ELSEWHERE = Origin(address="203.0.113.9", device="Firefox on Linux", request_id="REQ")


def answer(walk, item, text, *, by=None):
    return questions.record_answer(item=item, answer=text, by=by or walk.maker, origin=ORIGIN, now=now())


def item_of(walk, source) -> PlanItem:
    return walk.claim.items.filter(source=source).first()


@pytest.mark.promise("CASE-2")
def test_a_plan_is_nine_questions_of_four_kinds(walk):
    walk.in_session()

    assert [item.source for item in walk.claim.items.all()] == ["P", "P", "A", "A", "R", "R", "R", "S", "S"]
    assert walk.claim.items.filter(is_decoy=True).count() == 1
    assert (walk.state, walk.case.maker) == (State.VERIFYING, walk.maker)


@pytest.mark.promise("CASE-2")
def test_a_stranger_is_asked_the_same_nine_and_ends_like_anybody_not_confirmed(stranger):
    stranger.in_session()
    asked = [item.source for item in stranger.claim.items.all()]

    stranger.answered(lambda item: RIGHT.get(item.prompt, "Marylebone"))

    assert asked == ["P", "P", "A", "A", "R", "R", "R", "S", "S"]
    assert stranger.state == State.REFUSED


@pytest.mark.promise("CASE-2")
def test_no_row_of_a_plan_holds_an_answer(walk):
    walk.in_session()

    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM recovery_planitem")
        kept = str(cursor.fetchall())
    for secret in [*QUESTIONS.values(), "1985", "SW1Y", "Analytical", "ACME", "5000"]:
        assert secret not in kept


@pytest.mark.promise("CASE-2")
@pytest.mark.parametrize("how", [right_answer, wrong_answer, lambda item: ""])
def test_every_answer_is_met_with_the_same_silence(walk, how):
    walk.in_session()

    replies = {answer(walk, item, how(item)) for item in walk.claim.items.all()}

    assert replies == {None}


@pytest.mark.promise("CASE-2")
def test_right_and_wrong_answers_cost_the_same_statements(walk):
    walk.in_session()
    first, second = walk.claim.items.filter(source=Source.PERSONAL)
    with CaptureQueriesContext(connection) as right:
        answer(walk, first, right_answer(first))
    with CaptureQueriesContext(connection) as wrong:
        answer(walk, second, wrong_answer(second))

    assert len(right) == len(wrong)


@pytest.mark.promise("CASE-2")
def test_what_was_said_is_not_kept(walk):
    walk.in_session()
    answer(walk, item_of(walk, Source.PERSONAL), "Zanzibar on the ninth")

    with connection.cursor() as cursor:
        for table in ("recovery_evidence", "recovery_event"):
            cursor.execute(f"SELECT * FROM {table}")
            assert "anzibar" not in str(cursor.fetchall())
    assert len(Evidence.objects.get().answer_digest) == 64


@pytest.mark.promise("CASE-3")
def test_all_right_answers_open_the_way_to_a_proof_and_not_past_it(walk):
    walk.in_session().answered().stated()

    assert walk.state == State.POSSESSION
    assert not walk.case.decisions.exists()


@pytest.mark.promise("CASE-3")
def test_who_forgets_questions_and_one_statement_still_passes(walk):
    def forgetful(item):
        is_gone = item.source == Source.QUESTION or item == item_of(walk, Source.APPLICATION)
        return "" if is_gone else right_answer(item)

    assert walk.in_session().answered(forgetful).state == State.POSSESSION


@pytest.mark.promise("CASE-3")
@pytest.mark.parametrize("how", [wrong_answer, lambda item: "", lambda item: "none"])
def test_who_knows_nothing_is_not_confirmed(walk, how):
    assert walk.in_session().answered(how).state == State.REFUSED


@pytest.mark.promise("CASE-3")
def test_a_single_wrong_detail_ends_it_but_only_after_the_last_question(walk):
    walk.in_session()
    for item in walk.claim.items.all():
        answer(walk, item, wrong_answer(item) if item.prompt == Prompt.BIRTH_DATE else right_answer(item))
        assert walk.state == State.VERIFYING

    questions.finish_round(claim=walk.claim, by=walk.maker, origin=ORIGIN, now=now())

    assert walk.state == State.REFUSED


def test_two_wrong_details_are_a_red_flag(walk):
    walk.in_session().answered(lambda item: wrong_answer(item) if item.source == "P" else right_answer(item))

    assert walk.case.flags.get(severity=Severity.RED).kind == FlagKind.DETAILS_WRONG


def test_confirming_what_never_happened_twice_is_a_red_flag(clock, walk):
    def trusting(item):
        return "500" if item.is_decoy else right_answer(item)

    assert walk.in_session().answered(trusting).state == State.POSSESSION
    claims.withdraw(claim=walk.claim, browser=walk.browser, origin=ORIGIN, now=now())

    assert walk.opened().in_session().answered(trusting).state == State.REFUSED
    assert walk.case.flags.get(severity=Severity.RED).kind == FlagKind.DECOYS_TAKEN


@pytest.mark.promise("CASE-2")
def test_no_question_is_made_of_what_others_can_cause_or_of_the_last_day(walk, holder):
    account = holder.user.mandates.get().account
    AccountActivity.objects.create(account=account, at=now(), kind=ActivityKind.DEPOSIT, own=True, amount="1.00")
    AccountActivity.objects.create(
        account=account, at=now() - timedelta(days=3), kind=ActivityKind.TRANSFER, own=False, amount="1.00"
    )

    walk.in_session()

    prompts = {item.prompt: item for item in walk.claim.items.filter(source=Source.ACTIVITY)}
    deposit, transfer = prompts.get(Prompt.DEPOSIT_AMOUNT), prompts.get(Prompt.TRANSFER_AMOUNT)
    assert deposit is None or not deposit.locator
    assert transfer is None or not transfer.locator


def test_who_has_next_to_nothing_on_file_cannot_pass_by_answers(clock, agent, lee, kim):
    factories.customer("ben", birth_date="1990-02-02")
    ben = Walk(agent.user, username="ben").in_session()

    assert ben.claim.items.count() == 9
    ben.answered(lambda item: "1990-02-02" if item.prompt == Prompt.BIRTH_DATE else "whatever")
    assert ben.state == State.REFUSED


@pytest.mark.promise("CASE-2")
def test_each_question_is_answered_once(walk):
    walk.in_session()
    item = item_of(walk, Source.PERSONAL)
    answer(walk, item, wrong_answer(item))

    with pytest.raises(CaseNotOpen):
        answer(walk, item, right_answer(item))
    assert Evidence.objects.get(item=item).outcome == Outcome.NOT_MET


def test_the_round_ends_only_after_the_last_question(walk):
    walk.in_session()

    with pytest.raises(NotComplete):
        questions.finish_round(claim=walk.claim, by=walk.maker, origin=ORIGIN, now=now())


def test_six_digits_are_refused_with_a_warning_and_flagged(walk):
    walk.in_session()
    item = item_of(walk, Source.QUESTION)

    with pytest.raises(KeyCodeOffered):
        answer(walk, item, "123 456")

    assert walk.case.flags.get().kind == FlagKind.KEY_CODE_OFFERED
    assert walk.claim.items.get(pk=item.pk).answered_at is None


def test_a_session_belongs_to_the_agent_who_began_it(walk):
    omar = factories.staff("omar", Role.AGENT).user
    walk.in_session()

    for action in (
        lambda: questions.start_session(claim=walk.claim, by=omar, origin=ORIGIN, now=now()),
        lambda: answer(walk, item_of(walk, Source.PERSONAL), "x", by=omar),
        lambda: questions.finish_round(claim=walk.claim, by=omar, origin=ORIGIN, now=now()),
    ):
        with pytest.raises(NotYours):
            action()


def test_an_agent_who_comes_back_finds_the_same_plan(walk):
    walk.in_session()
    plan = list(walk.claim.items.all())

    assert questions.start_session(claim=walk.claim, by=walk.maker, origin=ORIGIN, now=now()) == plan


def test_a_colleague_takes_over_and_the_evidence_stands(walk):
    omar = factories.staff("omar", Role.AGENT).user
    walk.in_session().answered()

    questions.take_over(claim=walk.claim, by=omar, origin=ORIGIN, now=now())
    walk.maker = omar
    walk.stated().with_mail_code()

    assert walk.state == State.REVIEW
    assert walk.decision.maker == omar


@pytest.mark.parametrize("who", ["ada", "auditor", "operator", "superuser", "gone"])
def test_nobody_but_agents_and_seniors_asks_questions(walk, holder, lee, request, who):
    walk.opened()
    people = {"ada": lambda: holder, "superuser": lambda: lee, "gone": lambda: lee}
    person = people.get(who, lambda: request.getfixturevalue(who))().user
    person.is_superuser, person.is_active = who == "superuser", who != "gone"

    with pytest.raises(NotAllowed):
        questions.start_session(claim=walk.claim, by=person, origin=ORIGIN, now=now())


def test_a_colleague_who_is_the_customer_works_on_neither_their_case_nor_their_request(walk, holder, agent, lee):
    Employee.objects.filter(users=agent.user).update(customer=holder.user.customer)
    colleague = User.objects.get(pk=agent.user.pk)
    walk.opened()

    with pytest.raises(MayNotDecide):
        questions.start_session(claim=walk.claim, by=colleague, origin=ORIGIN, now=now())
    with pytest.raises(MayNotDecide):
        questions.take_over(claim=walk.claim, by=colleague, origin=ORIGIN, now=now())
    assert not requests.may_verify(colleague, holder.user)
    assert requests.may_verify(lee.user, holder.user)


def test_a_claim_gets_one_round_and_a_name_three_in_a_month(clock, walk):
    for _round in range(3):
        walk.opened().in_session().answered(wrong_answer)
        with pytest.raises(CaseNotOpen):
            questions.start_session(claim=walk.claim, by=walk.maker, origin=ORIGIN, now=now())
        clock.move(days=1)

    walk.opened()
    with pytest.raises(NotConfirmed):
        walk.in_session()
    clock.move(days=31)
    assert walk.opened().in_session().state == State.VERIFYING


def test_strangers_who_know_a_username_alone_do_not_use_up_its_owners_rounds(walk, agent):
    for _round in range(3):
        walk.opened().in_session().answered(wrong_answer)

    owner = Walk(agent.user).opened(origin=ELSEWHERE)

    assert owner.in_session().state == State.VERIFYING


def test_rounds_past_the_personal_details_count_wherever_they_come_from(walk, agent):
    for _round in range(3):
        walk.opened().in_session().answered(_knows_the_details_alone)

    with pytest.raises(NotConfirmed):
        Walk(agent.user).opened(origin=ELSEWHERE).in_session()


def _knows_the_details_alone(item) -> str:
    return right_answer(item) if item.source == Source.PERSONAL else wrong_answer(item)


def test_rounds_are_counted_for_names_nobody_has_too(clock, stranger):
    for _round in range(3):
        stranger.opened().in_session().answered(wrong_answer)

    stranger.opened()
    with pytest.raises(NotConfirmed):
        stranger.in_session()


@pytest.mark.parametrize("step", ["in_session", "in_review"])
def test_a_second_claimant_while_the_case_is_under_way_is_refused_and_flagged(walk, step):
    second = walk.opened().claim
    walk.claim = None
    getattr(walk, step)()

    with pytest.raises(CaseNotOpen):
        questions.start_session(claim=second, by=walk.maker, origin=ORIGIN, now=now())

    flag = walk.case.flags.get()
    assert (flag.kind, flag.claim) == (FlagKind.COMPETING, second)


def test_a_withdrawn_claim_starts_no_session(walk):
    first = walk.opened().claim
    walk.opened()
    claims.withdraw(claim=first, browser=walk.browser, origin=ORIGIN, now=now())

    with pytest.raises(CaseNotOpen):
        questions.start_session(claim=first, by=walk.maker, origin=ORIGIN, now=now())
