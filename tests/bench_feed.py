"""What a feed of the firm's books costs, and what it costs those who sign in meanwhile: a section of ``make bench``.

``portal_import_customers --feed`` runs in a process of its own, which tells its time and the peak of its memory.
A tenth of fewer than 100,000 entries does not fill the page cache of SQLite, which then counts as growth.
Entries stand in the order of time, so that each batch is about many accounts, and each account counts its own.
Usage as a child: ``python -m tests.bench_feed BOOKS``.
"""

import csv
import io
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.bench import Desk

MIB = 1024 * 1024
MEMORY_LIMIT, GROWTH_LIMIT, SIGN_IN_LIMIT = 150 * MIB, 1.1, 1.5
TURNS, SIGN_INS = 8, 30  # alone and beside a feed in turn, so many each time
BESIDE = 8_000  # people in the books of each turn, with ten entries each: more than is read beside its sign-ins
PATIENCE = 120  # seconds until a feed has written something


def section(desk: "Desk") -> None:
    """Print memory, what a second reading of the same books does, and the 95th percentile of sign-ins beside a feed."""
    people, entries = desk.options.people, desk.options.entries
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        tenth = _taken_in(_sheets(folder / "tenth", "T", people // 10, entries // 10))
        books = _sheets(folder / "books", "W", people, entries)
        first, again = _taken_in(books), _taken_in(books)
        _print_memory(people, entries, tenth, [first, again])
        _print_again(first, again)
        _print_sign_ins(desk, folder)


@dataclass(frozen=True)
class Run:
    """One reading of books: seconds, bytes at the peak and before the first record, records made and the like."""

    seconds: float
    peak: int
    idle: int
    counts: dict[str, dict[str, int]]

    def count(self, *words: str) -> int:
        """Return how many records of all kinds came to one of these."""
        return sum(counted.get(word, 0) for counted in self.counts.values() for word in words)


def _taken_in(books: Path) -> Run:
    """Take books in, in a process of their own."""
    from accounts.enums import Action
    from portal.audit.models import SecurityEvent

    told = subprocess.run(_command(books), stdout=subprocess.PIPE, check=True).stdout
    event = SecurityEvent.objects.filter(chain="system", action=Action.IMPORTED).latest("n")
    assert event.facts["mistakes"] == 0, event.facts
    return Run(**json.loads(told), counts=event.facts["counts"])


def _command(books: Path) -> list[str]:
    return [sys.executable, "-m", "tests.bench_feed", str(books)]


def _print_memory(people: int, entries: int, tenth: Run, runs: list[Run]) -> None:
    peak = max(run.peak for run in runs)
    rate = runs[0].count("made") / runs[0].seconds
    print(f"  a feed of {people:,} people and {entries:,} entries: {runs[0].seconds:.0f} s, {rate:,.0f} records/s")
    print(
        f"  its peak memory                        {peak / MIB:7.1f} MiB, {runs[0].idle / MIB:.1f} before the first "
        f"record   (limit {MEMORY_LIMIT // MIB}){_verdict(peak <= MEMORY_LIMIT)}"
    )
    growth = peak / tenth.peak
    limit = f"(limit {GROWTH_LIMIT}){_verdict(growth <= GROWTH_LIMIT)}"
    print(f"  against a tenth of the rows            {growth:7.2f} x   {limit}")


def _print_again(first: Run, again: Run) -> None:
    changed = again.count("made", "changed", "closed", "opened again")
    assert again.count("unchanged") + changed == first.count("made"), (first.counts, again.counts)
    print(
        f"  the same books again: {changed} rows changed (limit 0){_verdict(not changed)}; "
        f"{again.seconds / first.seconds:.2f} x the time of the first reading",
        flush=True,
    )


def _print_sign_ins(desk: "Desk", folder: Path) -> None:
    from django.db import connection

    alone: list[float] = []
    beside: list[float] = []
    desk.log_in()
    for turn in range(TURNS):
        books = _mixed(folder / f"{turn}.jsonl", f"M{turn}P", BESIDE)
        alone += _seconds(desk)
        with _reading(books):
            beside += _seconds(desk)
    ratio = _p95(beside) / _p95(alone)
    limit = f"   (limit {SIGN_IN_LIMIT}){_verdict(ratio <= SIGN_IN_LIMIT)}" if connection.vendor == "postgresql" else ""
    print(f"  a sign-in, p95                         {_p95(alone) * 1000:7.1f} ms, median {_median(alone):.1f}")
    print(
        f"  the same beside a feed                 {_p95(beside) * 1000:7.1f} ms, median {_median(beside):.1f}, "
        f"{ratio:.2f} x{limit}"
    )


def _verdict(is_met: bool) -> str:
    return "" if is_met else "   NOT MET"


def _p95(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=20)[-1]


def _median(seconds: list[float]) -> float:
    return statistics.median(seconds) * 1000


def _seconds(desk: "Desk") -> list[float]:
    taken = []
    for _ in range(SIGN_INS):
        before = time.monotonic()
        desk.log_in()
        taken.append(time.monotonic() - before)
    return taken


@contextmanager
def _reading(books: Path) -> Iterator[None]:
    """Read books while the block runs."""
    # A session of its own, as a timer starts it: Linux shares the processor out by sessions.
    with subprocess.Popen(_command(books), stdout=subprocess.DEVNULL, start_new_session=True) as process:
        try:
            before, end = _position(), time.monotonic() + PATIENCE
            while _position() == before:
                assert process.poll() is None, "the feed has ended"
                assert time.monotonic() < end, "the feed writes nothing"
                time.sleep(0.05)
            yield
            assert process.poll() is None, "the feed ended before the sign-ins did: raise BESIDE"
        finally:
            process.terminate()


def _position() -> tuple[Any, ...]:
    from accounts.models import FeedPosition

    return tuple(FeedPosition.objects.order_by("pk").values_list("source", "position"))


# --- The books ----------------------------------------------------------------------------------------


def _sheets(folder: Path, letter: str, people: int, entries: int) -> Path:
    """Write a folder of sheets. ``letter``: with which the numbers of these books begin."""
    folder.mkdir()
    for name, at in (("people", 0), ("logins", 1), ("accounts", 2), ("mandates", 3)):
        _sheet(folder / f"{name}.csv", (_of_person(letter, number)[at] for number in range(people)))
    _sheet(folder / "activity.csv", _activity(letter, people, entries))
    return folder


def _sheet(path: Path, rows: Iterator[dict[str, str]]) -> None:
    first = next(rows)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(first))
        writer.writeheader()
        writer.writerow(first)
        writer.writerows(rows)


def _mixed(path: Path, letter: str, people: int) -> Path:
    """Write JSON lines in which every batch has records of each kind."""
    kinds = ("person", "login", "account", "mandate")
    with path.open("w", encoding="utf-8") as file:
        for number in range(people):
            for kind, record in zip(kinds, _of_person(letter, number), strict=True):
                file.write(json.dumps({"record": kind} | record) + "\n")
            for entry in range(10):
                file.write(json.dumps({"record": "activity"} | _entry(f"{letter}U{number}", entry, number)) + "\n")
    return path


def _of_person(letter: str, number: int) -> tuple[dict[str, str], ...]:
    """Return a person, a username, an account and a mandate."""
    customer, username, account = f"{letter}{number}", f"{letter.lower()}user{number}", f"{letter}U{number}"
    person = {"customer_number": customer, "given_name": f"Given{number}", "family_name": f"Family{number}"}
    person |= {"birth_date": "1985-12-10", "phone": f"+1555{number:07}", "address_line1": f"{number} St James Square"}
    person |= {
        "address_city": "London",
        "application_employer": "Analytical Engines",
        "application_opened": "2019-03-14",
    }
    return (
        person,
        {"username": username, "customer_number": customer, "email": f"{username}@example.test"},
        {"account_number": account, "account_net_value": f"{number}.50", "account_cash": "12.50"},
        {"username": username, "account_number": account},
    )


def _activity(letter: str, people: int, entries: int) -> Iterator[dict[str, str]]:
    order, last = random.Random(letter), array("L", [0]) * people
    for second in range(entries):
        number = order.randrange(people)
        last[number] += 1
        yield _entry(f"{letter}U{number}", last[number], second)


def _entry(account: str, reference: int, second: int) -> dict[str, str]:
    at = datetime(2026, 1, 5, 9, tzinfo=UTC) + timedelta(seconds=second)
    own = {"account_number": account, "reference": str(reference), "at": at.isoformat(), "activity_kind": "order"}
    return own | {"own": "yes", "instrument": "ACME", "quantity": "10", "amount": f"{second % 9000}.40"}


def _main(books: str) -> None:
    import django

    django.setup()
    from django.core.management import call_command

    idle, before = _resident("VmRSS"), time.monotonic()
    call_command("portal_import_customers", books, feed=True, stdout=io.StringIO())
    print(json.dumps({"seconds": time.monotonic() - before, "peak": _resident("VmHWM"), "idle": idle}))


def _resident(name: str) -> int:
    """Return the resident bytes of this process: VmRSS now, VmHWM at the most."""
    (line,) = (line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(name))
    return int(line.split()[1]) * 1024


if __name__ == "__main__":
    _main(sys.argv[1])
