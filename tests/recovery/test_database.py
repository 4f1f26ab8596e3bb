"""What the database itself refuses, whoever asks: each rule is attacked by ORM or raw SQL."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from portal.lib import db_triggers
from recovery.enums import Actor, Basis, CaseKind, Outcome, State, Verdict
from recovery.models import (
    Case,
    Claim,
    Decision,
    Event,
    Evidence,
    Flag,
    Hold,
    Observation,
    Policy,
    RecoveryGrant,
    StopCode,
)


def refused(attack, *args, **kwargs) -> bool:
    try:
        with transaction.atomic():
            attack(*args, **kwargs)
            transaction.set_rollback(True)
    except IntegrityError:
        return True
    return False


def sql(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def twin(case: Case, **changes) -> Case:
    """A new row like this case's, not saved."""
    fields = {field.attname: getattr(case, field.attname) for field in Case._meta.fields if field.name != "id"}
    fresh = {"number": "C-TWIN", "state": State.OPEN, "event_n": 0, "told_n": 0, "claim_id": None, "maker_id": None}
    return Case(**fields | fresh | changes)


def a_decision(case: Case, **changes) -> Decision:
    fields = {
        "case": case,
        "maker": case.maker,
        "outcome": Verdict.APPROVED,
        "tier": 1,
        "basis": Basis.CODES,
        "possession_count": 1,
        "created_at": case.opened_at,
        "decided_at": case.opened_at,
    }
    return Decision(**fields | changes)


def a_grant(case: Case, **changes) -> RecoveryGrant:
    fields = {
        "case": case,
        "claim": case.claim,
        "subject": case.subject,
        "first_digest": "1" * 64,
        "second_digest": "2" * 64,
        "second_channel": "mail",
        "issued_at": case.opened_at,
        "open_until": case.opened_at + timedelta(minutes=20),
    }
    return RecoveryGrant(**fields | changes)


@pytest.mark.promise("CASE-1")
def test_d1_one_open_case_per_holder(walk):
    case = walk.opened().case

    assert refused(twin(case).save)
    assert refused(twin(case, username_hash="another").save)
    assert not refused(twin(case, username_hash="another", kind=CaseKind.PHANTOM, subject_id=None).save)


@pytest.mark.parametrize(("kind", "keeps_subject"), [(CaseKind.REAL, False), (CaseKind.PHANTOM, True)])
def test_d2_a_phantom_has_no_subject_and_a_real_case_has_one(walk, mallory, kind, keeps_subject):
    case = walk.opened().case

    assert refused(twin(case, kind=kind, subject_id=mallory.user.pk if keeps_subject else None, username_hash="x").save)


@pytest.mark.promise("CASE-4")
def test_d3_the_maker_is_never_the_holder(walk):
    case = walk.opened().case

    assert refused(Case.objects.filter(pk=case.pk).update, maker=case.subject)


@pytest.mark.promise("CASE-4")
def test_d4_an_approval_needs_a_checker_who_is_not_the_maker(walk, lee):
    case = walk.in_session().case

    assert refused(a_decision(case, checker=None).save)
    assert refused(a_decision(case, checker=case.maker).save)
    assert not refused(a_decision(case, checker=lee.user).save)


@pytest.mark.promise("CASE-4")
def test_d4_holds_against_raw_sql_too(walk):
    decision = walk.in_review().decision
    approve = "UPDATE recovery_decision SET outcome = 'approved', decided_at = created_at"

    assert refused(sql, f"{approve} WHERE id = {decision.pk}")
    assert refused(sql, f"{approve}, checker_id = maker_id WHERE id = {decision.pk}")
    assert not refused(sql, f"{approve}, checker_id = {walk.checker().user.pk} WHERE id = {decision.pk}")


@pytest.mark.promise("CASE-3")
def test_d5_nothing_is_approved_on_knowledge_alone(walk, lee):
    case = walk.in_session().case

    assert refused(a_decision(case, checker=lee.user, possession_count=0).save)
    assert not refused(a_decision(case, checker=lee.user).save)


