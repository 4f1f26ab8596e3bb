"""Pauses at the desk and on the command line: read, found, and ended with a reason."""

import re

import pytest
from django.core.management import CommandError

from accounts import notice_kinds
from accounts.actions import reports
from accounts.actions.desk import looks
from accounts.actions.sign_in import lockout_notices, unlock
from accounts.enums import Action, ReportKind, Role
from accounts.models import Employee, Report, User
from portal.audit import sealed_words
from portal.audit.models import SecurityEvent
from portal.lib import clock as clocks
from portal.outbox.models import Notice
from portal.throttle import limits
from portal.throttle.models import Throttle
from portal.throttle.reserve import LimitReached, reserve
from tests import buckets, factories
from tests.accounts.desk_work import address, pause, run
from tests.factories import signed_in
from tests.lint_html import problems
from tests.looks import look
from tests.pages import levels


@pytest.fixture
def life(ada, clock):
    """Ada has been paused."""
    pause(ada)
    return ada


def whose(page) -> list[str]:
    return re.findall(r'class="field-whose">.*?>([^<]+)</a>', page.content.decode())


def test_a_pause_is_found_by_the_name_that_was_typed(life, mallory, operator):
    pause(mallory)

    assert whose(signed_in(operator).get(address(Throttle), {"q": " ADA "})) == ["ada"]
    assert whose(signed_in(operator).get(address(Throttle), {"q": "ad"})) == []


@pytest.mark.promise("CASE-8")
def test_whoever_answers_calls_does_not_learn_from_a_pause_whether_a_name_exists(life, agent, clock):
    for _ in range(5):
        reserve(buckets.password("ida"), now=clock.now)
    desk = signed_in(agent)

    pages = [desk.get(address(Throttle), {"q": name}) for name in ("ada", "ida")]
    of_ada, of_ida = Throttle.objects.order_by("pk")
    of_each = [desk.get(address(Throttle, "change", row.pk)) for row in (of_ada, of_ida)]

    assert [[name.partition(" (")[0] for name in whose(page)] for page in pages] == [["A username"]] * 2
    assert {"ada", "ida"}.isdisjoint(whose(desk.get(address(Throttle))))
    assert len({page.content.decode().count("username") for page in of_each}) == 1
    assert [desk.get(address(Throttle, "lift", row.pk)).status_code for row in (of_ada, of_ida)] == [403, 403]


@pytest.mark.promise("CASE-8")
def test_limits_that_count_for_names_that_exist_alone_are_not_found_by_name(life, agent, operator, clock):
    reserve(limits.BROWSER_CODE_SENT.of(life.user.username_hash), now=clock.now)

    found = [len(whose(signed_in(one).get(address(Throttle), {"q": "ada"}))) for one in (agent, operator)]
    assert found == [1, 2]


@pytest.mark.promise("LOCK-7")
def test_a_pause_that_is_ended_at_once_is_told_all_the_same(life, agent, clock):
    unlock.lift_pauses(subject=life.user.username_hash, reason="Called", by=agent.user, origin=None, now=clock.now)

    told = SecurityEvent.objects.filter(subject=life.user).order_by("n").values_list("action", flat=True)
    assert list(told) == [Action.PAUSED, Action.PAUSE_LIFTED]
    assert Notice.objects.filter(user=life.user, kind=notice_kinds.LOCKED.name, channel="email").count() == 1
    clock.move(minutes=1)
    assert lockout_notices.announce(clock.now) == 0


@pytest.mark.promise("CASE-8")
def test_it_is_named_and_may_be_ended_for_as_long_as_they_look(life, agent, clock):
    desk, row = signed_in(agent), Throttle.objects.get()
    look(desk, "ada")
    other = signed_in(factories.staff("omar", Role.AGENT))

    assert "ada" in whose(desk.get(address(Throttle)))
    assert desk.get(address(Throttle, "lift", row.pk)).status_code == 200
    assert "ada" not in whose(other.get(address(Throttle)))
    assert other.get(address(Throttle, "lift", row.pk)).status_code == 403

    clock.move(minutes=30)
    assert signed_in(agent).get(address(Throttle, "lift", row.pk)).status_code == 403


@pytest.mark.promise("CASE-8")
def test_whoever_works_on_their_recovery_ends_no_pause(life, agent, clock, monkeypatch):
    desk, row = signed_in(agent), Throttle.objects.get(limit="password")
    look(desk, "ada")
    monkeypatch.setattr(looks, "_BARS", [lambda by, user: True])

    assert desk.get(address(Throttle, "lift", row.pk)).status_code == 403


