"""A case walked through the pages of the desk, by the people who work there."""

import pytest

from accounts.enums import Role
from recovery.actions import assignment, objections
from recovery.enums import FlagKind, Severity, State, Verdict
from recovery.models import Case, Claim
from tests import factories
from tests.lint_html import problems
from tests.recovery.conftest import ORIGIN, now, wrong_answer
from tests.recovery.desk import OPEN, REASON, START, TAKE, Seat, case_url, in_review, started, step_url


@pytest.fixture
def dana(agent) -> Seat:
    return Seat.of(agent)


@pytest.mark.promise("CASE-2", "CASE-4", "CASE-8")
def test_a_case_goes_from_the_call_to_the_waiting_period_by_the_pages_alone(clock, walk, dana):
    case = in_review(walk, dana)
    senior = Seat.of(walk.checker())
    senior.do(case, "review")
    clock.move(minutes=4)

    senior.do(case, "approve", reason=REASON, code=senior.person.code())

    assert walk.state == State.COOLING
    assert walk.decision.checker == senior.person.user


@pytest.mark.promise("CASE-9")
def test_the_phrase_stands_on_the_page_before_anything_is_asked(walk, dana):
    case = started(dana, walk)

    html = dana.see(step_url(case, "ask"))

    assert html.index(walk.claim.phrase) < html.index("What the caller says")
    assert problems(html) == []


@pytest.mark.promise("CASE-3")
def test_all_nine_are_asked_even_when_the_first_two_were_wrong(walk, dana):
    case = started(dana, walk)

    dana.answer_all(Case.objects.get(pk=case.pk), wrong_answer)

    assert walk.state == State.VERIFYING
    dana.do(case, "finish")
    assert walk.state == State.REFUSED
    html = dana.see(case_url(case))
    assert "Not confirmed" in html
    assert problems(html) == []


def test_a_key_code_offered_as_an_answer_stops_the_agent(walk, dana):
    case = Case.objects.get(pk=started(dana, walk).pk)
    item = next(item for item in case.claim.items.all() if item.prompt not in {"birth_date", "opened"})
    case.claim.items.filter(place__lt=item.place).update(answered_at=case.opened_at)

    html = dana.do(case, "ask", status=200, place=item.place, answer="123 456")

    assert "this looks like a Key code" in html
    assert walk.case.flags.filter(kind=FlagKind.KEY_CODE_OFFERED, severity=Severity.AMBER).exists()


@pytest.mark.parametrize("username", ["ada", "nobody-has-this"])
def test_opening_from_a_call_says_the_same_for_every_name(walk, dana, username):
    answer = dana.client.post(OPEN, {"username": username, "lost": ["key"]})

    claim = Claim.objects.get()
    html = answer.content.decode()
    assert answer.status_code == 200
    assert claim.reference in html
    assert claim.opened_by == dana.person.user
    assert username not in html
    assert "Byron" not in html
    assert problems(html) == []


def test_a_wrong_pin_is_kept_to_its_field_and_is_not_shown_again(walk, dana):
    walk.opened()

    answer = dana.client.post(START, {"reference": walk.claim.reference, "pin": "000000"})

    assert answer.status_code == 200
    assert "The reference or the PIN is not right" in answer.content.decode()
    assert walk.claim.reference in answer.content.decode()
    assert "000000" not in answer.content.decode()


def test_the_case_that_is_due_first_is_taken(clock, walk, stranger, dana):
    walk.opened()
    clock.move(minutes=5)
    stranger.opened()

    answer = dana.client.post(TAKE)

    assert answer.url == case_url(walk.case)
    assert walk.case.maker == dana.person.user


def test_nobody_takes_more_cases_than_they_can_hold(clock, walk, dana, monkeypatch):
    monkeypatch.setattr(assignment, "MAX_CASES_PER_AGENT", 1)
    walk.opened()
    dana.client.post(TAKE)

    answer = dana.client.post(TAKE)

    assert "You have the maximum number of cases" in answer.content.decode()


def test_a_case_that_is_given_back_goes_on_with_reference_and_pin(clock, walk, dana):
    case = started(dana, walk)
    dana.do(case, "give-back")
    omar = Seat.of(factories.staff("omar", Role.AGENT))
    assert step_url(case, "ask") not in omar.see(case_url(case))

    answer = omar.client.post(START, {"reference": walk.claim.reference, "pin": walk.pin})

    assert answer.url == step_url(case, "ask")
    assert walk.case.maker == omar.person.user
    assert Seat.of(dana.person).client.get(case_url(case)).status_code == 403


def test_a_colleagues_call_is_taken_over_only_by_saying_so(clock, walk, dana):
    case = started(dana, walk)
    omar = Seat.of(factories.staff("omar", Role.AGENT))
    typed = {"reference": walk.claim.reference, "pin": walk.pin}

    assert omar.client.post(START, typed).status_code == 403
    assert omar.client.post(START, typed | {"takes_over": "on"}).status_code == 302
    assert Case.objects.get(pk=case.pk).maker == omar.person.user


