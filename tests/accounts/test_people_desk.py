"""What staff see and may do: lists to read, one button, commands that explain."""

import io
import re

import pytest
from django.contrib.admin import site
from django.core.management import CommandError, call_command, get_commands
from django.db import transaction
from django.urls import reverse

from accounts import notice_kinds
from accounts.actions.sign_in import sign_in_diagnosis, unlock
from accounts.enums import Action
from accounts.models import Customer, Employee, Key, PlatformSession, User
from accounts.policies import masks
from portal.audit import sealed_words
from portal.audit.models import SecurityEvent
from portal.audit.record import record
from portal.outbox.models import Notice
from portal.throttle import limits
from portal.throttle.models import Throttle
from portal.throttle.reserve import LimitReached, reserve
from tests import buckets, notices
from tests.factories import signed_in
from tests.lint_html import problems
from tests.pages import levels

TABLES = (Customer, User, Throttle, SecurityEvent, Notice, PlatformSession)


def pause(person, *, tries: int = 5) -> None:
    from portal.lib import clock

    for _ in range(tries):
        reserve(buckets.password(person.user.username), now=clock.now())


def run(command: str, *args: str, **options: object) -> str:
    out = io.StringIO()
    call_command(command, *args, stdout=out, **options)
    return out.getvalue()


