"""What is held about somebody, given out: to themselves after a fresh proof, or by the firm's command (FIRM-5)."""

import io
import json
import stat
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.actions import holds, suspension
from accounts.actions.privacy import export
from accounts.enums import HoldScope, MandateRole, Role
from accounts.models import AccountActivity, Employee, User
from portal.audit.models import SecurityEvent
from portal.outbox.models import Notice
from tests import factories
from tests.conftest import Clock
from tests.factories import Person
from tests.lint_html import problems
from tests.pages import cause_of

pytestmark = pytest.mark.django_db
PAGE = "/profile/data/"


def downloaded(client: Client) -> dict:
    return json.loads(client.post(PAGE, {"file": "json"}).content)


@pytest.mark.promise("FIRM-5")
def test_a_customer_downloads_what_is_held_is_told_and_finds_it_in_the_activity(ada: Person, clock: Clock):
    client = factories.signed_in(ada)
    assert problems(client.get(PAGE).content.decode()) == []

    answer = client.post(PAGE, {"file": "json"})

    data = json.loads(answer.content)
    assert answer["Content-Disposition"] == 'attachment; filename="my-data.json"'
    assert data["tables"]["accounts.User"][0]["email"] == "ada@example.test"
    assert data["tables"]["accounts.Customer"][0]["birth_date"] == "1985-12-10"
    assert data["tables"]["accounts.TradingAccount"][0]["net_value"] == "182340.55"
    assert data["tables"]["accounts.Key"][0]["name"] == "Ada's phone"
    assert SecurityEvent.objects.get(action="data_downloaded").subject == ada.user
    assert Notice.objects.get(kind="data_downloaded").target == "ada@example.test"


def test_the_page_to_read_says_the_same_in_words(ada: Person, clock: Clock):
    answer = factories.signed_in(ada).post(PAGE, {"file": "page"})

    page = answer.content.decode()
    assert answer["Content-Disposition"] == 'attachment; filename="my-data.html"'
    assert ["ada@example.test" in page, "1985-12-10" in page, "182340.55" in page] == [True, True, True]
    assert "<script" not in page


def test_the_page_has_no_names_of_columns_and_one_list_of_what_is_empty(ada: Person, clock: Clock):
    ada.user.customer.application = {"first_bank": "Quayside Bank"}
    ada.user.customer.save()

    page = factories.signed_in(ada).post(PAGE, {"file": "page"}).content.decode()

    assert "First bank: Quayside Bank" in page
    assert "first_bank" not in page.lower()
    assert "<li>You as a member of our staff</li>" in page
    assert "<h2>You as a member of our staff</h2>" not in page


def test_what_somebody_chose_as_a_name_is_text_on_the_page(ada: Person, clock: Clock):
    ada.user.key_set.update(name="<script>alert(1)</script>")

    page = factories.signed_in(ada).post(PAGE, {"file": "page"}).content.decode()

    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_no_secret_is_in_it(ada: Person, clock: Clock):
    factories.phone(ada)
    ada.user.customer.application = {"employer": "Engines Ltd", "welcome_code": "WLC-9911"}
    ada.user.customer.save()
    client = factories.signed_in(ada)
    secrets = [ada.seed, ada.user.password, *(key.secret for key in ada.user.key_set.all())]
    secrets += ["WLC-9911", client.cookies["session"].value, ada.user.username_hash]

    for kind in ("json", "page"):
        text = client.post(PAGE, {"file": kind}).content.decode()
        assert [secret for secret in secrets if secret in text] == []


def test_it_takes_a_fresh_proof(ada: Person, clock: Clock):
    client = factories.signed_in(ada)
    clock.move(minutes=11)

    answer = client.post(PAGE, {"file": "json"})

    assert answer["Location"].startswith("/confirm/")
    assert not SecurityEvent.objects.filter(action="data_downloaded").exists()


def test_so_many_downloads_a_day_and_no_more(ada: Person, clock: Clock):
    client = factories.signed_in(ada)

    codes = [client.post(PAGE, {"file": "json"}).status_code for _time in range(7)]

    assert codes == [200] * 6 + [429]


def test_it_waits_while_contact_details_are_on_hold(ada: Person, clock: Clock, monkeypatch):
    until = clock.now + timedelta(hours=3)

    def held(users, scope, now):
        return dict.fromkeys(users, until) if scope == HoldScope.CONTACT else {}

    monkeypatch.setattr(holds, "_SOURCES", [held])
    client = factories.signed_in(ada)

    assert [cause_of(client.get(PAGE)), cause_of(client.post(PAGE, {"file": "json"}))] == ["D7", "D7"]
    assert not SecurityEvent.objects.filter(action="data_downloaded").exists()