# --- The second person ---------------------------------------------------------------------------------


@pytest.mark.promise("CASE-4")
def test_the_maker_never_decides_even_as_a_senior(walk, dana):
    case = in_review(walk, dana)
    dana.person.user.groups.add(factories.Group.objects.get(name=str(Role.SENIOR)))

    html = dana.do(case, "approve", status=403, reason=REASON, code="123456")

    assert "You may not decide this case" in html
    assert walk.decision.outcome == Verdict.PENDING


@pytest.mark.promise("CASE-4")
def test_a_senior_who_was_not_drawn_does_not_get_to_the_page(walk, dana, lee, kim):
    case = in_review(walk, dana)
    other = Seat.of(next(senior for senior in (lee, kim) if senior != walk.checker()))

    assert "This case is not yours" in other.see(step_url(case, "approve"), status=403)
    assert "This case is not yours" in other.do(case, "approve", status=403, reason=REASON, code=other.person.code())


@pytest.mark.promise("CASE-4")
def test_an_approval_asks_for_a_code_of_ones_own_key_each_time(clock, walk, dana):
    case = in_review(walk, dana)
    senior = Seat.of(walk.checker())
    senior.do(case, "review")
    clock.move(minutes=4)

    nothing = senior.do(case, "approve", status=200, reason=REASON, code="")
    old = senior.do(case, "approve", status=200, reason=REASON, code=senior.person.code(steps=-12))

    assert "Enter a new code from your own Key" in nothing
    assert "field-error" in old
    assert REASON in old
    assert walk.state == State.REVIEW


def test_an_approval_that_comes_too_quickly_is_refused_with_the_reason_kept(clock, walk, dana):
    case = in_review(walk, dana)
    senior = Seat.of(walk.checker())
    senior.do(case, "review")
    clock.move(seconds=20)

    html = senior.do(case, "approve", status=200, reason=REASON, code=senior.person.code())

    assert "It is too early to approve" in html
    assert REASON in html
    assert walk.state == State.REVIEW


def test_a_page_that_is_behind_says_so_and_loses_nothing(clock, walk, dana):
    case = in_review(walk, dana)
    senior = Seat.of(walk.checker())

    html = senior.do(case, "refuse", status=409, reason=REASON, version=case.version - 1)

    assert "The case has moved on" in html
    assert REASON in html
    assert f'name="version" value="{walk.case.version}"' in html
    assert problems(html) == []
    senior.do(case, "refuse", reason=REASON)
    assert walk.state == State.REFUSED


def test_what_was_typed_is_kept_even_where_nothing_can_be_decided_any_more(clock, walk, dana):
    case = in_review(walk, dana)
    senior = Seat.of(walk.checker())
    seen = case.version
    objections.stop_signed_in(user=case.subject, origin=ORIGIN, now=now())

    html = senior.do(case, "return", status=409, reason=REASON, version=seen)

    assert "The case has moved on" in html
    assert REASON in html
    assert "not open any more" in html


def test_a_review_can_be_given_back_and_goes_to_somebody_else(clock, walk, dana):
    case = in_review(walk, dana)
    first = Seat.of(walk.checker())

    first.do(case, "decline", reason="The owner is a cousin of mine, sorry.")

    assert walk.checker() != first.person


def test_a_senior_reads_what_will_happen_before_approving(walk, dana):
    case = in_review(walk, dana)
    senior = Seat.of(walk.checker())

    html = senior.see(case_url(case))

    assert "A waiting period of 24 h begins." in html
    assert "1 Key is turned off." in html
    assert "Tier" in html
    assert problems(html) == []
    assert case.subject.email not in html
    assert case.subject.username not in html


def test_two_seniors_refuse_a_case_the_owner_objected_to(clock, walk, dana, lee, kim):
    case = in_review(walk, dana)
    objections.stop_signed_in(user=case.subject, origin=ORIGIN, now=now())
    first, second = Seat.of(lee), Seat.of(kim)

    first.do(case, "refuse-contested", reason=REASON)
    assert first.do(case, "refuse-contested", status=403, reason=REASON)
    second.do(case, "refuse-contested", reason=REASON)

    assert walk.state == State.REFUSED


def test_what_comes_next_follows_the_e_mailed_code(clock, walk, dana):
    case = walk.in_session().answered().case
    assert "Send the code, and file your statement" in dana.see(case_url(case))

    dana.do(case, "send-code")
    assert "The code is sent, and the claimant types it" in dana.see(case_url(case))

    walk.with_mail_code()
    assert "The code was right. File your statement" in dana.see(case_url(case))
