"""Printing welcome letters: who gets one, what the files hold, and what an interruption leaves (FIRM-3)."""

import csv
import stat
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.actions.welcome import letters, printing
from accounts.actions.welcome.printing import Choice, Run
from accounts.enums import Realm
from accounts.management import letter_files
from accounts.models import Customer, User, WelcomeLetter
from accounts.policies import welcome
from portal.audit.models import SecurityEvent
from portal.lib import clock as portal_clock
from portal.lib import code_alphabet
from tests.accounts.welcome_work import newcomer, print_all, works
from tests.conftest import Clock
from tests.factories import Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def vera(clock: Clock) -> User:
    return newcomer()


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "letters"


def rows_of(folder: Path) -> list[dict[str, str]]:
    with (folder / "letters.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# --- Printing -----------------------------------------------------------------------------------------------


@pytest.mark.promise("FIRM-3")
def test_letters_go_to_everybody_without_a_password_and_to_nobody_else(ada: Person, agent: Person, clock: Clock):
    newcomer("vera")
    newcomer("omar", realm=Realm.PAPER)
    newcomer("gone", is_active=False)
    newcomer("held", suspended_at=clock.now)
    ended = newcomer("ended")
    Customer.objects.filter(pk=ended.customer_id).update(closed_at=clock.now)

    assert sorted(letter.username for letter in print_all()) == ["omar", "vera"]
    assert print_all() == []


@pytest.mark.promise("FIRM-3")
def test_the_files_hold_what_a_letter_needs_and_the_database_no_code(vera: User, out: Path):
    call_command("portal_welcome_letters", str(out))

    page, (row,) = (out / "letters.html").read_text(encoding="utf-8"), rows_of(out)
    code = row["code"]
    assert code_alphabet.is_made_of(code_alphabet.plain(code), welcome.LENGTH)
    assert code.count(" ") == 2
    for text in ("Vera Ruth Lind", "12 Long Lane", "Flat 3", "London E1 6AN", "vera", code):
        assert text in page
    for name in ("PORTAL_BRAND_NAME", "PORTAL_SUPPORT_PHONE", "PORTAL_KEY_NAME", "PORTAL_HOST"):
        assert getattr(settings, name) in page
    assert not {"<script", "<link", "http:", "https:", "src=", "href="} & {part for part in PARTS if part in page}
    assert (row["name"], row["address_2"], row["realm"]) == ("Vera Ruth Lind", "Flat 3", "live")
    letter = WelcomeLetter.objects.get()
    assert letter.digest == letters.digest_of(vera.username_hash, code)
    assert letter.expires_at == letter.printed_at + timedelta(days=settings.PORTAL_WELCOME_DAYS)
    event = SecurityEvent.objects.get(subject=vera, action="letter_printed")
    assert event.facts == {"letter": letter.pk}


PARTS = ("<script", "<link", "http:", "https:", "src=", "href=")


def test_only_their_owner_can_read_the_files(vera: User, out: Path):
    call_command("portal_welcome_letters", str(out))

    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in [out, *out.iterdir()]}
    assert modes == {"letters": 0o700, "letters.html": 0o600, "letters.csv": 0o600}


@pytest.mark.parametrize("name", ["letters.html", "letters.csv", "letters.csv.unfinished", "letters.html.unfinished"])
def test_no_file_is_overwritten(vera: User, out: Path, name: str):
    out.mkdir()
    (out / name).write_text("kept")

    with pytest.raises(CommandError):
        call_command("portal_welcome_letters", str(out))

    assert (out / name).read_text() == "kept"
    assert [path.name for path in out.iterdir()] == [name]
    assert not WelcomeLetter.objects.exists()


def test_what_is_on_file_cannot_write_into_the_page(clock: Clock, out: Path):
    newcomer(address={"line1": "<script>alert(1)</script>", "city": "London"})

    call_command("portal_welcome_letters", str(out))

    assert "<script" not in (out / "letters.html").read_text(encoding="utf-8")


def test_a_dry_run_counts_and_writes_nothing(vera: User, out: Path, capsys: pytest.CaptureFixture[str]):
    newcomer("lost", address={})

    call_command("portal_welcome_letters", str(out), "--dry-run")

    assert not out.exists()
    assert not WelcomeLetter.objects.exists()
    said = capsys.readouterr().out
    assert ": 1 (" in said
    assert "--to-hand-over" in said


