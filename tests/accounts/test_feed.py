"""A feed goes on where it stopped, and repeating it does no harm (FIRM-2)."""

import os
import signal
import subprocess
import sys
import time
import tracemalloc
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest
from django.conf import settings as project
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Model

from accounts.imports import folder, importing, sources, stored
from accounts.models import AccountActivity, AccountValue, Customer, FeedPosition, Mandate, User
from portal.audit import hash_chain
from portal.audit.models import SecurityEvent
from tests.accounts.books_work import ACCOUNT, ALL, DAY, ENTRY, LOGIN, MANDATE, PERSON, lines, read
from tests.accounts.test_races import database_url
from tests.conftest import Clock
from tests.processes import PATIENCE
from tests.races import ROUNDS, at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.promise("FIRM-2")]


def people(count: int) -> Iterator[dict[str, str]]:
    """Yield people, each with a username, an account of their own and an entry."""
    for number in range(count):
        yield PERSON | {"customer_number": f"C{number}"}
        yield LOGIN | {"customer_number": f"C{number}", "username": f"user{number}"}
        yield ACCOUNT | {"account_number": f"U{number}"}
        yield MANDATE | {"username": f"user{number}", "account_number": f"U{number}"}
        yield ENTRY | {"account_number": f"U{number}"}


def test_a_mistake_is_left_out_and_reported_and_the_rest_is_taken_in(tmp_path: Path, clock: Clock):
    wrong = PERSON | {"customer_number": "C2", "birth_date": "soon"}
    with pytest.raises(CommandError) as said:
        read(tmp_path, *ALL, wrong, ENTRY | {"reference": "T2"}, feed=True)

    assert "1 record left out" in str(said.value)
    assert "line 7, birth_date: is not a date" in str(said.value)
    assert AccountActivity.objects.count() == 2
    assert SecurityEvent.objects.get(chain="system").facts["mistakes"] == 1


def test_books_read_to_their_end_are_read_again_from_the_start(tmp_path: Path, clock: Clock):
    read(tmp_path, *ALL, feed=True)

    said = read(tmp_path, *ALL, feed=True)

    assert said.count("1 unchanged") == 6
    assert FeedPosition.objects.get().finished_at


def test_an_interrupted_feed_goes_on_behind_its_last_batch(tmp_path: Path, clock: Clock, monkeypatch):
    monkeypatch.setattr(importing, "_BATCH", 10)
    path = tmp_path / "books.jsonl"
    path.write_bytes(lines(*people(10)))
    source, seen = sources.Files.at(path), []
    write = importing._write

    def failing(batch: importing.Batch, outcome: importing.Outcome, *, now: object) -> None:
        seen.append(batch.position)
        if len(seen) == 3:
            raise KeyboardInterrupt
        write(batch, outcome, now=now)

    monkeypatch.setattr(importing, "_write", failing)
    with pytest.raises(KeyboardInterrupt):
        importing.feed(source, by=None)
    assert FeedPosition.objects.get().position == seen[1]

    outcome = importing.feed(source, by=None)

    assert outcome.skipped == 20
    assert outcome.counts.by_kind["person"] == Counter(made=6)
    assert Mandate.objects.count() == 10