@pytest.mark.promise("CASE-4")
def test_d6_the_highest_tier_needs_two_seniors_who_are_two_people(walk, lee, kim):
    case = walk.in_session().case
    third = {"tier": 3, "checker": lee.user, "own_check": "Called back."}

    assert refused(a_decision(case, **third).save)
    assert refused(a_decision(case, two_seniors=True, **third).save)
    assert refused(a_decision(case, two_seniors=True, second_checker=lee.user, **third).save)
    assert refused(a_decision(case, two_seniors=True, second_checker=case.maker, **third).save)
    assert not refused(a_decision(case, two_seniors=True, second_checker=kim.user, **third).save)


def test_a_higher_tier_needs_a_check_of_the_seniors_own(walk, lee):
    case = walk.in_session().case

    assert refused(a_decision(case, tier=2, checker=lee.user).save)
    assert not refused(a_decision(case, tier=2, checker=lee.user, own_check="Called back.").save)


def test_d7_a_case_has_one_pending_decision(walk):
    case = walk.in_review().case

    assert refused(a_decision(case, outcome=Verdict.PENDING, decided_at=None).save)


def test_d8_a_case_starts_open(walk):
    case = walk.opened().case
    other = {"kind": CaseKind.PHANTOM, "subject_id": None, "username_hash": "another"}

    assert refused(twin(case, state=State.GRANT_READY, **other).save)
    assert refused(twin(case, event_n=3, **other).save)


@pytest.mark.promise("CASE-8")
def test_d9_no_case_moves_without_its_event(walk):
    case = walk.opened().case

    assert refused(sql, f"UPDATE recovery_case SET state = 'verifying' WHERE id = {case.pk}")
    assert refused(sql, f"UPDATE recovery_case SET state = 'verifying', event_n = 2 WHERE id = {case.pk}")
    assert refused(sql, f"UPDATE recovery_case SET event_n = 2 WHERE id = {case.pk}")
    assert refused(sql, f"UPDATE recovery_case SET event_n = 0 WHERE id = {case.pk}")


@pytest.mark.promise("CASE-8")
def test_d9_an_event_that_tells_of_another_move_does_not_count(walk, clock):
    case = walk.opened().case
    event = {
        "case": case,
        "chain": "case:x",
        "n": 2,
        "at": clock.now,
        "actor_kind": Actor.CLOCK,
        "action": "x",
        "version": 1,
    }
    move = f"UPDATE recovery_case SET state = 'verifying', event_n = 2 WHERE id = {case.pk}"

    def with_event(to):
        Event.objects.create(from_state=State.OPEN, to_state=to, **event)
        sql(move)

    assert refused(with_event, State.EXPIRED)
    assert not refused(with_event, State.VERIFYING)


@pytest.mark.promise("CASE-8")
@pytest.mark.parametrize("model", [Event, Evidence, Flag, Policy])
@pytest.mark.parametrize("attack", ["UPDATE {0} SET id = id", "DELETE FROM {0}"])
def test_d10_the_record_can_only_grow(clock, walk, agent, model, attack):
    walk.opened(by=agent.user).in_session().answered()

    assert model.objects.exists()
    assert refused(sql, attack.format(model._meta.db_table))


@pytest.mark.postgres
@pytest.mark.parametrize("model", [Event, Evidence, Flag, Policy])
def test_d10_the_record_cannot_be_truncated(db, model):
    assert refused(sql, f"TRUNCATE {model._meta.db_table} CASCADE")


@pytest.mark.promise("CASE-8")
def test_d10_a_decision_that_was_made_stands(clock, walk):
    decision = walk.in_review().approved(clock).decision

    assert refused(sql, f"UPDATE recovery_decision SET reason = 'other' WHERE id = {decision.pk}")
    assert refused(sql, f"UPDATE recovery_decision SET outcome = 'refused' WHERE id = {decision.pk}")


