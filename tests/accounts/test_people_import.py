"""Taking in customers: every mistake with its place, all of them or none."""

import csv
import io
import json
import re
from pathlib import Path

import pytest
from argon2 import PasswordHasher, Type
from django.core.management import CommandError, call_command
from django.db import IntegrityError

from accounts.enums import Action, Realm
from accounts.imports import columns, importing, reader, values
from accounts.imports.problems import Problems
from accounts.imports.sources import Files
from accounts.models import Customer, Mandate, TradingAccount, User
from portal.audit.models import SecurityEvent
from tests.house.sources import ROOT, read

pytestmark = pytest.mark.usefixtures("dear_hashes")  # what an imported hash may cost depends on it

ROW = {
    "customer_number": "C1",
    "username": "ada",
    "email": "ada@example.test",
    "given_name": "Ada",
    "family_name": "Winter, née Frost",
    "birth_date": "1985-12-10",
    "address_city": "Bristol",
    "application_employer": 'The "Works"',
    "account_number": "U1",
    "account_net_value": "10.5",
    "realm": "Live",
    "time_zone": "Europe/London",
    "account_currency": "GBP",
}
OWASP = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1).hash(
    "Lantern&Harbour7", salt=b"the same each run"
)


def row(number: int = 1, **changes: str) -> dict[str, str]:
    own = {"customer_number": f"C{number}", "username": f"user{number}", "account_number": f"U{number}"}
    return ROW | own | changes


