"""The firm's books are the source: what a record makes, changes and closes (FIRM-2)."""

from pathlib import Path

import pytest
from django.core.management import CommandError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.actions.people import replaced_contacts
from accounts.actions.privacy import erasure
from accounts.enums import ContactKind, MandateRole
from accounts.models import (
    AccountActivity,
    AccountValue,
    Customer,
    Key,
    Mandate,
    PlatformSession,
    ReplacedContact,
    TradingAccount,
    User,
)
from portal.audit import hash_chain
from portal.audit.models import SecurityEvent
from portal.outbox.models import Notice
from tests import factories
from tests.accounts.books_work import (
    ACCOUNT,
    ALL,
    DAY,
    ENTRY,
    LOGIN,
    MANDATE,
    PERSON,
    read,
    sheet,
    take_in,
    without_kind,
)
from tests.accounts.test_people_import import OWASP
from tests.conftest import Clock
from tests.factories import Person
from tests.pages import cause_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.promise("FIRM-2")]


def events(user: User) -> list[str]:
    return list(SecurityEvent.objects.filter(subject=user).order_by("n").values_list("action", flat=True))


def notices() -> list[tuple[str, str]]:
    return sorted((notice.kind, notice.target) for notice in Notice.objects.filter(channel="email"))


@pytest.fixture
def books(tmp_path: Path, clock: Clock) -> Path:
    """A folder, and the first books taken in."""
    read(tmp_path, *ALL)
    Notice.objects.all().delete()
    return tmp_path


def test_one_file_makes_a_person_with_everything(books: Path):
    user = User.objects.get(username="ada")

    assert (user.customer.number, user.email) == ("C1", "ada@example.test")
    assert Mandate.objects.get(user=user).role == MandateRole.OWNER
    entry = AccountActivity.objects.get()
    assert (entry.account.number, entry.kind, entry.own, str(entry.amount)) == ("U1", "order", True, "1210.40")
    assert str(AccountValue.objects.get().net_value) == "182340.55"


def test_a_folder_of_sheets_does_the_same(tmp_path: Path, clock: Clock):
    names = ("people", "logins", "accounts", "mandates", "activity", "values")
    for name, record in zip(names, ALL, strict=True):
        sheet(tmp_path / f"{name}.csv", [without_kind(record)])
    (tmp_path / "notes.txt").write_text("not read")

    take_in(tmp_path)

    assert AccountActivity.objects.get().account.mandates.get().user.username == "ada"


def test_the_same_books_again_change_nothing(books: Path):
    before = [(one.pk, one.action) for one in SecurityEvent.objects.exclude(chain="system")]

    said = read(books, *ALL)

    assert said.count("1 unchanged") == 6
    assert "changed," not in said
    assert [(one.pk, one.action) for one in SecurityEvent.objects.exclude(chain="system")] == before
    assert not Notice.objects.exists()
    for model in (Customer, User, TradingAccount, Mandate, AccountActivity, AccountValue):
        assert model.objects.count() == 1


def test_unchanged_records_write_no_row(books: Path):
    with CaptureQueriesContext(connection) as statements:
        read(books, *ALL, feed=True)

    written = [one["sql"] for one in statements if one["sql"].startswith(("INSERT", "UPDATE"))]
    assert [sql for sql in written if "feedposition" not in sql and "audit_" not in sql] == []


# --- Changes -----------------------------------------------------------------------------------------


def test_a_changed_address_of_mail_is_told_to_both_and_codes_go_to_the_new_one(books: Path, clock: Clock):
    read(books, LOGIN | {"email": "ada@elsewhere.test"})

    user = User.objects.get(username="ada")
    assert user.email == "ada@elsewhere.test"
    assert notices() == [("email_replaced", "ada@elsewhere.test"), ("email_replaced", "ada@example.test")]
    assert events(user)[-1] == "email_replaced"
    assert user.former_addresses(clock.now) == ["ada@example.test"]
    clock.move(days=90)
    assert user.former_addresses(clock.now) == []


def test_every_address_replaced_lately_is_told(books: Path, clock: Clock):
    for number in (1, 2):
        read(books, LOGIN | {"email": f"ada@{number}.test"})

    assert User.objects.get().former_addresses(clock.now) == ["ada@example.test", "ada@1.test"]