@pytest.mark.promise("CASE-8")
def test_d10_what_the_agent_stated_stands(walk):
    walk.in_session().answered().stated()

    assert refused(sql, "UPDATE recovery_observation SET recommends = recommends")


_KEPT = [Case, Claim, Decision, RecoveryGrant, Hold, StopCode, Observation]


@pytest.mark.postgres
@pytest.mark.parametrize("model", _KEPT)
def test_d10_what_is_kept_cannot_be_emptied(db, model):
    assert refused(sql, f"TRUNCATE {model._meta.db_table} CASCADE")


@pytest.mark.promise("CASE-4")
def test_d4_a_decision_names_the_maker_of_its_case(walk, agent, lee, kim):
    decision = walk.in_review().decision
    others = {"maker": kim.user, "checker": agent.user}
    mine = Decision.objects.filter(pk=decision.pk)
    approved = {"outcome": Verdict.APPROVED, "decided_at": decision.created_at}

    assert refused(a_decision(walk.case, **others).save)
    assert refused(mine.update, **others, **approved)
    assert refused(mine.update, maker=kim.user)
    assert refused(mine.update, checker=agent.user)
    assert refused(mine.update, second_checker=agent.user)
    assert not refused(mine.update, checker=lee.user, **approved)


@pytest.mark.promise("CASE-4")
def test_d4_the_maker_cannot_be_swapped_once_a_second_person_looks(walk, lee):
    case = walk.in_session().case
    assert not refused(Case.objects.filter(pk=case.pk).update, maker=lee.user)

    walk.answered().stated().with_mail_code()

    assert refused(Case.objects.filter(pk=case.pk).update, maker=lee.user)
    assert refused(Case.objects.filter(pk=case.pk).update, maker=None)


@pytest.mark.promise("CASE-6")
def test_d11_a_case_stays_with_its_holder(walk, stranger, mallory):
    case, phantom = walk.opened().case, stranger.opened().case

    assert refused(Case.objects.filter(pk=case.pk).update, subject=mallory.user)
    assert refused(Case.objects.filter(pk=case.pk).update, username_hash="another")
    assert refused(Case.objects.filter(pk=phantom.pk).update, subject=mallory.user, kind=CaseKind.REAL)


@pytest.mark.promise("CASE-6")
def test_d11_a_grant_stays_what_it_was(clock, walk, stranger, mallory):
    walk.ready(clock).started()
    mine = RecoveryGrant.objects.filter(pk=walk.grant.pk)
    other = stranger.opened()

    for change in ({"subject": mallory.user}, {"claim": other.claim}, {"case": other.case}, {"second_channel": "x"}):
        assert refused(mine.update, **change)
    assert refused(mine.update, first_channel="x")
    assert refused(mine.update, second_digest="3" * 64)
    mine.update(revoked_at=clock.now)
    assert refused(mine.update, revoked_at=None)


@pytest.mark.parametrize("model", _KEPT)
def test_d10_what_a_case_rests_on_is_kept(clock, walk, model):
    walk.ready(clock).started().opened_grant().completed()

    assert model.objects.exists()
    assert refused(sql, f"DELETE FROM {model._meta.db_table}")


@pytest.mark.promise("CASE-6")
def test_d11_a_grant_needs_an_approved_case_that_is_ready_and_its_own_holder(clock, walk, mallory):
    for step in (walk.opened, walk.in_session, walk.answered, walk.stated, walk.with_mail_code):
        step()
        assert refused(a_grant(walk.case, claim=walk.claim).save)
    walk.approved(clock)
    assert refused(a_grant(walk.case).save)
    walk.waited(clock)

    assert refused(a_grant(walk.case, subject=mallory.user).save)
    assert not refused(a_grant(walk.case).save)


@pytest.mark.promise("CASE-6")
def test_d11_a_grant_belongs_to_the_claim_that_was_approved(clock, walk, agent):
    walk.ready(clock)
    other = walk.claim
    stray = Claim.objects.exclude(pk=other.pk).first() or walk.opened(by=agent.user).claim

    case = Case.objects.select_related("subject", "claim").get(pk=other.case_id)
    assert refused(a_grant(case, claim=stray).save)