def as_csv(*rows: dict[str, str]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def as_json(*rows: dict) -> bytes:
    return "".join(json.dumps(item) + "\n" for item in rows).encode()


def bring_in(tmp_path: Path, content: bytes, name: str = "customers.csv", **options: object) -> str:
    path = tmp_path / name
    path.write_bytes(content)
    out = io.StringIO()
    call_command("portal_import_customers", str(path), stdout=out, **options)
    return out.getvalue()


def complaint(tmp_path: Path, content: bytes, name: str = "customers.csv", **options: object) -> str:
    with pytest.raises(CommandError) as refused:
        bring_in(tmp_path, content, name, **options)
    assert not Customer.objects.exists()
    assert not SecurityEvent.objects.exists()
    return str(refused.value)


@pytest.mark.parametrize(("name", "write"), [("a.csv", as_csv), ("a.jsonl", as_json), ("a.ndjson", as_json)])
def test_a_customer_comes_in_whole(db, tmp_path, name, write):
    bring_in(tmp_path, write(ROW) + b"\n", name)

    user = User.objects.by_username("ADA")
    customer, account = user.customer, TradingAccount.objects.get()
    assert (customer.number, customer.family_name, customer.birth_date) == ("C1", "Winter, née Frost", "1985-12-10")
    assert customer.address == {"city": "Bristol"}
    assert customer.application == {"employer": 'The "Works"'}
    assert (user.email, user.realm) == ("ada@example.test", Realm.LIVE)
    assert (account.number, str(account.net_value), account.currency) == ("U1", "10.50", "GBP")
    assert Mandate.objects.get(user=user, account=account).role == "owner"


def test_nobody_can_sign_in_with_an_imported_log_in_that_has_no_password(db, tmp_path):
    bring_in(tmp_path, as_csv(ROW))

    assert not User.objects.get().has_usable_password()


def test_a_password_of_the_former_system_still_opens(db, tmp_path):
    bring_in(tmp_path, as_csv(row(1, password_hash=OWASP), row(2, password_hash=f"argon2{OWASP}")))

    assert [user.check_password("Lantern&Harbour7") for user in User.objects.all()] == [True, True]


def test_a_mark_and_windows_line_ends_do_not_matter(db, tmp_path):
    content = as_csv(ROW)
    assert b"\r\n" in content

    bring_in(tmp_path, b"\xef\xbb\xbf" + content + b"\r\n")

    assert Customer.objects.get().number == "C1"


def test_a_dry_run_says_what_would_happen_and_writes_nothing(db, tmp_path):
    said = bring_in(tmp_path, as_csv(row(1), row(2, account_number="")), dry_run=True)

    assert "Nothing was written" in said
    assert re.findall(r"(\w+) +(\d+) made", said) == [
        ("person", "2"),
        ("login", "2"),
        ("account", "1"),
        ("mandate", "1"),
    ]
    assert not Customer.objects.exists()
    assert not SecurityEvent.objects.exists()


def test_the_first_books_point_at_the_dry_run_and_the_second_do_not(db, tmp_path):
    first = bring_in(tmp_path, as_csv(row(1)))
    second = bring_in(tmp_path, as_csv(row(2)))

    assert "--dry-run" in first
    assert "--dry-run" not in second


def test_one_event_tells_which_books_came_in(db, tmp_path):
    bring_in(tmp_path, as_csv(row(1), row(2)))

    event = SecurityEvent.objects.get(chain="system")

    assert event.action == Action.IMPORTED
    assert event.facts["source"].startswith("sha256:")
    assert event.facts["counts"]["person"] == {"made": 2}


def test_batches_make_no_difference(db, tmp_path, monkeypatch):
    monkeypatch.setattr(importing, "_BATCH", 2)

    bring_in(tmp_path, as_csv(*[row(n) for n in range(5)]))

    assert Mandate.objects.filter(user__username="user4", account__number="U4").exists()
    assert User.objects.count() == 5


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("customer_number", "", "is empty"),
        ("customer_number", "9" * 33, "is 33 characters long, 32 is the most"),
        ("username", "\u200b", "holds no visible character"),
        ("username", "u" * 151, "is 151 characters long, 150 is the most"),
        ("email", "ada", "is not one plain e-mail address"),
        ("email", "x@b..test", "is not one plain e-mail address"),
        ("email", "x@" + "a" * 64 + ".test", "is not one plain e-mail address"),
        ("email", "a,b@example.test", "is not one plain e-mail address"),
        ("email", '"a,b"@example.test', "is not one plain e-mail address"),
        ("email", "Ada <ada@example.test>", "is not one plain e-mail address"),
        ("email", "x<ada@example.test>", "is not one plain e-mail address"),
        ("email", "ü@example.test", "is not one plain e-mail address"),
        ("email", "ada@[192.0.2.1]", "is not one plain e-mail address"),
        ("email", "ada@localhost", "is not one plain e-mail address"),
        ("realm", "moon", "is not one of live, paper"),
        ("given_name", "A\ndа", "holds a line break"),
        ("birth_date", "1985-02-30", "is not a date"),
        ("time_zone", "Mars/Olympus", "is not a time zone"),
        ("account_kind", "piggy bank", "is not one of individual"),
        ("account_currency", "usd", "is not a currency code"),
        ("account_cash", "much", "is not an amount such as"),
        ("account_cash", "1.005", "at most two places"),
        ("account_cash", "NaN", "at most two places"),
        ("account_cash", "1e15", "at most two places"),
        ("password_hash", "hunter2", "is not an argon2id hash"),
        ("password_hash", "$2b$12$" + "a" * 53, "is not an argon2id hash"),
        ("password_hash", OWASP.replace("argon2id", "argon2i"), "is not an argon2id hash"),
        ("password_hash", OWASP.replace("v=19", "v=16"), "is not an argon2id hash"),
        ("password_hash", OWASP.replace("m=19456", "m=19455"), "less than OWASP's cost"),
        ("password_hash", OWASP.replace("t=2", "t=1"), "less than OWASP's cost"),
        ("password_hash", OWASP.replace("m=19456", "m=2000000"), "costs more than this installation's own hashes"),
        ("password_hash", OWASP.replace("m=19456", "m=19457"), "costs more than this installation's own hashes"),
        ("password_hash", OWASP.replace("t=2", "t=3"), "costs more than this installation's own hashes"),
        ("password_hash", OWASP.replace("m=19456,t=2", "m=7168,t=6"), "costs more than this installation's own hashes"),
        ("password_hash", OWASP.replace("p=1", "p=2"), "a parallelism of 1 (p=1)"),
        ("password_hash", OWASP.replace("p=1", "p=1,data=AAAA"), "is not an argon2id hash"),
        ("password_hash", OWASP[:-1] + "!", "is not an argon2id hash"),
        ("password_hash", OWASP + "$AAAA", "is not an argon2id hash"),
    ],
)
def test_a_value_that_does_not_fit_is_told_with_line_and_column(db, tmp_path, column, value, words):
    said = complaint(tmp_path, as_csv(row(1) | {column: row(1).get(column, "")}, row(2) | {column: value}))

    assert f"line 3, {column}: " in said
    assert words in said
    assert "Nothing was imported. 1 mistake:" in said