@pytest.mark.parametrize("kind", ["", "xml", "page\0"])
def test_an_unknown_kind_of_file_is_refused(ada: Person, clock: Clock, kind: str):
    assert "Content-Disposition" not in factories.signed_in(ada).post(PAGE, {"file": kind}).headers
    assert not SecurityEvent.objects.filter(action="data_downloaded").exists()


def test_staff_have_no_such_page(clock: Clock, agent: Person):
    assert factories.signed_in(agent).get(PAGE).status_code == 404


def test_an_adviser_gets_nothing_of_their_clients_but_what_they_may_act_on(ada: Person, clock: Clock):
    ben = factories.customer("ben")
    account = ben.user.mandates.get().account
    factories.Mandate.objects.create(user=ada.user, account=account, role=MandateRole.ADVISER, label="Ben's")
    AccountActivity.objects.create(account=account, at=clock.now, kind="order", instrument="BENS-OWN")

    data = downloaded(factories.signed_in(ada))

    assert [row["number"] for row in data["tables"]["accounts.TradingAccount"]] != []
    assert account.number not in [row["number"] for row in data["tables"]["accounts.TradingAccount"]]
    assert "BENS-OWN" not in json.dumps(data)
    assert account.number in [row["account"] for row in data["tables"]["accounts.Mandate"]]


def test_every_username_of_the_person_is_in_it(ada: Person, clock: Clock):
    paper = User.objects.create(username="ada-paper", email="paper@example.test", customer=ada.user.customer)
    employee = Employee.objects.create(name="Ada Byron", email="work@example.test", customer=ada.user.customer)
    User.objects.create(username="ada-works", email="work@example.test", is_staff=True, employee=employee)

    data = downloaded(factories.signed_in(ada))

    assert {row["username"] for row in data["tables"]["accounts.User"]} == {"ada", paper.username, "ada-works"}
    assert data["tables"]["accounts.Employee"][0]["name"] == "Ada Byron"


def test_the_number_of_statements_does_not_grow_with_the_rows(ada: Person, clock: Clock):
    counts, person = [], export.person_of(ada.user)
    for number in (1, 99):
        for _time in range(number):
            AccountActivity.objects.create(account=ada.user.mandates.get().account, at=clock.now, kind="order")
            suspension.suspend(ada.user, reason="Called us", by=None, origin=None, now=clock.now)
            suspension.reinstate(ada.user, reason="Called again", by=None, origin=None, now=clock.now)
        with CaptureQueriesContext(connection) as queries:
            "".join(export.as_json(person, now=clock.now))
        counts.append(len(queries))

    assert counts[0] == counts[1]


@pytest.mark.promise("FIRM-5")
def test_the_firm_writes_the_same_into_files_of_its_own(ada: Person, clock: Clock, tmp_path):
    folder = tmp_path / "ada"
    call_command("portal_export_person", "--username", "ADA", "--output", str(folder), stdout=io.StringIO())

    data = json.loads((folder / "person.json").read_text())
    assert data["tables"]["accounts.User"][0]["username"] == "ada"
    assert "ada@example.test" in (folder / "person.html").read_text()
    assert [stat.S_IMODE(path.stat().st_mode) for path in (folder, *sorted(folder.iterdir()))] == [0o700, 0o600, 0o600]
    assert SecurityEvent.objects.get(action="data_given_out").subject == ada.user


def test_a_folder_that_is_there_is_not_touched_and_nothing_is_recorded(ada: Person, clock: Clock, tmp_path):
    with pytest.raises(CommandError, match="Nothing was written"):
        call_command("portal_export_person", "--username", "ada", "--output", str(tmp_path))

    assert not SecurityEvent.objects.filter(action="data_given_out").exists()


@pytest.mark.parametrize("who", [("--username", "nobody"), ("--number", "C999")])
def test_who_is_not_there_is_said(clock: Clock, who: tuple[str, str], tmp_path, db):
    with pytest.raises(CommandError, match="There is no"):
        call_command("portal_export_person", *who, "--output", str(tmp_path / "x"))


def test_what_is_held_about_staff_is_given_out_too(clock: Clock, tmp_path, db):
    factories.staff("lee", Role.SENIOR)

    call_command("portal_export_person", "--username", "lee", "--output", str(tmp_path / "x"), stdout=io.StringIO())

    assert json.loads((tmp_path / "x" / "person.json").read_text())["tables"]["accounts.Employee"][0]["name"] == "Lee"
