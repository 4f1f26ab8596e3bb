"""Opening a claim tells nobody anything, and costs the same for every name."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.refusals import TooOften
from portal.lib import hash_semaphore
from portal.lib.client import Origin
from portal.outbox.models import Notice
from recovery.actions import claims, one_time_secrets, timers
from recovery.enums import CaseKind, EntryPoint, FlagKind, Purpose, State
from recovery.models import Case, Claim
from recovery.refusals import CaseNotOpen, ClaimLocked, ClaimUnknown, LastPin, NotAllowed, PinWrong
from tests.recovery.conftest import ORIGIN, now


def look_up(walk, pin: str) -> Claim:
    return claims.find_claim(reference=walk.claim.reference, pin=pin, now=now())


def wrong(pin: str) -> str:
    return f"{(int(pin) + 1) % 1_000_000:06d}"


def shape_of(queries) -> list[str]:
    """The statements, without their values."""
    values = re.compile(r"'.*?'|\d+|NULL|\b(?:true|false)\b")
    return [values.sub("?", query["sql"]) for query in queries if "SAVEPOINT" not in query["sql"]]


@pytest.mark.promise("CASE-1")
def test_a_claim_has_a_reference_a_pin_a_phrase_and_a_case(walk):
    walk.opened()

    assert walk.claim.reference.startswith("RC-")
    assert len(walk.pin) == 6
    assert walk.pin not in walk.claim.pin_hash
    assert len(walk.claim.phrase.split()) == 2
    assert (walk.case.kind, walk.state, walk.case.subject.username) == (CaseKind.REAL, State.OPEN, "ada")


def test_a_name_nobody_has_gets_a_phantom_that_looks_the_same(stranger, holder):
    stranger.opened()

    assert (stranger.case.kind, stranger.state, stranger.case.subject) == (CaseKind.PHANTOM, State.OPEN, None)
    assert len(stranger.claim.phrase.split()) == 2


def test_employees_and_closed_log_ins_are_nobody_here(walk, stranger, agent, holder):
    holder.user.is_active = False
    holder.user.save(update_fields=["is_active"])
    stranger.username = agent.user.username

    assert walk.opened().case.kind == CaseKind.PHANTOM
    assert stranger.opened().case.kind == CaseKind.PHANTOM


def test_known_and_unknown_names_and_those_with_an_open_case_cost_the_same_statements(walk, stranger):
    stranger.username = "warm-up"
    stranger.opened()
    stranger.username = "zzz"
    with CaptureQueriesContext(
        connection,
    ) as known:
        walk.opened()
    with CaptureQueriesContext(connection) as unknown:
        stranger.opened()
    with CaptureQueriesContext(connection) as second_on_a_case:
        walk.opened()

    assert shape_of(known.captured_queries) == shape_of(unknown.captured_queries)
    assert shape_of(known.captured_queries) == shape_of(second_on_a_case.captured_queries)
    assert len(known) < 25


def test_the_request_itself_tells_nobody_the_clock_does(clock, walk, stranger):
    walk.opened()
    stranger.opened()
    assert not Notice.objects.exists()

    timers.tick(clock.now)

    assert Notice.objects.get().kind == "case_started"


@pytest.mark.promise("CASE-1")
def test_a_second_claim_joins_the_open_case_and_looks_like_a_first(walk, clock):
    first = walk.opened().claim
    second = walk.opened().claim

    assert first.reference != second.reference
    assert first.case_id == second.case_id
    assert Case.objects.filter(closed_at=None).count() == 1
    assert not walk.case.flags.exists()


def test_twenty_claims_in_a_day_bring_the_owner_one_notice(walk, clock):
    for _claim in range(20):
        clock.move(minutes=20)
        walk.opened()
        timers.tick(clock.now)

    assert Notice.objects.filter(kind="case_started").count() == 1


@pytest.mark.parametrize(("minutes", "notices"), [(24 * 60 - 1, 1), (24 * 60, 2)])
def test_the_owner_is_told_of_a_further_claim_a_day_after_the_one_before(walk, clock, minutes, notices):
    walk.opened()
    timers.tick(clock.now)
    clock.move(minutes=minutes)
    walk.opened()
    timers.tick(clock.now)

    assert Notice.objects.filter(kind="case_started").count() == notices


@pytest.mark.promise("CASE-1")
def test_an_agent_opens_a_claim_from_a_call_and_sees_nothing_of_the_customer(walk, agent):
    walk.opened(by=agent.user)

    assert walk.claim.entry_point == EntryPoint.CALL
    assert walk.claim.agent_knows_pin
    assert walk.case.flags.get().kind == FlagKind.CALL_WITHOUT_PAGE
    assert look_up(walk, walk.pin) == walk.claim


def test_a_pin_that_was_read_out_is_replaced_by_the_claimant(walk, agent):
    walk.opened(by=agent.user)

    fresh = claims.replace_pin(claim=walk.claim, browser=walk.browser, origin=ORIGIN, now=now())

    assert not walk.claim.agent_knows_pin
    with pytest.raises(ClaimUnknown):
        look_up(walk, walk.pin)
    assert look_up(walk, fresh) == walk.claim


@pytest.mark.parametrize("who", ["ada", "auditor"])
def test_only_the_desk_opens_claims_for_others(walk, holder, request, who):
    person = holder if who == "ada" else request.getfixturevalue("auditor")

    with pytest.raises(NotAllowed):
        walk.opened(by=person.user)


def test_five_wrong_pins_lock_the_claim_for_good_and_nothing_else(clock, walk):
    other = walk.opened().claim
    other_pin = walk.pin
    walk.opened()
    for _try in range(4):
        with pytest.raises(ClaimUnknown):
            look_up(walk, wrong(walk.pin))
    with pytest.raises(ClaimLocked):
        look_up(walk, wrong(walk.pin))

    for wait in (0, 16, 24 * 60):
        clock.move(minutes=wait)
        with pytest.raises(ClaimLocked):
            look_up(walk, walk.pin)
    assert claims.find_claim(reference=other.reference, pin=other_pin, now=now()) == other


def test_a_right_pin_costs_no_try(walk):
    walk.opened()

    assert all(look_up(walk, walk.pin) == walk.claim for _try in range(7))


def test_a_machine_too_busy_to_look_at_a_pin_takes_no_try_for_it(walk, monkeypatch):
    walk.opened()

    def busy(*_args):
        raise hash_semaphore.HashingOverloaded

    with monkeypatch.context() as patch:
        patch.setattr(one_time_secrets, "is_pin", busy)
        for _try in range(6):
            with pytest.raises(hash_semaphore.HashingOverloaded):
                look_up(walk, walk.pin)
    assert look_up(walk, walk.pin) == walk.claim


def test_references_nobody_has_lock_like_those_somebody_has(db, clock):
    reference = one_time_secrets.claim_reference()

    answers = []
    for _try in range(6):
        try:
            claims.find_claim(reference=reference, pin="123456", now=now())
        except (ClaimUnknown, ClaimLocked) as refusal:
            answers.append(type(refusal))

    assert answers == [PinWrong] * 3 + [LastPin] + [ClaimLocked] * 2


@pytest.mark.parametrize("reference", ["", "RC-0000-0000", "nonsense", "RC" * 500])
def test_what_cannot_be_a_reference_costs_nothing(db, clock, reference, django_assert_num_queries):
    with django_assert_num_queries(0), pytest.raises(ClaimUnknown):
        claims.find_claim(reference=reference, pin="123456", now=now())


def test_a_source_that_opens_many_claims_waits_at_the_end_of_the_queue(walk, stranger):
    for number in range(3):
        stranger.username = f"name-{number}"
        assert stranger.opened().case.is_queued

    assert not walk.opened().case.is_queued


def test_a_flood_from_one_network_is_asked_to_wait_and_others_are_not(walk):
    for _claim in range(20):
        walk.opened()

    with pytest.raises(TooOften):
        walk.opened()
    walk.opened(origin=Origin(address="203.0.113.9"))


def test_a_strangers_claim_learns_nothing_of_the_one_in_session(walk):
    stray = walk.opened().claim
    walk.claim = None
    walk.in_review()

    assert claims.state_for(walk.claim) == State.REVIEW
    stray.refresh_from_db()
    assert claims.state_for(Claim.objects.get(pk=stray.pk)) == State.OPEN


def test_a_strangers_claim_ends_nothing_but_itself(walk):
    stray = walk.opened().claim
    walk.claim = None
    walk.in_review()

    claims.withdraw(claim=stray, browser=walk.browser, origin=ORIGIN, now=now())

    assert walk.state == State.REVIEW
    assert claims.state_for(Claim.objects.get(pk=stray.pk)) == State.WITHDRAWN
    with pytest.raises(CaseNotOpen):
        claims.withdraw(claim=stray, browser=walk.browser, origin=ORIGIN, now=now())


def test_whoever_is_in_session_withdraws_the_whole_case(walk):
    walk.in_review()

    claims.withdraw(claim=walk.claim, browser=walk.browser, origin=ORIGIN, now=now())

    assert walk.state == State.WITHDRAWN
    assert walk.decision.outcome == "dropped"


def test_the_last_claim_takes_its_case_with_it(walk):
    walk.opened()

    claims.withdraw(claim=walk.claim, browser=walk.browser, origin=ORIGIN, now=now())

    assert walk.state == State.WITHDRAWN
    assert not walk.case.is_open


def test_the_page_can_move_to_another_browser_until_a_second_person_looks(walk):
    walk.opened()

    claims.bind_browser(claim=walk.claim, browser="another", origin=ORIGIN, now=now())

    assert claims.is_browser_of(walk.claim, "another")
    assert not claims.is_browser_of(walk.claim, walk.browser)
    assert not claims.is_browser_of(walk.claim, "")
    walk.browser = "another"
    walk.in_review()
    with pytest.raises(CaseNotOpen):
        claims.bind_browser(claim=walk.claim, browser="third", origin=ORIGIN, now=now())


@pytest.mark.parametrize(
    ("lost", "purpose"),
    [
        ([Purpose.KEY], Purpose.KEY),
        ([Purpose.PASSWORD], Purpose.PASSWORD),
        ([Purpose.KEY, Purpose.PASSWORD], Purpose.FULL),
        ([], Purpose.FULL),
    ],
)
def test_what_was_lost_is_what_the_case_is_about(walk, lost, purpose):
    made = claims.open_claim(
        username="ada", lost=lost, contact="+1 555 0199", browser="b", by=None, origin=ORIGIN, now=now()
    )

    assert made.claim.case.purpose == purpose


def test_what_the_claimant_leaves_to_be_called_back_is_encrypted(walk):
    claims.open_claim(username="ada", lost=[], contact="+1 555 0199", browser="b", by=None, origin=ORIGIN, now=now())

    with connection.cursor() as cursor:
        cursor.execute("SELECT contact FROM recovery_claim")
        assert "0199" not in cursor.fetchone()[0]
    assert Claim.objects.get().contact == "+1 555 0199"


@pytest.mark.promise("CASE-1")
def test_a_new_case_follows_an_ended_one(clock, walk):
    first = walk.opened().case
    clock.move(hours=73)
    timers.tick(clock.now)
    assert Case.objects.get(pk=first.pk).state == State.EXPIRED

    assert walk.opened().case.pk != first.pk


def test_the_terms_of_a_case_are_those_it_was_opened_under(clock, walk, stranger, settings):
    old = walk.opened().case

    settings.PORTAL_CASE_COOLING_MINUTES = 2160
    new = stranger.opened().case

    assert Case.objects.get(pk=old.pk).terms.cooling(1) == timedelta(hours=24)
    assert new.terms.cooling(1) == timedelta(hours=36)