@pytest.mark.parametrize(
    ("options", "names"),
    [
        ([], {"vera", "omar"}),
        (["--realm", "paper"], {"omar"}),
        (["--limit", "1"], {"vera"}),
        (["--to-hand-over"], {"lost"}),
    ],
)
def test_options_choose_whose_letters_are_printed(vera: User, out: Path, options: list[str], names: set[str]):
    newcomer("omar", realm=Realm.PAPER)
    newcomer("lost", address={"line1": "", "city": "London"})

    call_command("portal_welcome_letters", str(out), *options)

    assert {row["username"] for row in rows_of(out)} == names


def test_a_limited_run_is_followed_by_the_rest(clock: Clock):
    for number in range(5):
        newcomer(f"new{number}")

    assert [len(print_all(limit=2)) for _ in range(4)] == [2, 2, 1, 0]


def test_the_statements_grow_by_the_batch_and_not_by_the_letter(clock: Clock):
    def statements(count: int) -> int:
        for number in range(count):
            newcomer(f"of{count}-{number}")
        ran: list[str] = []

        def note(execute: Callable[..., object], sql: str, *rest: object) -> object:
            ran.append(sql)
            return execute(sql, *rest)

        with connection.execute_wrapper(note):
            assert len(print_all()) == count
        return len(ran)

    assert statements(1) == statements(50)


# --- Interrupted --------------------------------------------------------------------------------------------


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing, "BATCH", 2)


def _breaking(write: Callable[..., None], after: int) -> Callable[..., None]:
    calls = []

    def broken(self: object, batch: object) -> None:
        calls.append(1)
        if len(calls) > after:
            raise OSError(28, "No space left on device")
        write(self, batch)

    return broken


@pytest.mark.promise("FIRM-3")
@pytest.mark.usefixtures("small_batches")
@pytest.mark.parametrize("after", [0, 1, 2])
def test_an_interrupted_run_leaves_nobody_with_a_code_that_nobody_has(
    clock: Clock, out: Path, monkeypatch: pytest.MonkeyPatch, after: int
):
    users = [newcomer(f"new{number}") for number in range(6)]
    seen: dict[str, str] = {}
    write = letter_files.LetterFiles.write

    def noting(self: object, batch: list[printing.Printed]) -> None:
        seen.update({letter.username: letter.code for letter in batch})
        write(self, batch)

    monkeypatch.setattr(letter_files.LetterFiles, "write", _breaking(noting, after))
    with pytest.raises(CommandError):
        call_command("portal_welcome_letters", str(out))

    assert list(out.iterdir()) == []
    assert not any(works(user, seen[user.username]) for user in users if user.username in seen)
    assert not WelcomeLetter.objects.filter(printed_at__isnull=False).exists()

    monkeypatch.setattr(letter_files.LetterFiles, "write", write)
    call_command("portal_welcome_letters", str(out))
    codes = {row["username"]: row["code"] for row in rows_of(out)}
    assert all(works(user, codes[user.username]) for user in users)
    assert not any(works(user, seen[user.username]) for user in users if user.username in seen)


@pytest.mark.usefixtures("small_batches")
def test_of_two_runs_at_once_the_later_code_counts_and_the_other_run_says_so(
    clock: Clock, out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    users = [newcomer(f"new{number}") for number in range(4)]
    finish = printing.finish

    def overtaken(run: Run) -> None:
        monkeypatch.setattr(printing, "finish", finish)
        call_command("portal_welcome_letters", str(tmp_path / "other"))
        finish(run)

    monkeypatch.setattr(printing, "finish", overtaken)
    with pytest.raises(CommandError):
        call_command("portal_welcome_letters", str(out))

    assert list(out.iterdir()) == []
    codes = {row["username"]: row["code"] for row in rows_of(tmp_path / "other")}
    assert all(works(user, codes[user.username]) for user in users)


def test_a_code_does_not_work_before_its_run_is_complete(vera: User):
    run, written = Run(Choice(), portal_clock.now()), []
    printing.draw(run, written.extend)

    assert not works(vera, written[0].code)
    printing.finish(run)
    assert works(vera, written[0].code)


def test_the_name_of_a_letter_holds_no_code(vera: User):
    (letter,) = print_all()

    assert letter.code not in repr(letter)
