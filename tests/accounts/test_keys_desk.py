"""Keys, phones, requests and reports at the desk: what staff read, and the one button they have."""

import io
from datetime import timedelta

import pytest
from django.contrib.admin import site
from django.core.management import CommandError, call_command
from django.urls import reverse

from accounts.actions import reports
from accounts.enums import ReportKind, Role
from accounts.models import Key, Passkey, Phone, PushChallenge, Report
from tests import factories
from tests.conftest import Clock
from tests.factories import Person, signed_in
from tests.lint_html import problems
from tests.pages import levels, marks

pytestmark = pytest.mark.django_db
TABLES = (Key, Phone, Passkey, PushChallenge, Report)
SECRETS = {"number_digest": "n" * 64, "public_key": "P" * 86, "credential_id": "C" * 40, "address": "203.0.113.7"}


@pytest.fixture
def life(ada: Person, mallory: Person, clock: Clock) -> Person:
    """Ada has a row in every table."""
    for person in (mallory, ada):
        phone = factories.phone(person, name=f"{person.user.username}'s Pixel")
        phone.subscription = {"endpoint": "https://push.example/secret", "p256dh": "x", "auth": "y"}
        phone.save()
        name = {"name": "Yubi", "public_key": SECRETS["public_key"]}
        credential = f"{SECRETS['credential_id']}{person.user.pk}"
        Passkey.objects.create(user=person.user, credential_id=credential, created_at=clock.now, **name)
        PushChallenge.objects.create(
            user=person.user,
            number_digest=SECRETS["number_digest"],
            device="Chrome on Windows",
            address=SECRETS["address"],
            is_new_browser=True,
            session_version=0,
            created_at=clock.now,
            expires_at=clock.now + timedelta(minutes=2),
        )
        opened(person, clock)
    return ada


def opened(person: Person, clock: Clock) -> Report:
    return reports.open_report(user=person.user, kind=ReportKind.NOT_ME, device="Edge", origin=None, now=clock.now)


def address(model: type, page: str = "changelist", *args: object) -> str:
    return reverse(f"admin:accounts_{model._meta.model_name}_{page}", args=args)


def run(command: str, *args: str, **options: object) -> str:
    out = io.StringIO()
    call_command(command, *args, stdout=out, **options)
    return out.getvalue()


@pytest.mark.parametrize("model", TABLES, ids=lambda model: model.__name__)
def test_a_page_shows_no_secret_and_changes_nothing(life: Person, auditor: Person, model: type, rf: object) -> None:
    client, row = signed_in(auditor), model.objects.last()
    request = rf.get("/")
    request.user = auditor.user
    seeds = [key.secret for key in Key.objects.all()]

    for page in (address(model), address(model, "change", row.pk), f"{address(model)}?q=ada"):
        answer = client.get(page)
        assert answer.status_code == 200
        assert [word for word in [*SECRETS.values(), *seeds, "push.example"] if word in answer.content.decode()] == []
    desk = site._registry[model]
    assert not desk.has_add_permission(request)
    assert not desk.has_change_permission(request)
    assert not desk.has_delete_permission(request)


@pytest.mark.parametrize("model", TABLES, ids=lambda model: model.__name__)
def test_a_row_is_found_by_the_username(life: Person, auditor: Person, model: type) -> None:
    page = signed_in(auditor).get(address(model), {"q": "ada"}).content.decode()

    assert page.count('class="action-checkbox"') == 0
    assert "mallory" not in page


@pytest.mark.parametrize(
    ("who", "seen"),
    [("agent", (Report,)), ("reviewer", (Report,)), ("auditor", TABLES), ("operator", (PushChallenge,))],
)
def test_each_role_reads_what_its_work_needs(
    request: pytest.FixtureRequest, life: Person, who: str, seen: tuple[type, ...]
) -> None:
    client = signed_in(request.getfixturevalue(who))

    assert [model for model in TABLES if client.get(address(model)).status_code == 200] == list(seen)


@pytest.mark.parametrize("model", TABLES, ids=lambda model: model.__name__)
def test_a_longer_list_takes_no_more_statements(
    life: Person,
    auditor: Person,
    clock: Clock,
    model: type,
    django_assert_num_queries: object,
    django_assert_max_num_queries: object,
) -> None:
    client = signed_in(auditor)
    with django_assert_max_num_queries(20) as once:
        client.get(address(model))
    more = [factories.customer(f"more{number}") for number in range(3)]
    for person in more:
        factories.phone(person)
        opened(person, clock)

    with django_assert_num_queries(len(once)):
        client.get(address(model))