@pytest.mark.race
def test_a_feed_killed_again_and_again_writes_everything_once(tmp_path: Path):
    path = tmp_path / "books.jsonl"
    path.write_bytes(lines(*people(400)))
    changed = tmp_path / "changed.jsonl"
    new = ({"record": "login", "username": f"user{n}", "email": f"{n}@new.test"} for n in range(400))
    changed.write_bytes(lines(*new))
    code = (
        "import django; django.setup();"
        "from accounts.imports import importing; importing._BATCH = 20;"
        "from django.core.management import call_command as run;"
        "run('portal_import_customers', {path!r}, feed=True)"
    )
    environment = os.environ | {"DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "portal.settings"}

    def start(which: Path) -> subprocess.Popen:
        command = [sys.executable, "-c", code.format(path=str(which))]
        return subprocess.Popen(command, cwd=project.BASE_DIR, env=environment, stdout=subprocess.DEVNULL)

    for which in (path, changed):
        for _killed in range(ROUNDS // 2):
            before, feed = _position(), start(which)
            end = time.monotonic() + PATIENCE
            while _position() == before and feed.poll() is None:
                assert time.monotonic() < end
                time.sleep(0.01)
            feed.send_signal(signal.SIGKILL)
            feed.wait()
        assert start(which).wait(timeout=PATIENCE) == 0

    assert (Customer.objects.count(), Mandate.objects.count(), AccountActivity.objects.count()) == (400, 400, 400)
    assert {user.email for user in User.objects.all()} == {f"{n}@new.test" for n in range(400)}
    told = Counter(SecurityEvent.objects.filter(action="email_replaced").values_list("subject", flat=True))
    assert set(told.values()) == {1}
    assert len(told) == 400
    assert not list(hash_chain.faults())


def _position() -> list[tuple[str, str]]:
    return list(FeedPosition.objects.order_by("pk").values_list("source", "position"))


def test_memory_does_not_grow_with_the_books(tmp_path: Path, clock: Clock):
    def peak(count: int) -> int:
        path = tmp_path / f"{count}.jsonl"
        entries = (ENTRY | {"reference": f"{count}-{number}"} for number in range(count))
        path.write_bytes(lines(*entries))
        tracemalloc.start()
        importing.feed(sources.Files.at(path), by=None)
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    read(tmp_path, *ALL)
    peak(600)
    assert peak(4_000) < 1.3 * peak(1_000)


def test_people_who_are_there_already_are_changed_a_few_in_one_transaction(tmp_path: Path, clock: Clock, monkeypatch):
    monkeypatch.setattr(importing, "_PEOPLE", 2)
    write, sizes = importing._write, []

    def counted(batch: importing.Batch, outcome: importing.Outcome, *, now: object) -> None:
        sizes.append(len(batch.records))
        write(batch, outcome, now=now)

    monkeypatch.setattr(importing, "_write", counted)
    new = list(people(5))
    moved = [{"record": "login", "username": f"user{n}", "email": f"{n}@new.test"} for n in range(5)]
    read(tmp_path, *new, feed=True)
    read(tmp_path, *new[:2], *moved, new[2], feed=True)
    read(tmp_path, *moved, feed=True)

    assert sizes == [25, 2, 2, 2, 2, 5]
    assert {user.email for user in User.objects.all()} == {f"{n}@new.test" for n in range(5)}
    assert list(FeedPosition.objects.order_by("pk").values_list("records", "position")) == [
        (25, "25"),
        (8, "8"),
        (5, "5"),
    ]


def test_rows_with_mistakes_do_not_gather_in_memory(tmp_path: Path, clock: Clock, monkeypatch):
    longest = 0
    add = importing.Batch.add

    def counted(batch: importing.Batch, position: str, records: list) -> None:
        nonlocal longest
        add(batch, position, records)
        longest = max(longest, len(batch.rows))

    monkeypatch.setattr(importing.Batch, "add", counted)
    with pytest.raises(CommandError, match="50 records left out"):
        read(tmp_path, ALL[0], *([PERSON | {"birth_date": "soon"}] * 50), feed=True)

    assert longest == 1
    assert FeedPosition.objects.get().position == "51"


def test_a_batch_reads_only_the_entries_values_and_mandates_that_it_names(tmp_path: Path, clock: Clock, monkeypatch):
    read(tmp_path, *(one for n in "123" for one in of_each(n, "123")))
    seen = Counter[type]()

    def counted(model: type, *row: object) -> object:
        seen[model] += 1
        return from_db(model, *row)

    from_db = Model.from_db.__func__
    monkeypatch.setattr(Model, "from_db", classmethod(counted))
    said = read(tmp_path, *(one for n in "123" for one in of_each(n, n)), feed=True)

    assert said.count("3 unchanged") == 6
    assert [seen[model] for model in (AccountActivity, AccountValue, Mandate)] == [3, 3, 3]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="Small tables are read whole by PostgreSQL, and should be.")
@pytest.mark.parametrize(
    ("model", "columns"),
    [(Mandate, ("user", "account")), (AccountValue, ("account", "day")), (AccountActivity, ("account", "reference"))],
)
def test_rows_are_found_by_their_index_however_many_there_are(model, columns):
    wanted = [(1, "2026-03-01"), (2, "2026-03-02")] if "day" in columns else [(1, 2), (3, 4)]
    found = stored.of_pairs(model, columns, [*wanted, (5, None)])

    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {found.raw_query}", found.params)
        steps = [step for *_, step in cursor.fetchall()]
    assert [step for step in steps if "found" in step and not step.startswith("SEARCH found USING INDEX")] == []
    assert any("found" in step for step in steps)
    assert list(found) == []


def of_each(number: str, others: str) -> Iterator[dict[str, str]]:
    """Yield a person with an account, and a mandate, an entry and a value for each of the other numbers."""
    yield PERSON | {"customer_number": f"C{number}"}
    yield LOGIN | {"customer_number": f"C{number}", "username": f"user{number}"}
    yield ACCOUNT | {"account_number": f"U{number}"}
    for other in others:
        if other <= number:  # the accounts that are there by then
            yield MANDATE | {"username": f"user{number}", "account_number": f"U{other}"}
        yield ENTRY | {"account_number": f"U{number}", "reference": other}
        yield DAY | {"account_number": f"U{number}", "day": f"2026-03-0{other}"}


# --- The firm's own directory ------------------------------------------------------------------------


def of_the_firm(after: str) -> Iterator[tuple[str, dict[str, str]]]:
    """What a firm would write: everything behind a position."""
    done = int(after or 0)
    yield from islice(((str(number), record) for number, record in enumerate(ALL, 1)), done, None)


def test_the_firms_directory_is_read_from_where_it_stopped(clock: Clock, settings, capsys):
    settings.PORTAL_CUSTOMER_DIRECTORY = "tests.accounts.test_feed.of_the_firm"

    call_command("portal_sync")
    assert "1 made" in capsys.readouterr().out
    call_command("portal_sync")

    assert "made" not in capsys.readouterr().out
    assert AccountActivity.objects.count() == 1
    assert FeedPosition.objects.get().position == "6"


def test_a_record_of_another_shape_is_named_by_its_position(clock: Clock, settings, monkeypatch):
    settings.PORTAL_CUSTOMER_DIRECTORY = "tests.accounts.test_feed.of_the_firm"
    monkeypatch.setitem(ALL[0], "colour", "red")

    with pytest.raises(CommandError, match="1, line 1, colour: is not a column"):
        call_command("portal_sync")


def test_a_folder_is_a_directory_whose_files_are_read_once(tmp_path: Path, clock: Clock, settings, capsys):
    settings.PORTAL_CUSTOMER_DIRECTORY = f"{folder.__name__}.records"
    settings.PORTAL_CUSTOMER_FOLDER = str(tmp_path)
    (tmp_path / "2026-03-01.jsonl").write_bytes(lines(*ALL[:3]))
    call_command("portal_sync")
    (tmp_path / "2026-03-02.jsonl").write_bytes(lines(*ALL[3:]))

    call_command("portal_sync")

    assert AccountActivity.objects.count() == 1
    assert FeedPosition.objects.get().position == "2026-03-02.jsonl:3"
    capsys.readouterr()
    call_command("portal_sync")
    assert "made" not in capsys.readouterr().out


def test_without_a_directory_the_command_says_what_to_set(clock: Clock):
    with pytest.raises(CommandError, match="PORTAL_CUSTOMER_DIRECTORY"):
        call_command("portal_sync")


def test_a_record_with_two_mistakes_is_one_record_left_out(tmp_path: Path, clock: Clock):
    path = tmp_path / "books.jsonl"
    path.write_bytes(lines({"record": "person", "customer_number": "C9", "birth_date": "?", "closed": "nah"}))

    with pytest.raises(CommandError, match="1 record left out"):
        call_command("portal_import_customers", str(path), "--feed")


def test_a_line_of_the_folder_that_cannot_be_read_is_left_out(tmp_path: Path, clock: Clock, settings):
    settings.PORTAL_CUSTOMER_DIRECTORY = f"{folder.__name__}.records"
    settings.PORTAL_CUSTOMER_FOLDER = str(tmp_path)
    (tmp_path / "1.jsonl").write_bytes(lines(ALL[0]) + b"{broken\n\xff\n[]\n" + lines(*ALL[1:]))

    with pytest.raises(CommandError, match="3 records left out"):
        call_command("portal_sync")

    assert AccountActivity.objects.count() == 1


@pytest.mark.race
def test_two_runs_of_the_same_books_at_once_do_no_harm(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(importing, "_BATCH", 20)
    path = tmp_path / "books.jsonl"
    path.write_bytes(lines(*people(40)))

    def run() -> object:
        return importing.feed(sources.Files.at(path), by=None)

    at_once(run, run, run)

    assert (Customer.objects.count(), Mandate.objects.count(), AccountActivity.objects.count()) == (40, 40, 40)
    assert not list(hash_chain.faults())
