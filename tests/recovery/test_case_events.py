"""The record of a case cannot be altered unseen, and holds nothing that must not be known."""

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from portal.audit import event_names, export, hash_chain
from portal.audit.models import SecurityEvent
from portal.lib import db_triggers, mail, time_format
from portal.outbox import emails
from portal.outbox.kinds import KINDS
from portal.outbox.models import Notice
from recovery.actions import objections, timers, transitions
from recovery.actions.case_events import Who
from recovery.enums import Actor, OwnerEvent
from recovery.models import Event
from tests import notices
from tests.recovery.conftest import NEW_PASSWORD, NEW_SEED, ORIGIN, QUESTIONS, RIGHT, wrong_answer


def sql(statement: str) -> None:
    """Attack with all rights: triggers off, as the owner of the database can."""
    db_triggers.remove()
    with connection.cursor() as cursor:
        cursor.execute(statement)


def faults() -> str:
    return "\n".join(hash_chain.faults())


@pytest.fixture
def a_case(clock, walk):
    walk.in_review().approved(clock)
    timers.tick(clock.now)
    assert faults() == ""
    return walk.case


@pytest.mark.promise("CASE-8")
@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE recovery_event SET facts = '{\"place\": 9}' WHERE n = 3",
        "UPDATE recovery_event SET actor_id = NULL WHERE action = 'approved'",
        "UPDATE recovery_event SET at = (SELECT at FROM recovery_event WHERE n = 1) WHERE action = 'approved'",
        "UPDATE recovery_event SET n = n + 1000 WHERE n = 4",
        "DELETE FROM recovery_event WHERE action = 'approved'",
        "DELETE FROM recovery_event WHERE n = (SELECT max(n) FROM recovery_event)",
        "UPDATE recovery_case SET state = 'grant_ready'",
        "UPDATE recovery_case SET head = prev FROM (SELECT prev FROM recovery_event WHERE n = 2) e",
    ],
)
def test_every_tampering_is_found(a_case, attack):
    sql(attack)

    assert a_case.number in faults()


@pytest.mark.promise("CASE-8")
def test_a_last_event_cut_off_together_with_its_head_is_found_in_the_owners_record(a_case):
    last = a_case.events.get(action="approved")
    db_triggers.remove()
    a_case.events.filter(n__gte=last.n).delete()
    type(a_case).objects.filter(pk=a_case.pk).update(event_n=last.n - 1, head=last.prev, told_n=0)

    assert f"event {last.n}, which user:{a_case.subject_id} speaks of" in faults()


@pytest.mark.promise("CASE-8")
def test_a_case_that_vanished_with_all_its_events_is_found(a_case):
    number = a_case.number
    db_triggers.remove()
    Event.objects.filter(case=a_case).delete()

    assert number in faults()


def test_the_command_says_that_the_record_is_whole_or_where_it_is_not(a_case):
    out = StringIO()
    call_command("portal_audit", "verify", stdout=out)
    assert a_case.number not in out.getvalue()

    sql("DELETE FROM recovery_event WHERE action = 'approved'")

    with pytest.raises(CommandError):
        call_command("portal_audit", "verify", stdout=out)
    assert a_case.number in out.getvalue()


@pytest.mark.promise("CASE-6")
@pytest.mark.promise("CASE-2")
def test_no_secret_of_a_whole_recovery_is_in_the_database_or_the_logs(clock, walk, caplog):
    walk.ready(clock).started()
    second, codes = walk.second_part(), [n.facts["code"] for n in Notice.objects.filter(kind="code")]
    walk.opened_grant().completed()
    timers.tick(clock.now)
    secrets = [walk.first_part, second, second.replace(" ", ""), NEW_PASSWORD, NEW_SEED, *codes]
    secrets += [*QUESTIONS.values(), *(answer for answer in RIGHT.values() if len(answer) > 5)]
    secrets += [
        n.facts["stop_code"]
        for n in Notice.objects.exclude(kind__in=["code", "case_grant_part"])
        if n.facts.get("stop_code")
    ]

    kept = dump()

    assert len(secrets) > 15
    assert [secret for secret in secrets if secret in kept or secret in caplog.text] == []
    assert re.findall(rf"(?<![\w.]){walk.pin}(?!\w)", kept + caplog.text) == []