def test_accounts_are_grouped_by_client_and_say_as_of_when_they_are(books: Path):
    dated = ACCOUNT | {"account_as_of": "2026-03-01T23:00:00+01:00"}
    read(books, dated, MANDATE | {"label": "Birch Trust", "client": "Birch"})
    said = read(books, dated, MANDATE | {"client": "Birch"})

    mandate = Mandate.objects.select_related("account").get()
    assert (mandate.label, mandate.client) == ("Birch Trust", "Birch")
    assert mandate.account.balances_at.isoformat() == "2026-03-01T22:00:00+00:00"
    assert said.count("1 unchanged") == 2


def test_a_changed_phone_number_is_kept_and_told_by_mail(books: Path):
    read(books, {"record": "person", "customer_number": "C1", "phone": "+15550199"})

    assert Customer.objects.get().phone == "+15550199"
    assert ReplacedContact.objects.get(kind=ContactKind.PHONE).value == "+15550101"
    assert notices() == [("details_updated", "ada@example.test")]


def test_only_what_the_record_says_changes(books: Path, clock: Clock):
    read(books, {"record": "person", "customer_number": "C1", "address_city": "London", "family_name": "Lovelace"})

    customer = Customer.objects.get()
    assert (customer.given_name, customer.family_name) == ("Ada", "Lovelace")
    assert customer.address == {"line1": "12 St James Square", "city": "London"}
    assert customer.address_changed_at == clock.now
    assert SecurityEvent.objects.get(action="details_updated").facts == {"fields": ["address", "family_name"]}


def test_an_empty_value_clears_what_may_be_empty(books: Path):
    read(books, {"record": "person", "customer_number": "C1", "phone": "", "address_line1": ""})

    customer = Customer.objects.get()
    assert (customer.phone, customer.address) == ("", {})


def test_what_nobody_must_hear_of_sends_no_mail(books: Path):
    read(books, {"record": "person", "customer_number": "C1", "language": "es", "application_employer": "Analytical"})

    assert not Notice.objects.exists()
    assert SecurityEvent.objects.filter(action="details_updated").count() == 1


def test_balances_and_labels_follow(books: Path):
    read(books, ACCOUNT | {"account_cash": "99.00"}, MANDATE | {"label": "Savings"}, DAY | {"net_value": "1.00"})

    assert str(TradingAccount.objects.get().cash) == "99.00"
    assert Mandate.objects.get().label == "Savings"
    assert str(AccountValue.objects.get().net_value) == "1.00"


def test_an_entry_is_corrected_under_its_reference(books: Path):
    read(books, ENTRY | {"amount": "12.00"}, ENTRY | {"reference": "T-2"})

    assert {entry.reference: str(entry.amount) for entry in AccountActivity.objects.all()} == {
        "T-1": "12.00",
        "T-2": "1210.40",
    }


def test_a_password_that_is_set_is_never_replaced(books: Path, dear_hashes: None):
    ada = User.objects.get()
    User.objects.filter(pk=ada.pk).update(password=factories.hash_of("Own-Password-1843"))

    said = read(books, LOGIN | {"password_hash": OWASP})

    assert "1 unchanged" in said
    assert User.objects.get().password == factories.hash_of("Own-Password-1843")


def test_several_usernames_accounts_and_advisers(books: Path):
    read(
        books,
        LOGIN | {"username": "ada-paper", "realm": "paper"},
        ACCOUNT | {"account_number": "P1", "account_realm": "paper"},
        MANDATE | {"username": "ada-paper", "account_number": "P1"},
        PERSON | {"customer_number": "C2", "given_name": "Grace"},
        LOGIN | {"username": "grace", "customer_number": "C2"},
        MANDATE | {"username": "grace", "role": "adviser"},
    )

    assert Customer.objects.get(number="C1").users.count() == 2
    assert sorted(Mandate.objects.values_list("user__username", "account__number", "role")) == [
        ("ada", "U1", "owner"),
        ("ada-paper", "P1", "owner"),
        ("grace", "U1", "adviser"),
    ]


def test_access_that_ends_is_in_the_record(books: Path):
    read(books, MANDATE | {"ended": "yes"})

    assert not Mandate.objects.exists()
    event = SecurityEvent.objects.get(action="mandate_ended")
    assert event.facts == {"accounts": [TradingAccount.objects.get().pk]}
    assert "1 unchanged" in read(books, MANDATE | {"ended": "yes"})