def address(model, page: str = "changelist", *args: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


@pytest.fixture
def life(ada, clock):
    """Ada has been paused, told and recorded."""
    pause(ada)
    with transaction.atomic():
        record(Action.PAUSED, by=None, on=ada.user, now=clock.now)
        notices.email(ada.user, notice_kinds.EMAILED_CODE, now=clock.now, code="918273")
    return ada


@pytest.mark.parametrize("model", TABLES, ids=lambda model: model.__name__)
def test_nobody_adds_changes_or_deletes_on_the_desk(rf, auditor, model):
    request = rf.get("/")
    request.user = auditor.user
    page = site._registry[model]

    assert page.has_view_permission(request)
    assert not page.has_add_permission(request)
    assert not page.has_change_permission(request)
    assert not page.has_delete_permission(request)


@pytest.mark.parametrize("model", TABLES, ids=lambda model: model.__name__)
def test_a_page_shows_no_personal_text_and_no_secret(life, auditor, model):
    client = signed_in(auditor)
    user = life.user
    kept = [
        user.email,
        user.password,
        user.password_history_salt,
        life.seed,
        "918273",
        "Byron",
        "1985-12-10",
        user.username_hash,
    ]
    row = model.objects.first()

    for page in (address(model), address(model, "change", row.pk)):
        text = client.get(page).content.decode()
        assert client.get(page).status_code == 200
        assert [secret for secret in kept if secret in text] == []


def test_a_masked_name_is_shown_so_that_two_can_be_told_apart(life, auditor):
    page = signed_in(auditor).get(address(Customer)).content.decode()

    assert "A••• B•••" in page
    assert (masks.email("ada@example.test"), masks.email("ada"), masks.name("")) == ("a•••@example.test", "a•••", "")


def test_saving_a_log_in_is_refused(life, agent):
    answer = signed_in(agent).post(address(User, "change", life.user.pk), {"is_staff": "on"})

    assert (answer.status_code, answer.context["cause"].code) == (403, "X6")
    assert not User.objects.get(pk=life.user.pk).is_staff


@pytest.mark.parametrize(("who", "status"), [("agent", 403), ("reviewer", 403), ("auditor", 200), ("operator", 403)])
@pytest.mark.parametrize("model", [Customer, Key], ids=lambda model: model.__name__)
def test_only_who_checks_the_record_has_a_list_of_customers(request, life, model, who, status):
    client = signed_in(request.getfixturevalue(who))

    assert client.get(address(model)).status_code == status


@pytest.mark.parametrize(("who", "status"), [("agent", 403), ("reviewer", 403), ("auditor", 200), ("operator", 200)])
@pytest.mark.parametrize("model", [SecurityEvent, Notice], ids=lambda model: model.__name__)
def test_who_works_on_cases_does_not_read_whose_they_are(request, life, model, who, status):
    client = signed_in(request.getfixturevalue(who))

    pages = [address(model), address(model, "change", model.objects.first().pk)]

    assert [client.get(page).status_code for page in pages] == [status] * 2


def test_the_stock_history_is_gone(life, auditor):
    page = address(User, "change", life.user.pk)

    assert signed_in(auditor).get(address(User, "history", life.user.pk)).status_code == 404
    assert address(User, "history", life.user.pk) not in signed_in(auditor).get(page).content.decode()


def test_axes_own_tables_are_not_on_the_desk():
    assert [model for model in site._registry if model._meta.app_label == "axes"] == []


@pytest.mark.parametrize("model", [SecurityEvent, Notice, Throttle, User], ids=lambda model: model.__name__)
def test_a_longer_list_takes_no_more_statements(
    ada, mallory, ben, auditor, clock, django_assert_num_queries, django_assert_max_num_queries, model
):
    client = signed_in(auditor)
    people = [ada, mallory, ben]

    def add(person) -> None:
        pause(person)
        with transaction.atomic():
            record(Action.PAUSED, by=auditor.user, on=person.user, now=clock.now)
            notices.email(person.user, now=clock.now)

    add(people[0])
    with django_assert_max_num_queries(20) as once:
        client.get(address(model))
    for person in people[1:]:
        add(person)
    with django_assert_num_queries(len(once)):
        client.get(address(model))


def whose(page) -> list[str]:
    return re.findall(r'class="field-whose">.*?>([^<]+)</a>', page.content.decode())


def test_a_pause_is_found_by_the_name_that_was_typed(life, mallory, agent):
    pause(mallory)

    assert whose(signed_in(agent).get(address(Throttle), {"q": " ADA "})) == ["ada"]
    assert whose(signed_in(agent).get(address(Throttle), {"q": "ad"})) == []


def test_pauses_that_run_are_shown_and_operators_may_ask_for_the_rest(life, mallory, agent, operator, clock):
    pause(mallory, tries=1)
    one_try = Throttle.objects.get(used=1)
    network = buckets.network("192.0.2.7")
    for _ in range(network.limit.bounds.tries):
        reserve(network, now=clock.now)
    answering, running = signed_in(agent), signed_in(operator)

    for client in (answering, running):
        assert [name.partition(" (")[0] for name in whose(client.get(address(Throttle)))] == ["A network", "ada"]
    assert "mallory" in whose(running.get(address(Throttle), {"show": "all"}))
    assert answering.get(address(Throttle), {"show": "all"})["Location"].endswith("?e=1")
    assert answering.get(address(Throttle, "change", one_try.pk)).status_code == 302
    assert running.get(address(Throttle, "change", one_try.pk)).status_code == 200


@pytest.mark.promise("LOCK-3")
def test_support_lifts_a_pause_with_a_reason_and_leaves_a_record(life, agent):
    row, client = Throttle.objects.get(), signed_in(agent)
    assert address(Throttle, "lift", row.pk) in client.get(address(Throttle, "change", row.pk)).content.decode()
    asked = client.get(address(Throttle, "lift", row.pk))
    assert problems(asked.content.decode()) == []

    said = {"reason": "Called back on file number", "code": agent.code()}
    answer = client.post(address(Throttle, "lift", row.pk), said, follow=True)

    assert levels(answer) == ["success"]
    assert Throttle.objects.get().used == 0
    event = SecurityEvent.objects.get(action=Action.PAUSE_LIFTED)
    assert (event.actor, event.subject) == (agent.user, life.user)
    assert sealed_words.facts(event) == {"pauses": 1, "reason": "Called back on file number"}


def test_asking_is_not_doing_and_a_reason_is_needed(life, agent):
    row, client = Throttle.objects.get(), signed_in(agent)

    client.get(address(Throttle, "lift", row.pk))
    for said in ({"reason": " ", "code": agent.code()}, {"reason": "Called", "code": "000000"}):
        answer = client.post(address(Throttle, "lift", row.pk), said)
        assert answer.context["form"].errors
    assert Throttle.objects.get(limit="password").used == 5


def test_a_pause_that_is_over_is_told_and_leaves_no_record(life, agent, clock):
    row, client = Throttle.objects.get(), signed_in(agent)
    Throttle.objects.update(used=0)

    said = {"reason": "Called back", "code": agent.code()}
    answer = client.post(address(Throttle, "lift", row.pk), said, follow=True)

    assert levels(answer) == ["warning"]
    assert not SecurityEvent.objects.filter(action__in=(Action.PAUSE_LIFTED, Action.CODE_USED)).exists()


@pytest.mark.parametrize(("who", "status"), [("agent", 200), ("reviewer", 200), ("operator", 200), ("auditor", 403)])
def test_who_checks_the_record_lifts_nothing(request, life, who, status):
    client, row = signed_in(request.getfixturevalue(who)), Throttle.objects.get()

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


def test_the_status_of_somebody_whom_nothing_stops(ada):
    said = run("portal_status", "ADA")

    assert "Nothing prevents" in said
    assert "a•••@example.test" in said
    assert not [secret for secret in (ada.user.email, ada.seed, ada.user.password) if secret in said]


def test_the_status_names_all_that_stands_in_the_way(ada_on_paper, clock):
    user = ada_on_paper.user
    pause(ada_on_paper)
    for _ in range(2):
        reserve(buckets.code(user.username_hash), now=clock.now)
    Throttle.objects.filter(limit="code").update(used_in_a_row=100, used=0)
    Key.objects.all().delete()
    User.objects.update(is_active=False, suspended_at=clock.now, password="!")

    said = run("portal_status", user.username).partition("Why this user cannot sign in:")[2]

    assert said.split("\n  - ")[1:] == [
        "No password is set yet. A welcome letter leads to the first one: none.",
        "Password: paused until 07:15 (New York time) after 5 wrong tries.",
        "Key code: 100 wrong tries in a row. Only recovery is possible now.",
        "The user is closed.",
        "Stopped to protect the account since 2026-03-02 12:00 UTC.",
        "This is a paper trading user, who can only sign in to paper trading.",
        "No Key is set up.\n",
    ]


def test_the_status_of_staff_names_the_role_and_no_obstacle(agent, clock):
    assert "staff: agent" in run("portal_status", "dana")
    assert sign_in_diagnosis.of(agent.user, now=clock.now) == []


def test_the_status_of_nobody_is_refused_in_words(db):
    with pytest.raises(CommandError, match="There is no user 'nobody'"):
        run("portal_status", "nobody")


def test_axes_own_command_lists_the_budgets(life, mallory, clock):
    pause(mallory, tries=2)
    reserve(buckets.password("nobody"), now=clock.now)

    listed = run("axes_list_attempts").splitlines()

    assert get_commands()["axes_list_attempts"] == "accounts"
    assert "password\tada\t5/5\tuntil 2026-03-02 12:15:00 UTC" in listed
    assert "password\tmallory\t2/5\t" in listed
    assert len(listed) == 3
