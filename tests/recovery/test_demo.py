"""The cases of a demo: one in each state, made by the actions, whole again after a second run."""

import json

import pytest
from django.conf import settings
from django.core.management import CommandError
from django.urls import reverse

from accounts.models import Key, User
from accounts.models.users import hash_of_username
from accounts.policies.keys import totp
from portal.audit import hash_chain
from portal.outbox.kinds import KINDS
from portal.outbox.models import Notice, NoticeState
from recovery.actions import claims, objections, questions, timers
from recovery.demo import browser
from recovery.demo import cast as cast_file
from recovery.demo.cast import Cast
from recovery.enums import CaseKind, FlagKind, State
from recovery.models import Case, Decision
from recovery.refusals import ClaimLocked, LastPin, PinWrong
from tests.recovery.conftest import ORIGIN
from tests.recovery.demo import case_of, everything, run, some

pytestmark = pytest.mark.django_db
HELD = [State.HOLD, State.DONE]


@pytest.fixture(autouse=True)
def demo(settings: object, clock: object) -> None:
    settings.DEBUG = True
    settings.PORTAL_CASE_COOLING_MINUTES = 2


@pytest.fixture(scope="module")
def cast() -> Cast:
    return cast_file.read(cast_file.DEFAULT)


def test_there_is_a_case_in_each_state_that_lasts(clock, cast):
    run()

    open_ones = Case.objects.filter(closed_at=None)
    assert {State(state) for state in open_ones.values_list("state", flat=True)} == set(cast_file.POSSIBLE) - {
        State.DONE,
        State.REFUSED,
    }
    assert {case.username: case_of(case.username).state for case in cast.cases} == {
        case.username: case.state for case in cast.cases
    }
    assert open_ones.filter(kind=CaseKind.PHANTOM).count() == 2
    assert set(Case.objects.values_list("tier", flat=True)) == {1, 2, 3}


def test_a_second_run_changes_no_row_anywhere(clock):
    run()
    before = everything()

    run()

    assert everything() == before


def test_nothing_is_left_over_and_the_record_is_whole(clock):
    said = run()
    states = dict(Case.objects.values_list("pk", "state"))

    timers.tick(clock.now)

    assert dict(Case.objects.values_list("pk", "state")) == states
    assert not Notice.objects.filter(state=NoticeState.DUE, kind__startswith="case_").exists()
    assert not Case.objects.filter(state_at__gt=clock.now).exists()
    assert list(hash_chain.faults()) == []
    assert [line for line in said.splitlines() if len(line) > 100] == []


def test_a_pin_that_was_replaced_or_locked_opens_the_page_again_after_the_next_run(clock, tmp_path):
    path = some(tmp_path, "fatima")
    run(path)
    claim = case_of("fatima").claim
    claims.replace_pin(claim=claim, browser=browser.value(), origin=ORIGIN, now=clock.now)
    for _attempt in range(5):
        with pytest.raises((PinWrong, LastPin, ClaimLocked)):
            claims.find_claim(reference=claim.reference, pin="000000", now=clock.now)

    run(path)

    assert claims.find_claim(reference=claim.reference, pin="782563", now=clock.now) == claim


def test_nothing_printed_of_a_case_stands_in_the_database(clock, tmp_path, cast):
    run(some(tmp_path, "fatima", "isla"))

    rows = str(everything())

    assert hash_of_username("fatima") in rows
    assert not [case.pin for case in cast.cases if f"'{case.pin}'" in rows]


def test_messages_of_the_past_keep_nothing_that_opens_anything(clock, tmp_path):
    run(some(tmp_path, "isla", "kenji"))

    sent = Notice.objects.filter(state=NoticeState.SENT)
    secret = [notice for notice in sent if not KINDS[notice.kind].is_readable_again]
    assert {"code", "case_grant_part", "case_started"} <= {notice.kind for notice in secret}
    assert {str(notice.facts) for notice in secret} == {""}