def test_pauses_that_run_are_shown_and_operators_may_ask_for_the_rest(life, mallory, agent, operator, clock):
    pause(mallory, tries=1)
    one_try = Throttle.objects.get(used=1)
    network = buckets.network("192.0.2.7")
    for _ in range(network.limit.bounds.tries):
        reserve(network, now=clock.now)
    answering, running = signed_in(agent), signed_in(operator)

    for client, name in ((answering, "A username"), (running, "ada")):
        assert [shown.partition(" (")[0] for shown in whose(client.get(address(Throttle)))] == ["A network", name]
    assert "mallory" in whose(running.get(address(Throttle), {"show": "all"}))
    assert answering.get(address(Throttle), {"show": "all"})["Location"].endswith("?e=1")
    assert answering.get(address(Throttle, "change", one_try.pk)).status_code == 302
    assert running.get(address(Throttle, "change", one_try.pk)).status_code == 200


@pytest.mark.promise("LOCK-3")
def test_support_lifts_a_pause_with_a_reason_and_leaves_a_record(life, agent):
    row, client = Throttle.objects.get(), signed_in(agent)
    look(client, "ada")
    assert address(Throttle, "lift", row.pk) in client.get(address(Throttle, "change", row.pk)).content.decode()
    asked = client.get(address(Throttle, "lift", row.pk))
    assert problems(asked.content.decode()) == []

    said = {"reason": "Called back on file number", "code": agent.code()}
    answer = client.post(address(Throttle, "lift", row.pk), said, follow=True)

    assert levels(answer) == ["success"]
    assert Throttle.objects.get(pk=row.pk).used == 0
    event = SecurityEvent.objects.get(action=Action.PAUSE_LIFTED)
    assert (event.actor, event.subject) == (agent.user, life.user)
    assert sealed_words.facts(event) == {"pauses": 1, "reason": "Called back on file number"}


def test_asking_is_not_doing_and_a_reason_is_needed(life, agent):
    row, client = Throttle.objects.get(), signed_in(agent)
    look(client, "ada")

    client.get(address(Throttle, "lift", row.pk))
    for said in ({"reason": " ", "code": agent.code()}, {"reason": "Called", "code": "000000"}):
        answer = client.post(address(Throttle, "lift", row.pk), said)
        assert answer.context["form"].errors
    assert Throttle.objects.get(limit="password").used == 5


def test_a_pause_that_is_over_is_told_and_leaves_no_record(life, agent, clock):
    row, client = Throttle.objects.get(), signed_in(agent)
    look(client, "ada")
    Throttle.objects.update(used=0)

    said = {"reason": "Called back", "code": agent.code()}
    answer = client.post(address(Throttle, "lift", row.pk), said, follow=True)

    assert levels(answer) == ["warning"]
    assert not SecurityEvent.objects.filter(action__in=(Action.PAUSE_LIFTED, Action.CODE_USED)).exists()


@pytest.mark.parametrize(("who", "status"), [("agent", 200), ("reviewer", 200), ("operator", 200), ("auditor", 403)])
def test_who_checks_the_record_lifts_nothing(request, life, who, status):
    client, row = signed_in(request.getfixturevalue(who)), Throttle.objects.get()
    look(client, "ada")

    assert client.get(address(Throttle, "lift", row.pk)).status_code == status
    assert (address(Throttle, "lift", row.pk) in client.get(address(Throttle, "change", row.pk)).content.decode()) == (
        status == 200
    )


@pytest.mark.promise("LOCK-3")
@pytest.mark.parametrize(
    ("who", "whose", "status"),
    [
        ("agent", "agent", 403),
        ("agent", "reviewer", 403),
        ("reviewer", "agent", 403),
        ("operator", "agent", 302),
        ("operator", "operator", 403),
    ],
)
def test_nobody_lifts_a_pause_of_their_own_and_operators_alone_those_of_staff(request, clock, who, whose, status):
    by, owner = request.getfixturevalue(who), request.getfixturevalue(whose)
    client = signed_in(by)
    pause(owner)
    row = Throttle.objects.get(subject=owner.user.username_hash)

    answer = client.post(address(Throttle, "lift", row.pk), {"reason": "Called back", "code": by.code()})

    assert answer.status_code == status
    assert (
        address(Throttle, "lift", row.pk) in client.get(address(Throttle, "change", row.pk)).content.decode()
    ) is False
    assert (Throttle.objects.get(pk=row.pk).used == 0) == (status == 302)


@pytest.mark.promise("CASE-8")
@pytest.mark.parametrize(("who", "status"), [("agent", 403), ("reviewer", 403), ("operator", 302)])
def test_a_colleague_whom_callers_gave_names_that_nobody_has_works_again(db, request, clock, who, status):
    nina = factories.staff("nina", Role.AGENT)
    desk = signed_in(nina)
    for number in range(limits.LOOK_MISSED.bounds.tries):
        look(desk, f"name{number}")
    row, by = Throttle.objects.get(limit="look-missed"), request.getfixturevalue(who)

    said = {"reason": "A caller made names up", "code": by.code()}
    answer = signed_in(by).post(address(Throttle, "lift", row.pk), said)

    assert answer.status_code == status
    assert look(desk, "another").status_code == (404 if status == 302 else 429)