def dump() -> str:
    """Everything recovery and the outbox have stored, as one text."""
    tables = [
        name
        for name in connection.introspection.table_names()
        if name.startswith(("recovery_", "accounts_", "outbox_"))
    ]
    tables.remove("accounts_accountactivity")  # what the answers are about
    rows = []
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT * FROM {table}")
            rows += [str(row) for row in cursor.fetchall()]
    return "\n".join(rows)


@pytest.mark.promise("CASE-5")
def test_every_message_about_a_case_says_how_to_stop_it_and_holds_no_link(clock, walk):
    walk.opened()
    timers.tick(clock.now)
    walk.ready(clock).started().opened_grant().completed().waited(clock)
    walk.opened().in_session().answered(wrong_answer)
    timers.tick(clock.now)
    Notice.objects.filter(facts="").delete()

    told = Notice.objects.filter(kind__startswith="case_").order_by("pk")
    assert {n.kind for n in told} >= {
        "case_started",
        "case_approved",
        "case_ready",
        "case_completed",
        "case_grant_part",
    }
    for notice in told:
        message = emails.message_for(notice)
        mail.refuse_links(message)
        html = message.alternatives[0][0]
        code = notice.facts.get("stop_code")
        for text in (message.body, html):
            assert "Ada" in text
            assert notice.reference in text
            assert not code or code in text


def test_the_approval_says_until_when_it_can_be_stopped(clock, walk):
    walk.in_review().approved(clock)
    timers.tick(clock.now)

    message = emails.message_for(Notice.objects.get(kind="case_approved"))

    assert time_format.time_words(walk.case.until, walk.case.subject.zone, "j F Y, H:i") in message.body


@pytest.mark.parametrize("kind", ["case_stopped", "case_closed", "case_lifted", "case_refused"])
def test_messages_of_an_end_hold_no_stop_code_and_render(clock, walk, holder, kind):
    made = notices.email(holder.user, KINDS[kind], now=clock.now, stop_code="")

    message = emails.message_for(made)

    assert "C-7F3K2Q9C" in message.body
    assert "/recover/stop/" not in message.body


def test_a_freeze_after_completion_leaves_a_record_without_faults(clock, walk, holder):
    walk.ready(clock).started().opened_grant().completed()
    timers.tick(clock.now)
    notice = Notice.objects.get(kind="case_completed")

    objections.stop_by_code(reference=notice.reference, code=notice.facts["stop_code"], origin=ORIGIN, now=clock.now)
    timers.tick(clock.now)

    holder.user.refresh_from_db()
    assert holder.user.suspended_at == clock.now
    assert faults() == ""


def test_a_step_that_no_app_registered_is_refused(walk, clock):
    case = walk.opened().case

    with pytest.raises(event_names.UnknownEvent, match="dreamt"), transaction.atomic():
        transitions.note(transitions.lock(case.pk), "dreamt", who=Who(Actor.CLOCK), now=clock.now)


def test_the_lines_on_the_owners_record_share_the_flow_of_the_case(a_case):
    told = SecurityEvent.objects.filter(subject=a_case.subject, action__in=OwnerEvent.values)

    assert set(told.values_list("flow", flat=True)) == {f"case:{a_case.number}"}
    assert told.count() > 3


def test_cases_are_exported_and_a_case_that_is_gone_is_caught_by_a_checkpoint(a_case, clock):
    known = export.read_checkpoint(export.checkpoint(now=clock.now))
    assert known.heads[f"case:{a_case.number}"] == (a_case.event_n, a_case.head)
    assert sum(f'"chain":"case:{a_case.number}"' in line for line in export.lines()) == a_case.event_n

    db_triggers.remove()
    a_case.events.all().delete()

    assert [loss.partition(" was")[0] for loss in export.losses(known)] == [
        f"case:{a_case.number}: event {a_case.event_n}"
    ]