def test_a_case_that_has_ended_is_made_anew(clock, tmp_path):
    path = some(tmp_path, "celine", "diego")
    run(path)
    clock.move(days=4)
    timers.tick(clock.now)
    assert case_of("celine").state == case_of("diego").state == State.EXPIRED

    run(path)

    assert (case_of("celine").state, case_of("diego").state) == (State.VERIFYING, State.POSSESSION)
    assert list(hash_chain.faults()) == []


@pytest.mark.parametrize("username", ["helga", "isla", "kenji"])
def test_a_case_that_went_on_by_itself_is_made_anew(clock, tmp_path, username):
    path = some(tmp_path, username)
    run(path)
    wanted = case_of(username).state
    clock.set(case_of(username).until)
    timers.tick(clock.now)
    assert case_of(username).state != wanted

    run(path)

    assert case_of(username).state == wanted
    assert User.objects.by_username(username).check_password(
        next(one.password for one in cast_file.read(path).customers if one.username == username)
    )


@pytest.mark.parametrize("username", ["fatima", "mehmet"])
def test_a_case_that_people_moved_on_is_closed_and_made_anew(clock, tmp_path, username):
    run(some(tmp_path, username))
    first = case_of(username)

    run(some(tmp_path, username, state="possession", tier=1))

    first.refresh_from_db()
    assert first.closed_at
    assert (case_of(username).state, case_of(username).pk) == (State.POSSESSION, first.pk + 1)


def test_a_recovery_that_was_completed_in_the_demo_gives_way_to_the_file(clock, tmp_path):
    run(some(tmp_path, "kenji"))

    run(some(tmp_path, "kenji", state="possession"))

    kenji = User.objects.by_username("kenji")
    assert case_of("kenji").state == State.POSSESSION
    assert kenji.suspended_at is None
    assert Key.objects.filter(user=kenji, confirmed=True).count() == 1


def test_a_claim_on_a_name_nobody_has_is_made_anew_too(clock, tmp_path):
    path = some(tmp_path, "nobody-1")
    run(path)
    agent = User.objects.by_username("dana")
    questions.start_session(claim=case_of("nobody-1").claims.get(), by=agent, origin=ORIGIN, now=clock.now)

    run(path)

    assert (case_of("nobody-1").state, case_of("nobody-1").maker) == (State.OPEN, None)


def test_codes_that_staff_have_used_stay_used(clock, tmp_path):
    path = some(tmp_path, "isla")
    run(path)
    step = totp.step_at(clock.now.timestamp())
    Key.objects.filter(user__is_staff=True).update(last_step=step, last_used_at=clock.now)
    clock.move(days=4)
    timers.tick(clock.now)
    later = totp.step_at(clock.now.timestamp())
    Key.objects.filter(user__is_staff=True).update(last_step=later, last_used_at=clock.now)

    run(path)

    assert case_of("isla").state == State.GRANT_READY
    assert set(Key.objects.filter(user__is_staff=True).values_list("last_step", flat=True)) == {later}


def test_the_codes_printed_for_staff_are_not_used_up(clock, tmp_path):
    run(some(tmp_path, "helga"))

    used = Key.objects.filter(user__is_staff=True, last_step__gt=-1).values_list("last_step", flat=True)
    assert len(used) == 2
    assert all(step < totp.step_at(clock.now.timestamp()) for step in used)


@pytest.mark.parametrize("username", ["eunji", "fatima", "george", "helga", "isla"])
def test_a_holder_who_has_signed_in_lately_can_lose_the_key_again(clock, tmp_path, username):
    path = some(tmp_path, username)
    run(path)
    wanted = case_of(username).state
    clock.move(minutes=5)
    Key.objects.filter(user__username=username).update(last_used_at=clock.now)
    timers.tick(clock.now)
    assert case_of(username).state == State.CONTESTED

    run(path)
    timers.tick(clock.now)

    case = case_of(username)
    assert (case.state, case.tier) == (wanted, max(case.tier, 2))
    assert case.flags.filter(kind=FlagKind.REFUSED_LATELY).exists()
    assert case.state_at <= clock.now