# --- Closing -----------------------------------------------------------------------------------------


def test_a_closed_username_looks_like_none_and_everything_of_it_ends(ada: Person, clock: Clock, client, tmp_path):
    browser = factories.signed_in(ada)
    read(tmp_path, {"record": "login", "username": "ada", "closed": "yes"})

    assert browser.get("/").status_code == 302
    assert not PlatformSession.objects.exists()
    assert not Key.objects.filter(confirmed=True).exists()
    assert cause_of(factories.type_password(client, "ada", ada.password)) == "P1"
    assert cause_of(factories.type_password(client, "nobody", ada.password)) == "P1"
    assert events(ada.user)[-2:] == ["keys_ended", "closed"]
    assert notices() == [("username_closed", "ada@example.test")]


def test_opened_again_it_has_no_key(ada: Person, clock: Clock, client, tmp_path):
    read(tmp_path, {"record": "login", "username": "ada", "closed": "yes"})
    read(tmp_path, {"record": "login", "username": "ada", "closed": "no"})

    assert factories.type_password(client, "ada", ada.password)["Location"].startswith("/key/setup/")
    assert events(ada.user)[-1] == "reopened"


def test_a_person_is_closed_and_opened_with_the_usernames_that_were_open(books: Path, clock: Clock):
    read(books, LOGIN | {"username": "old"}, {"record": "login", "username": "old", "closed": "yes"})
    clock.move(days=1)
    read(books, {"record": "person", "customer_number": "C1", "closed": "yes"})
    assert not User.objects.filter(is_active=True).exists()

    read(books, {"record": "person", "customer_number": "C1", "closed": "no"})

    assert [user.username for user in User.objects.filter(is_active=True)] == ["ada"]
    assert Customer.objects.get().closed_at is None


def test_a_new_username_of_a_closed_person_is_closed(books: Path, clock: Clock):
    read(books, PERSON | {"closed": "yes"}, LOGIN | {"username": "late"})

    assert not User.objects.get(username="late").is_active


def test_who_was_erased_does_not_come_back_with_books_that_close_them(books: Path, clock: Clock):
    closing = [PERSON | {"closed": "yes"}, LOGIN, ACCOUNT | {"closed": "yes"}, MANDATE, ENTRY, DAY]
    read(books, *closing)
    erasure.erase(erasure.of_customer(Customer.objects.get()), now=clock.now)

    for feed in (False, True):
        said = read(books, *closing, {"record": "person", "customer_number": "C9", "closed": "yes"}, feed=feed)
        assert "made" not in said

    assert (Customer.objects.count(), User.objects.count(), TradingAccount.objects.count()) == (1, 1, 0)


def test_who_was_erased_comes_back_where_the_books_do_not_close_them(books: Path, clock: Clock):
    short = {"record": "person", "customer_number": "C1", "closed": "yes"}
    read(books, short)
    erasure.erase(erasure.of_customer(Customer.objects.get()), now=clock.now)

    read(books, short, *ALL)

    assert User.objects.get(username="ada").customer.given_name == "Ada"
    assert Mandate.objects.count() == 1


def test_details_change_of_a_person_without_an_open_username(books: Path, clock: Clock):
    read(books, PERSON | {"customer_number": "C2"}, {"record": "person", "customer_number": "C1", "closed": "yes"})
    told = Notice.objects.count()

    read(books, *({"record": "person", "customer_number": number, "phone": "+442079460777"} for number in ("C1", "C2")))

    assert [person.phone for person in Customer.objects.all()] == ["+442079460777"] * 2
    assert Notice.objects.count() == told


def test_a_closed_account_keeps_its_date_and_is_in_the_record(books: Path, clock: Clock):
    read(books, ACCOUNT | {"closed": "yes"})

    assert TradingAccount.objects.get().closed_at == clock.now
    assert events(User.objects.get())[-1] == "account_closed"
    read(books, ACCOUNT | {"closed": "no"})
    assert events(User.objects.get())[-1] == "account_reopened"
    assert not list(hash_chain.faults())