def test_d11_a_phantom_never_gets_a_grant(stranger, holder):
    case = stranger.opened().case

    assert refused(a_grant(case, claim=stranger.claim, subject=holder.user).save)


@pytest.mark.promise("CASE-6")
def test_d12_a_grant_is_bounded(clock, walk):
    case = walk.ready(clock).case
    at, minute = case.opened_at, timedelta(minutes=1)
    opened = {"opened_at": at + minute, "finish_until": at + 16 * minute}

    assert refused(a_grant(case, open_until=at).save)
    assert refused(a_grant(case, first_channel="mail").save)
    assert refused(a_grant(case, used_at=at + minute).save)
    assert refused(a_grant(case, used_at=at + 17 * minute, **opened).save)
    assert refused(a_grant(case, used_at=at, **opened).save)
    assert refused(a_grant(case, opened_at=at + 21 * minute, finish_until=at + 22 * minute).save)
    assert refused(a_grant(case, used_at=at + 2 * minute, revoked_at=at + 2 * minute, **opened).save)
    assert not refused(a_grant(case, used_at=at + 2 * minute, **opened).save)


@pytest.mark.promise("CASE-6")
def test_d12_a_holder_has_one_live_grant(clock, walk):
    case = walk.ready(clock).started().case

    assert refused(a_grant(case).save)
    assert not refused(a_grant(case, revoked_at=clock.now).save)


@pytest.mark.promise("CASE-6")
def test_d13_a_grant_is_used_by_one_statement_once(clock, walk):
    walk.ready(clock).started().opened_grant()
    unused = RecoveryGrant.objects.filter(pk=walk.grant.pk, used_at=None, revoked_at=None, finish_until__gt=clock.now)

    assert [unused.update(used_at=clock.now), unused.update(used_at=clock.now)] == [1, 0]


@pytest.mark.parametrize("state", [State.EXPIRED, State.WITHDRAWN, State.CANCELLED])
def test_d14_what_has_ended_is_closed_and_what_is_open_is_not(walk, clock, state):
    case = walk.opened().case

    assert refused(sql, f"UPDATE recovery_case SET closed_at = opened_at WHERE id = {case.pk}")
    assert refused(_ended_open, case, state, clock.now)


def _ended_open(case: Case, state: State, at) -> None:
    """Move with a right event but leave the case open, which only the constraint can refuse."""
    Event.objects.create(
        case=case,
        chain="case:x",
        n=2,
        at=at,
        actor_kind=Actor.CLOCK,
        action="x",
        from_state=State.OPEN,
        to_state=state,
        version=1,
    )
    sql(f"UPDATE recovery_case SET state = '{state}', event_n = 2 WHERE id = {case.pk}")


def test_every_trigger_is_there_after_migrating_again(db):
    db_triggers.remove()
    assert any(name.startswith("recovery_") for name in db_triggers.missing())

    call_command("migrate", verbosity=0)

    assert db_triggers.missing() == set()


def test_an_answer_is_evidence_of_one_item_once(walk):
    walk.in_session().answered()
    row = Evidence.objects.filter(item__isnull=False).first()
    copy = Evidence(case=row.case, claim=row.claim, item=row.item, method=row.method, outcome=Outcome.MET, points=8)
    copy.at = row.at

    assert refused(copy.save)


def test_evidence_is_an_answer_or_a_proof_and_never_neither_or_both(walk):
    walk.in_session()
    case, item = walk.case, walk.claim.items.first()
    facts = {"case": case, "claim": walk.claim, "outcome": Outcome.MET, "points": 5, "at": case.opened_at}

    assert refused(Evidence(**facts).save)
    assert refused(Evidence(item=item, method="mail", **facts).save)
    assert not refused(Evidence(item=item, **facts).save)
    assert not refused(Evidence(method="mail", **facts).save)