def test_a_completed_recovery_that_was_objected_to_is_completed_again(clock, tmp_path):
    path = some(tmp_path, "kenji")
    run(path)
    kenji = User.objects.by_username("kenji")
    objections.stop_signed_in(user=kenji, origin=ORIGIN, now=clock.now)
    kenji.refresh_from_db()
    assert kenji.suspended_at

    run(path)

    kenji.refresh_from_db()
    assert (case_of("kenji").state, kenji.suspended_at) == (State.HOLD, None)


def test_whoever_has_recovered_signs_in_with_what_is_printed(clock, tmp_path):
    path = some(tmp_path, "kenji", "lucia")
    cast = cast_file.read(path)

    run(path)

    for wanted in cast.cases:
        if wanted.state in HELD:
            _person, login = cast.owner_of(wanted.username)
            user = User.objects.by_username(wanted.username)
            assert user.check_password(login.password)
            assert [key.secret for key in Key.objects.filter(user=user, confirmed=True)] == [login.keys[0].totp_secret]


def test_each_review_waits_for_a_senior_who_did_not_ask_the_questions(clock, tmp_path):
    run(some(tmp_path, "fatima", "george"))

    assert Case.objects.values("maker").distinct().count() == 2
    waiting = Decision.objects.filter(outcome="pending")
    assert waiting.count() == 2
    assert all(review.assigned_to and review.assigned_to_id != review.case.maker_id for review in waiting)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"state": "enrolling"}, "no case of a demo is left in the state enrolling - at `$.cases[0]`"),
        ({"state": "waiting"}, "Invalid enum value 'waiting' - at `$.cases[0].state`"),
        ({"pin": "12345"}, "`$.cases[0].pin`"),
        ({"tier": 4}, "`$.cases[0].tier`"),
        ({"state": "open", "tier": 2}, "has not been reviewed"),
        ({"by_phone": True}, "by_phone belongs to a case in the state open"),
        ({"username": "nobody"}, "whom nobody knows, comes to the state review"),
        ({"username": "finn", "state": "hold"}, "'finn' has 2"),
        ({"colour": "red"}, "unknown field `colour` - at `$.cases[0]`"),
    ],
)
def test_a_mistake_in_a_case_is_named_and_nothing_is_written(clock, tmp_path, change, complaint):
    path = some(tmp_path, "fatima", "finn", **change)

    with pytest.raises(CommandError, match="Nothing was written") as refused:
        run(path)

    assert complaint in str(refused.value)
    assert not User.objects.exists()


def test_a_name_has_one_case_and_cases_need_a_desk(clock, tmp_path):
    whole = json.loads(some(tmp_path, "fatima").read_text(encoding="utf-8"))
    twice = whole | {"cases": whole["cases"] * 2}
    alone = whole | {"staff": [one for one in whole["staff"] if one["username"] in {"dana", "lee"}]}

    for content, complaint in ((twice, "there are 2 cases of 'fatima'"), (alone, "an agent and two seniors")):
        path = tmp_path / "wrong.json"
        path.write_text(json.dumps(content), encoding="utf-8")
        with pytest.raises(CommandError, match=complaint):
            run(path)


def test_the_example_of_the_format_is_read(tmp_path):
    """The smallest file: nobody and nothing."""
    path = tmp_path / "cast.json"
    path.write_text('{"format": 1}', encoding="utf-8")

    assert "0 log-ins" in run(path)
    assert not Case.objects.exists()


def test_a_browser_becomes_that_of_the_claimants(clock, client, rf):
    response = browser.become(rf.get("/demo/browser/"))

    assert response.url == reverse("recovery:status")
    kept = response.cookies[f"{settings.PORTAL_COOKIE_PREFIX}case-browser"]
    assert kept.value == browser.value()
    assert kept["httponly"]
