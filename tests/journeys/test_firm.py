"""A firm's first day and after: from an empty database to customers who get in, by documented commands only."""

import csv
import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from django.utils import timezone
from playwright.sync_api import Browser, expect

from tests.firm import desk, recovering
from tests.firm.books import ADVISED, PEOPLE, Books, Someone
from tests.firm.installation import Installation, installed
from tests.firm.visitors import Open, Visitor, browsers
from tests.phone import Phone

pytestmark = [pytest.mark.browser, pytest.mark.installation]
STAFF = {"dana": "agent", "lee": "senior", "kim": "senior", "amos": "auditor"}


@pytest.fixture
def portal(chromium: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Installation]:
    """A new installation, and phones of this test that trust its certificate and tell its time."""
    folder = tmp_path / "portal"
    folder.mkdir()
    monkeypatch.setenv("SSL_CERT_FILE", str(folder / "127.0.0.1.pem"))
    with installed(folder) as made:
        monkeypatch.setattr(timezone, "now", made.clock.now)
        yield made
    assert made.complaints() == []


@pytest.fixture
def open_browser(chromium: Browser, portal: Installation) -> Iterator[Open]:
    with browsers(chromium, portal) as fresh:
        yield fresh


@pytest.fixture
def books(portal: Installation) -> Books:
    earlier = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
    return Books(portal.clock.now(), earlier_hash=earlier.hash("forgotten-Long-Ago-7"))


def hire(portal: Installation, open_browser: Open) -> dict[str, Visitor]:
    """The first operator comes in by a command, and invites the others: two at the desk, two by command."""
    person = ["--name", "Olive Park", "--email", "olive@firm.test", "--phone", "+15550188"]
    address, (told, mailed) = desk.printed(portal.manage("portal_staff", "add", "olive", *person))
    olive = Visitor(portal, open_browser(), "olive", "olive@firm.test")
    olive.accept_invitation(address, told, mailed)
    olive.sign_in()
    staff = {"olive": olive}
    for place, (name, role) in enumerate(STAFF.items()):
        if place % 2 == 0:
            address, told = desk.invite(olive, name, role)
        else:
            invited = ["invite", name, "--name", name.title(), "--email", f"{name}@firm.test", "--role", role]
            address, (told,) = desk.printed(portal.manage("portal_staff", *invited))
            desk.confirm_role(olive, name)
        staff[name] = Visitor(portal, open_browser(), name, f"{name}@firm.test")
        staff[name].accept_invitation(address, told)
    listed = portal.manage("portal_staff", "list").splitlines()
    assert {line.split()[0]: line.split()[1] for line in listed} == {"olive": "operator"} | STAFF
    assert "no Key yet" not in "".join(listed)
    return staff


def take_in(portal: Installation, books: Books) -> None:
    """Compare first, then feed; fed again, nothing changes."""
    sheets = str(books.write(portal.folder / "books"))
    portal.manage("portal_import_customers", sheets, "--dry-run")
    assert f"{PEOPLE:,} made" in portal.manage("portal_import_customers", sheets, "--feed")
    again = portal.manage("portal_import_customers", sheets, "--feed")
    assert f"{PEOPLE:,} unchanged" in again
    assert "made" not in again
    shutil.rmtree(sheets)


def print_letters(portal: Installation, books: Books) -> dict[str, str]:
    """Print a letter for everybody who has no password; return the codes by username."""
    folder = portal.folder / "letters"
    portal.manage("portal_welcome_letters", str(folder), "--dry-run")
    portal.manage("portal_welcome_letters", str(folder))
    with (folder / "letters.csv").open(encoding="utf-8", newline="") as file:
        codes = {row["username"]: row["code"] for row in csv.DictReader(file)}
    assert set(codes) == {login["username"] for login in books.logins if not login["password_hash"]}
    assert (folder / "letters.html").stat().st_size > 1_000 * len(codes)
    shutil.rmtree(folder)
    return codes


def walk_in(
    portal: Installation, open_browser: Open, someone: Someone, codes: dict[str, str], phone: Phone | None = None
) -> Visitor:
    """Somebody comes with a letter, up to the start page; ``phone``: one with a Key of another username of theirs."""
    who = Visitor.of(someone, portal, open_browser())
    who.phone = phone or who.phone
    who.use_letter(codes[someone.username], someone)
    who.sign_in()
    return who


def recover(portal: Installation, open_browser: Open, someone: Someone, staff: dict[str, Visitor]) -> None:
    """Somebody has forgotten everything, calls, is asked, waits, and is back."""
    who, agent = Visitor.of(someone, portal, open_browser()), staff["dana"]
    reference, pin, phrase = recovering.ask_for_help(who)
    agent.sign_in()
    assert desk.take_call(agent, reference, pin) == phrase
    desk.ask_all(agent, someone)
    recovering.prove_mailbox(who)
    seniors = [staff["lee"], staff["kim"]]
    for senior in seniors:
        senior.sign_in()
    (checker,) = [senior for senior in seniors if desk.has_case(senior)]
    desk.approve(checker)
    portal.mail.take(who.email, "case_approved")
    who.wait_until_told()
    recovering.has_to_wait(who)
    portal.clock.move(hours=24)
    portal.mail.take(who.email, "case_ready")
    recovering.set_up(who, reference, pin)
    who.sign_in()
    recovering.is_held(who)


