"""What staff see and may do: lists to read, one button, commands that explain."""

import pytest
from django.contrib.admin import site
from django.core.management import CommandError, get_commands
from django.db import transaction

from accounts import notice_kinds
from accounts.enums import Action
from accounts.models import Customer, Key, PlatformSession, User
from accounts.policies import masks
from portal.audit.models import SecurityEvent
from portal.audit.record import record
from portal.outbox.models import Notice
from portal.throttle.models import Throttle
from portal.throttle.reserve import reserve
from tests import buckets, notices
from tests.accounts.desk_work import address, pause, run
from tests.factories import signed_in

TABLES = (Customer, User, Throttle, SecurityEvent, Notice, PlatformSession)


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


def test_the_status_of_somebody_whom_nothing_stops(ada):
    said = run("portal_status", "ADA")

    assert said.endswith("  - Yes: nothing stops them. They have not signed in yet.\n")
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

    said = run("portal_status", user.username).partition("(Times in UTC.)")[2]

    assert [line.partition(".")[0] for line in said.split("\n  - ")[1:]] == [
        "No: the username is closed",
        "No: sign-in was stopped to protect the account, 12:00 today",
        "No: no password was ever set",
        "No: too many wrong codes in a row",
        "No: paused until 12:15 after 5 wrong passwords from a new device",
        "No: no Key is set up",
    ]


def test_the_status_of_staff_names_the_role_and_no_obstacle(agent, clock):
    said = run("portal_status", "dana")

    assert "staff: agent" in said
    assert "  - Yes: nothing stops them." in said


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