@pytest.mark.promise("LOCK-4")
def test_support_closes_a_report_and_the_customer_reads_what_came_of_it(life: Person, agent: Person) -> None:
    client, report = signed_in(agent), Report.objects.get(user=life.user)
    assert address(Report, "close", report.pk) in client.get(address(Report, "change", report.pk)).content.decode()
    asked = client.get(address(Report, "close", report.pk))
    assert problems(asked.content.decode()) == []
    assert marks(signed_in(life).get("/security/"), "report") == ["open"]

    page = client.post(address(Report, "close", report.pk), {"outcome": "mistake"}, follow=True)

    assert levels(page) == ["success"]
    assert address(Report, "close", report.pk) not in page.content.decode()
    mine = signed_in(life).get("/security/").content.decode()
    assert report.reference in mine
    assert marks(mine, "report") == ["mistake"]


def test_open_reports_come_first_the_oldest_on_top(life: Person, agent: Person, clock: Clock) -> None:
    first = Report.objects.earliest("pk")
    reports.close_report(report=first, outcome="mistake", by=agent.user, origin=None, now=clock.now)
    clock.move(minutes=1)
    newest = opened(life, clock)

    page = signed_in(agent).get(address(Report)).content.decode()

    order = sorted(Report.objects.all(), key=lambda report: page.index(report.reference))
    assert order[1:] == [newest, first]


@pytest.mark.parametrize("outcome", ["", "nonsense"])
def test_an_outcome_is_one_of_the_list(life: Person, agent: Person, outcome: str) -> None:
    client, report = signed_in(agent), Report.objects.get(user=life.user)

    client.get(address(Report, "close", report.pk))
    client.post(address(Report, "close", report.pk), {"outcome": outcome})

    assert Report.objects.get(pk=report.pk).closed_at is None


def test_a_report_that_was_closed_meanwhile_stays_as_it_is(life: Person, agent: Person, reviewer: Person) -> None:
    report = Report.objects.get(user=life.user)
    signed_in(reviewer).post(address(Report, "close", report.pk), {"outcome": "protected"})

    page = signed_in(agent).post(address(Report, "close", report.pk), {"outcome": "mistake"}, follow=True)

    assert levels(page) == ["warning"]
    assert Report.objects.get(pk=report.pk).outcome == "protected"


@pytest.mark.parametrize(("role", "status"), [(Role.AUDITOR, 403), (Role.OPERATOR, 403), (Role.SENIOR, 302)])
def test_who_may_close_a_report(life: Person, role: Role, status: int) -> None:
    report, somebody = Report.objects.get(user=life.user), factories.staff("somebody", role)

    answer = signed_in(somebody).post(address(Report, "close", report.pk), {"outcome": "mistake"})

    assert answer.status_code == status
    assert signed_in(life).post(address(Report, "close", report.pk), {"outcome": "mistake"}).status_code in {302, 403}
    assert signed_in(somebody).get(address(Report, "close", 4711)).status_code == 404


def test_the_status_tells_of_keys_phones_and_requests(life: Person) -> None:
    said = run("portal_status", "ada")

    key = Key.objects.get(user=life.user, phone__isnull=False)
    assert f"number {key.pk}, ada's Pixel (last used never, app 1.0" in said
    assert "notifications on" in said
    assert "last request   Waiting for an answer" in said
    assert "backup codes   0 left" in said
    assert "push.example" not in said


def test_a_key_is_turned_off_by_command(life: Person) -> None:
    key = Key.objects.get(user=life.user, phone=None)

    assert run("portal_revoke_key", "ada", str(key.pk)) == "1 Key turned off. Owners notified.\n"
    with pytest.raises(CommandError, match="already off: it was turned off"):
        run("portal_revoke_key", "ada", str(key.pk))


def test_a_lost_phone_is_ended_by_command(life: Person, mallory: Person) -> None:
    phone = factories.phone(life, mallory, name="Shared")
    key = Key.objects.get(user=life.user, phone=phone)

    assert run("portal_revoke_key", "ada", str(key.pk), lost=True) == "2 Keys turned off. Owners notified.\n"
    assert Phone.objects.get(pk=phone.pk).end_reason == "lost"


@pytest.mark.parametrize("name", ["mallory", "nobody"])
def test_a_key_of_somebody_else_is_not_turned_off(life: Person, name: str) -> None:
    key = Key.objects.get(user=life.user, phone=None)

    with pytest.raises(CommandError, match="has no Key with the number"):
        run("portal_revoke_key", name, str(key.pk))
    assert Key.objects.get(pk=key.pk).confirmed