@pytest.mark.parametrize(("memory", "passes"), values.OWASP_MINIMUM)
def test_every_minimum_of_owasp_is_taken_that_costs_no_more_than_our_own(settings, memory, passes):
    settings.PORTAL_ARGON2_MEMORY_KIB = max(memory, settings.PORTAL_ARGON2_MEMORY_KIB)
    made = PasswordHasher(time_cost=passes, memory_cost=memory, parallelism=1, type=Type.ID).hash("x")

    assert values.password_hash(made) == f"argon2{made}"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "There is nothing in these books."),
        (b"\n\n", "There is nothing in these books."),
        (as_csv(ROW).splitlines()[0] + b"\n", "There is nothing in these books."),
        (b"customer_number;username\n1;a\n", "line 1: has no commas"),
        (b"customer_number,username,username\n", "line 1, username: is there 2 times"),
        (b"customer_number,colour\n", "line 1, colour: is not a column of this format"),
        (b"customer_number,\n", "line 1, (no name): is not a column"),
        (b"customer_number\n1\n", "line 1, username: is missing from the heading"),
        (b"customer_number,username\n1,a\n", "line 2, birth_date: is missing, and this person is new"),
        (as_csv(ROW) + b"a,b\n", "line 3: has 2 values, the heading has 13"),
        (as_csv(ROW) + b'"open,b\n', "cannot be read as CSV"),
        (as_csv(ROW) + b"caf\xe9,b\n", "line 3: is not UTF-8 (byte 4 of the line)"),
        (as_csv(ROW).decode().encode("utf-16"), "line 1: holds a NUL byte"),
        (as_csv(ROW) + b"a" * 70_000, "line 3: is longer than 65536 bytes"),
    ],
)
def test_a_csv_file_with_another_fault_is_refused_in_words(db, tmp_path, content, words):
    assert words in complaint(tmp_path, content)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "There is nothing in these books."),
        (b"[]\n", "line 1: is not a JSON object"),
        (b"{\n", "line 1: is not a JSON object"),
        (b"[" * 60_000, "line 1: is not a JSON object"),
        (b'{"username": "a", "username": "b"}\n', "line 1, username: is there more than once"),
        (as_json(ROW, ROW | {"colour": "red"}), "line 2, colour: is not a column of this format"),
        (as_json(ROW | {"phone": 15550100}), "line 1, phone: must be a text in quotes"),
        (as_json(ROW | {"phone": "1\x002"}), "line 1, phone: holds a line break or another character that is none"),
        (as_json(ROW | {"phone": "1\ud8002"}), "line 1, phone: holds a line break or another character that is none"),
    ],
)
def test_a_json_file_with_a_fault_is_refused_in_words(db, tmp_path, content, words):
    assert words in complaint(tmp_path, content, "customers.jsonl")


def test_all_mistakes_are_told_in_one_go_up_to_a_limit(db, tmp_path):
    content = as_csv(*[row(n, email="", birth_date="") for n in range(1, 6)])

    everything, few = complaint(tmp_path, content), complaint(tmp_path, content, errors=3)

    assert everything.count("is empty") == 10
    assert few.count("is empty") == 3
    assert "this is where --errors stops" in few


def test_a_row_of_many_lines_is_named_by_its_first(db, tmp_path):
    said = complaint(tmp_path, as_csv(row(1), row(2, given_name="A\n\nB"), row(3, email="")))

    assert "line 3, given_name" in said
    assert "line 6, email" in said


def test_books_that_changed_since_the_check_stop_the_import(db, tmp_path, clock):
    path = tmp_path / "a.csv"
    path.write_bytes(as_csv(row(1), row(2, email="")))

    with pytest.raises(importing.ImportRefused, match="line 3, email"):
        importing.import_books(Files.at(path), by=None, now=clock.now)

    assert not Customer.objects.exists()


def test_the_database_itself_refuses_a_second_account_of_a_number(db, tmp_path):
    bring_in(tmp_path, as_csv(row(1)))

    with pytest.raises(IntegrityError):
        TradingAccount.objects.create(number="U1")


def test_a_file_that_is_not_there_or_of_no_known_kind_is_named(db, tmp_path):
    with pytest.raises(CommandError, match="cannot be read: No such file"):
        call_command("portal_import_customers", str(tmp_path / "none.csv"))
    with pytest.raises(CommandError, match="cannot be read: No such file"):
        call_command("portal_import_customers", str(tmp_path / "customers"))
    (tmp_path / "customers").touch()
    with pytest.raises(CommandError, match="say --format csv or --format jsonl"):
        call_command("portal_import_customers", str(tmp_path / "customers"))


@pytest.mark.parametrize("odd", ["account.csv", "people.jsonl"])
@pytest.mark.parametrize("how", [{}, {"dry_run": True}, {"feed": True}])
def test_a_sheet_of_a_folder_that_would_not_be_read_is_named_and_nothing_is_written(db, tmp_path, odd, how):
    (tmp_path / "customers.csv").write_bytes(as_csv(row(1)))
    (tmp_path / "people.csv").write_text("customer_number\n")
    (tmp_path / "notes.txt").touch()
    (tmp_path / odd).touch()

    with pytest.raises(CommandError, match=f"{odd}|people.csv"):
        call_command("portal_import_customers", str(tmp_path), **how)

    assert not Customer.objects.exists()


def test_the_format_can_be_said(db, tmp_path):
    bring_in(tmp_path, as_json(ROW), "customers.txt", format="jsonl")

    assert Customer.objects.exists()


def test_the_reference_lists_the_columns_that_are_read():
    assert columns.markdown() in read(ROOT / "docs" / "reference" / "import-format.md")


def test_reading_holds_no_more_than_the_row_at_hand():
    class Endless(io.BufferedReader):
        served = 0

        def readline(self, size: int = -1) -> bytes:
            self.served += 1
            return as_csv(row(self.served)).splitlines(keepends=True)[min(self.served - 1, 1)]

    file = Endless(io.BytesIO())

    _kind, place, _given = next(iter(reader.rows(file, "csv", Problems(1))))

    assert place.line == 2
    assert file.served == 2