# --- Mistakes ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("record", "words"),
    [
        ({"record": "king"}, "line 1, record: is not one of"),
        ({"record": "person"}, "line 1, customer_number: is missing"),
        ({"record": "person", "customer_number": "C9"}, "birth_date: is missing, and this person is new"),
        (LOGIN | {"username": "new", "customer_number": "C9"}, "customer_number: there is no person 'C9'"),
        (LOGIN | {"customer_number": "C9"}, "customer_number: is another person than this username has"),
        (LOGIN | {"realm": "paper"}, "realm: cannot change: it is live"),
        (LOGIN | {"email": ""}, "email: is empty"),
        (ACCOUNT | {"account_realm": "paper"}, "account_realm: cannot change: it is live"),
        (MANDATE | {"username": "ghost"}, "username: 'ghost' is no customer's"),
        (MANDATE | {"account_number": "U9"}, "account_number: 'U9' is no account"),
        (MANDATE | {"role": "king"}, "role: is not one of owner, adviser"),
        (ENTRY | {"account_number": "U9"}, "account_number: 'U9' is no account"),
        ({"record": "activity", "account_number": "U1", "reference": "N"}, "at: is missing, and this activity is new"),
        (ENTRY | {"at": "2026-03-01T10:00:00"}, "at: has no zone"),
        (ENTRY | {"reference": "T\u202e1"}, "reference: holds a character that does not show"),
        (ENTRY | {"quantity": "1.00005"}, "quantity: is not a quantity with at most four places"),
        (DAY | {"day": "today"}, "day: is not a date"),
        (PERSON | {"question": "x"}, "question: is not a column of this format"),
        (PERSON | {"closed": "nah"}, "closed: is not one of yes, no"),
        (PERSON | {"given_name": "\u200b"}, "given_name: shows nothing"),
        (PERSON | {"given_name": "A\u202eda"}, "given_name: "),
    ],
)
def test_a_mistake_is_told_with_line_and_column_and_nothing_is_written(books: Path, record: dict[str, str], words: str):
    before = SecurityEvent.objects.count()

    with pytest.raises(CommandError) as refused:
        read(books, record, PERSON | {"customer_number": "C5"})

    assert words in str(refused.value)
    assert SecurityEvent.objects.count() == before
    assert not Customer.objects.filter(number="C5").exists()


@pytest.mark.parametrize("twin", ["аdа", "\u0430\u0501\u0430"], ids=["mixed scripts", "all Cyrillic"])
def test_a_username_that_reads_like_another_is_refused(books: Path, twin: str):
    with pytest.raises(CommandError, match=r"line 1, username: (mixes|reads like)"):
        read(books, LOGIN | {"username": twin})


def test_a_twin_of_a_name_in_the_same_books_is_refused_too(tmp_path: Path, clock: Clock):
    with pytest.raises(CommandError, match="line 3, username: reads like 'ada'"):
        read(tmp_path, PERSON, LOGIN, LOGIN | {"username": "\u0430\u0501\u0430"})


def test_a_name_in_two_scripts_is_pointed_out_and_taken(books: Path):
    said = read(books, PERSON | {"given_name": "А\u0434a"})

    assert "line 1, given_name: mixes the scripts Cyrillic and Latin" in said
    assert Customer.objects.get().given_name == "А\u0434a"


def test_staff_never_come_in_with_the_books(books: Path, operator: Person):
    with pytest.raises(CommandError, match="username: 'root' is taken"):
        read(books, LOGIN | {"username": "root", "email": "mallory@example.test"})


def test_a_dry_run_names_what_would_change_without_a_value(books: Path):
    said = read(books, LOGIN | {"email": "secret@elsewhere.test"}, PERSON | {"closed": "yes"}, dry_run=True, list=True)

    assert "login ada: changed (email)" in said
    assert "person C1: closed" in said
    assert "secret" not in said
    assert User.objects.get().email == "ada@example.test"


def test_a_dry_run_knows_what_the_same_books_would_make(tmp_path: Path, clock: Clock):
    assert read(tmp_path, *ALL, *ALL, dry_run=True).count("1 made") == 6


def test_the_database_refuses_a_second_entry_of_a_reference(books: Path):
    entry = AccountActivity.objects.get()

    with pytest.raises(IntegrityError), transaction.atomic():
        AccountActivity.objects.create(account=entry.account, reference="T-1", at=entry.at, kind="order")


def test_a_phone_number_that_was_empty_is_not_remembered(ada: Person, clock: Clock):
    with transaction.atomic():
        replaced_contacts.remember_phone(ada.user.customer, "", now=clock.now)

    assert not ReplacedContact.objects.exists()