def follow(portal: Installation, books: Books, newcomer: Visitor, new_email: str) -> str:
    """The firm's systems tell of a new e-mail address and a closed account; returns the number of the account."""
    folder = portal.folder / "from the back office"
    folder.mkdir()
    closed = books.accounts[ADVISED // 2]["account_number"]
    changes = [
        {"record": "login", "username": newcomer.username, "email": new_email},
        {"record": "account", "account_number": closed, "closed": "yes"},
    ]
    (folder / "day-2.jsonl").write_text("".join(json.dumps(change) + "\n" for change in changes), encoding="utf-8")
    source = {"PORTAL_CUSTOMER_DIRECTORY": "accounts.imports.folder.records", "PORTAL_CUSTOMER_FOLDER": str(folder)}
    taken_in, again = (portal.manage("portal_sync", **source) for _ in range(2))
    assert "1 changed" in taken_in
    assert "1 closed" in taken_in
    assert not {"changed", "closed"} & set(again.split())
    return closed


def is_told_at_both_addresses(portal: Installation, open_browser: Open, newcomer: Visitor, new_email: str) -> None:
    """Of the change itself, and of what comes after it."""
    both = (newcomer.email, new_email)
    for address in both:
        portal.mail.take(address, "email_replaced")
        portal.mail.forget(address)
    elsewhere = replace(newcomer, page=open_browser())
    elsewhere.sign_in()
    for address in both:
        portal.mail.take(address, "new_device")


def finds_the_account_closed(adviser: Visitor, closed: str) -> None:
    """A closed account stays in the list, at its end, and says so."""
    adviser.sign_in()
    numbers = adviser.accounts()
    assert (len(numbers), numbers[-1]) == (ADVISED, closed)
    row = adviser.page.locator("#accounts tbody tr").filter(has_text=closed)
    expect(row.locator(".badge")).to_have_text("Closed")


def leave(portal: Installation, newcomer: Someone, email: str) -> None:
    """A customer gets what is held, is closed by the books, and is erased; who reads the books again finds nobody."""
    folder, name = portal.folder / "for the customer", newcomer.username
    portal.manage("portal_export_person", "--username", name, "--output", str(folder))
    held = json.loads((folder / "person.json").read_text(encoding="utf-8"))["tables"]
    assert {row["email"] for row in held["accounts.User"]} >= {email}
    assert held["audit.SecurityEvent"]
    assert email in (folder / "person.html").read_text(encoding="utf-8")
    sheet = portal.folder / "closing.jsonl"
    closing = {"record": "person", "customer_number": newcomer.number, "closed": "yes"}
    sheet.write_text(json.dumps(closing) + "\n", encoding="utf-8")
    portal.manage("portal_import_customers", str(sheet))
    assert "accounts.Key" in portal.manage("portal_erase_person", "--username", name)
    portal.manage_as_owner("portal_erase_person", "--username", name, "--yes")
    assert "There is no" in portal.manage("portal_status", name, fails=True)
    assert name not in portal.manage("portal_audit", "export")


def close_the_day(portal: Installation, auditor: Visitor) -> None:
    """What runs every day, and who only reads."""
    auditor.sign_in()
    assert desk.has_case(auditor)
    auditor.page.locator("#result_list tbody tr a").first.click()
    expect(auditor.page.locator(".desk-timeline")).to_be_visible()
    expect(auditor.page.locator("main .desk-actions a")).to_have_count(0)
    portal.manage_as_owner("portal_purge")
    portal.manage("check", "--fail-level", "WARNING")
    portal.manage("portal_audit", "verify")


@pytest.mark.promise("FIRM-1")
@pytest.mark.promise("FIRM-2")
@pytest.mark.promise("FIRM-3")
@pytest.mark.promise("FIRM-5")
@pytest.mark.promise("CASE-7")
def test_a_firm_opens_on_an_empty_database(portal: Installation, open_browser: Open, books: Books) -> None:
    staff = hire(portal, open_browser)
    take_in(portal, books)
    codes = print_letters(portal, books)

    newcomer = walk_in(portal, open_browser, books.newcomer, codes)
    assert newcomer.accounts() == [books.newcomer.detail]
    paper = walk_in(portal, open_browser, books.on_paper, codes, phone=newcomer.phone)
    assert paper.accounts() == [books.on_paper.detail]
    adviser = walk_in(portal, open_browser, books.adviser, codes)
    assert len(adviser.accounts()) == ADVISED
    recover(portal, open_browser, books.forgetful, staff)

    new_email = "moved@customers.test"
    closed = follow(portal, books, newcomer, new_email)
    is_told_at_both_addresses(portal, open_browser, newcomer, new_email)
    finds_the_account_closed(adviser, closed)

    leave(portal, books.newcomer, new_email)
    close_the_day(portal, staff["amos"])