def test_nobody_lifts_a_pause_of_their_own_as_a_customer(life, agent):
    Employee.objects.filter(users=agent.user).update(customer=life.user.customer)
    row = Throttle.objects.get()

    answer = signed_in(agent).post(address(Throttle, "lift", row.pk), {"reason": "Me", "code": agent.code()})

    assert answer.status_code == 403
    assert Throttle.objects.get(pk=row.pk).used == 5


def test_the_action_itself_refuses_to_lift_ones_own_pause(agent, clock):
    pause(agent)

    with pytest.raises(unlock.NotTheirsToLift):
        unlock.lift_pauses(subject=agent.user.username_hash, reason="Me", by=agent.user, origin=None, now=clock.now)


@pytest.mark.parametrize(
    ("command", "chain"),
    [(["axes_reset"], "system"), (["axes_reset_username", "ADA"], "user"), (["axes_reset_ip", "192.0.2.7"], "system")],
)
def test_what_axes_commands_forget_is_recorded(life, clock, command, chain):
    reserve(buckets.network("192.0.2.7"), now=clock.now)

    run(*command)

    event = SecurityEvent.objects.get(action=Action.PAUSE_LIFTED)
    assert (event.chain.partition(":")[0], event.actor) == (chain, None)
    assert sealed_words.facts(event)["reason"] == "axes_reset"


def test_a_superuser_ends_no_pause_and_closes_no_report(life, operator):
    User.objects.filter(pk=operator.user.pk).update(is_superuser=True)
    report = reports.open_report(user=life.user, kind=ReportKind.NOT_ME, device="Edge", origin=None, now=clocks.now())
    desk = signed_in(operator)

    pages = (address(Throttle, "lift", Throttle.objects.get().pk), address(Report, "close", report.pk))
    assert [desk.get(page).status_code for page in pages] == [403, 403]


def test_a_customer_finds_no_desk(life, mallory):
    row = Throttle.objects.get()

    assert signed_in(mallory).post(address(Throttle, "lift", row.pk), {"reason": "x"}).status_code == 403


@pytest.mark.parametrize("limit", [limits.EMAIL_CODE, limits.CASE_PIN, limits.GRANT_PART, limits.INTAKE_BY_STAFF])
def test_what_bounds_the_guessing_of_codes_and_pins_is_not_lifted(db, agent, clock, limit):
    for _try in range(limit.bounds.tries):
        reserve(limit.of("somebody"), now=clock.now)
    row, client = Throttle.objects.get(), signed_in(agent)

    client.post(address(Throttle, "lift", row.pk), {"reason": "Called back", "code": agent.code()})

    assert address(Throttle, "lift", row.pk) not in client.get(address(Throttle, "change", row.pk)).content.decode()
    assert Throttle.objects.get(pk=row.pk).used == limit.bounds.tries


def test_a_budget_that_is_not_there_is_not_found(agent):
    assert signed_in(agent).get(address(Throttle, "lift", 4711)).status_code == 404


def test_the_pause_of_a_network_is_recorded_on_the_system(db, agent, clock):
    claim = buckets.network("192.0.2.7")
    for _ in range(claim.limit.bounds.tries):
        reserve(claim, now=clock.now)

    unlock.lift_pauses(subject=claim.subject, reason="Office", by=agent.user, origin=None, now=clock.now)

    assert SecurityEvent.objects.get(action=Action.PAUSE_LIFTED).chain == "system"


def test_lifting_leaves_the_count_of_tries_in_a_row(ada, clock):
    for _ in range(5):
        reserve(buckets.code(ada.user.username_hash), now=clock.now)

    unlock.lift_pauses(subject=ada.user.username_hash, reason="Verified", by=None, origin=None, now=clock.now)

    assert Throttle.objects.get().used_in_a_row == 5
    assert reserve(buckets.code(ada.user.username_hash), now=clock.now).tries_left == 4


def test_the_command_lifts_a_pause(life, clock):
    assert run("portal_unlock", " Ada", reason="Verified by phone") == "1 pause ended.\n"

    assert reserve(buckets.password("ada"), now=clock.now).tries_left == 4
    event = SecurityEvent.objects.get(action=Action.PAUSE_LIFTED)
    assert (event.actor, sealed_words.facts(event)["reason"]) == (None, "Verified by phone")


@pytest.mark.parametrize("reason", ["", "  ", "x" * 201, "two\nlines"])
def test_the_command_wants_one_line_of_reason(life, clock, reason):
    with pytest.raises(CommandError, match="--reason must be one line"):
        run("portal_unlock", "ada", reason=reason)

    with pytest.raises(LimitReached):
        reserve(buckets.password("ada"), now=clock.now)


def test_the_command_says_where_there_is_nothing_to_lift(ada):
    with pytest.raises(CommandError, match="No pause is running for ada"):
        run("portal_unlock", "ada", reason="Verified")
