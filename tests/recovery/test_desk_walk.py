"""A case walked through the pages of the desk, by the people who work there."""

import pytest
from django.utils.html import escape

from accounts.enums import Role
from helpcenter import causes
from recovery.actions import objections
from recovery.admin import approval_preview, visibility
from recovery.admin.visibility import Viewer
from recovery.enums import FlagKind, Severity, State, Verdict
from recovery.models import Case, Claim
from tests import factories
from tests.lint_html import problems
from tests.recovery.conftest import ORIGIN, now, wrong_answer
from tests.recovery.desk import (
    OPEN,
    REASON,
    START,
    STATEMENT,
    TAKE,
    Seat,
    case_url,
    in_review,
    started,
    step_url,
    tells,
)


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

    assert html.index(walk.claim.phrase) < html.index('name="answer"')
    assert problems(html) == []


@pytest.mark.promise("CASE-3")
def test_all_nine_are_asked_even_when_the_first_two_were_wrong(walk, dana):
    case = started(dana, walk)

    dana.answer_all(Case.objects.get(pk=case.pk), wrong_answer)

    assert walk.state == State.VERIFYING
    dana.do(case, "finish")
    assert walk.state == State.REFUSED
    html = dana.see(case_url(case))
    assert 'data-state="refused"' in html
    assert problems(html) == []


def test_a_key_code_offered_as_an_answer_stops_the_agent(walk, dana):
    case = Case.objects.get(pk=started(dana, walk).pk)
    item = next(item for item in case.claim.items.all() if item.prompt not in {"birth_date", "opened"})
    case.claim.items.filter(place__lt=item.place).update(answered_at=case.opened_at)

    html = dana.do(case, "ask", status=200, place=item.place, answer="123 456")

    assert tells(html, "G7")
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
    assert tells(answer.content.decode(), "A7")
    assert walk.claim.reference in answer.content.decode()
    assert "000000" not in answer.content.decode()


def test_the_case_that_is_due_first_is_taken(clock, walk, stranger, dana):
    walk.opened()
    clock.move(minutes=5)
    stranger.opened()

    answer = dana.client.post(TAKE)

    assert answer.url == case_url(walk.case)
    assert walk.case.maker == dana.person.user


def test_nobody_takes_more_than_five_cases(clock, walk, stranger, dana):
    for number in range(6):
        stranger.username = f"name-{number}"
        stranger.opened()
    taken = [dana.client.post(TAKE) for _time in range(5)]

    answer = dana.client.post(TAKE)

    assert {answer.status_code for answer in taken} == {302}
    assert tells(answer.content.decode(), "G8")
    assert Case.objects.filter(maker=dana.person.user).count() == 5


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

    assert tells(html, "G2")
    assert walk.decision.outcome == Verdict.PENDING


@pytest.mark.promise("CASE-4")
def test_a_senior_who_was_not_drawn_does_not_get_to_the_page(walk, dana, lee, kim):
    case = in_review(walk, dana)
    other = Seat.of(next(senior for senior in (lee, kim) if senior != walk.checker()))

    assert tells(other.see(step_url(case, "approve"), status=403), "G3")
    assert tells(other.do(case, "approve", status=403, reason=REASON, code=other.person.code()), "G3")


@pytest.mark.promise("CASE-4")
def test_an_approval_asks_for_a_code_of_ones_own_key_each_time(clock, walk, dana):
    case = in_review(walk, dana)
    senior = Seat.of(walk.checker())
    senior.do(case, "review")
    clock.move(minutes=4)

    nothing = senior.do(case, "approve", status=200, reason=REASON, code="")
    old = senior.do(case, "approve", status=200, reason=REASON, code=senior.person.code(steps=-12))

    assert causes.get("G5").words() in nothing
    assert tells(old, "K1")
    assert REASON in old
    assert walk.state == State.REVIEW


def test_an_approval_that_comes_too_quickly_is_refused_with_the_reason_kept(clock, walk, dana):
    case = in_review(walk, dana)
    senior = Seat.of(walk.checker())
    senior.do(case, "review")
    clock.move(seconds=20)

    html = senior.do(case, "approve", status=200, reason=REASON, code=senior.person.code())

    assert tells(html, "G4")
    assert REASON in html
    assert walk.state == State.REVIEW


def test_a_page_that_is_behind_says_so_and_loses_nothing(clock, walk, dana):
    case = in_review(walk, dana)
    senior = Seat.of(walk.checker())

    html = senior.do(case, "refuse", status=409, reason=REASON, version=case.version - 1)

    assert tells(html, "G6")
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

    assert tells(html, "G6")
    assert REASON in html
    assert '<button type="submit" class="button' not in html


def test_a_review_can_be_given_back_and_goes_to_somebody_else(clock, walk, dana):
    case = in_review(walk, dana)
    first = Seat.of(walk.checker())

    first.do(case, "decline", reason="The owner is a cousin of mine, sorry.")

    assert walk.checker() != first.person


def test_a_senior_reads_what_will_happen_before_approving(walk, dana):
    case = in_review(walk, dana)
    senior = Seat.of(walk.checker())

    html = senior.see(case_url(case))

    lines = approval_preview.of_approval(visibility.one(Viewer.of(senior.person.user), case.pk))
    assert [line for line in lines if escape(line) not in html] == []
    assert [fact for fact in ("24 h", "1 Key", "72 h") if fact not in " ".join(lines)] == []
    assert 'id="inside"' in html
    assert problems(html) == []
    assert case.subject.email not in html
    assert case.subject.username not in html


def test_a_senior_reads_what_the_agent_stated(walk, dana):
    case = in_review(walk, dana)

    html = Seat.of(walk.checker()).see(case_url(case))

    assert "Statement by dana" in html
    assert "Recommends continuing." in html
    assert f"Call: {STATEMENT['call_reference']}." in html


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
    pages = [dana.see(case_url(case))]

    dana.do(case, "send-mail")
    pages.append(dana.see(case_url(case)))
    walk.with_mail_code()
    pages.append(dana.see(case_url(case)))

    assert [step_url(case, "send-mail") in page for page in pages] == [True, True, False]
    assert len({page.split('id="next"')[1].split("</p>")[0] for page in pages}) == 3
