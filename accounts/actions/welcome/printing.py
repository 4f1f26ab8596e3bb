"""Printing welcome letters: the only place where a code exists, on its way into the files (FIRM-3).

A run draws codes in batches, and the letters of a batch are written before its transaction ends. They count as
printed, and their codes work, only once all files of the run are complete (``finish``): a run that was interrupted
leaves nothing printed, and the next one draws new codes in place of its own.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import reset_queries, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.actions.welcome import letters
from accounts.enums import Action, LetterReason
from accounts.models import User, WelcomeLetter
from accounts.policies import welcome
from portal.audit.record import record_each
from portal.lib import code_alphabet, digests

BATCH = 200


class RunOvertaken(Exception):
    """Another run has drawn new codes for some of these letters; the files of this one must not be used."""


@dataclass(frozen=True)
class Printed:
    """One letter as it is written: the only object that holds a code."""

    username: str
    realm: str
    name: str
    lines: tuple[str, ...]  # of the postal address, below the name
    code: str  # in groups
    expires_at: datetime

    def __repr__(self) -> str:
        return f"<letter to {self.username}>"


Write = Callable[[Sequence[Printed]], None]


@dataclass(frozen=True)
class Choice:
    """Which letters a run prints: of a realm or all; those by post, or those ``to_hand_over``, without an address.

    ``again``: also to those whose letter ran out unused. ``limit``: how many at most; 0 for all.
    """

    realm: str = ""
    to_hand_over: bool = False
    again: bool = False
    limit: int = 0


@dataclass
class Run:
    """One printing: what it wrote, and whom it left out and why."""

    choice: Choice
    now: datetime
    id: UUID = field(default_factory=uuid4)
    counts: Counter[str] = field(default_factory=Counter)  # "new", "again", "no address", "has an address", "held"

    @property
    def written(self) -> int:
        """Return how many letters were written, or with nothing to write to, would be."""
        return self.counts["new"] + self.counts["again"]


def draw(run: Run, write: Write | None) -> None:
    """Draw a code for everybody who is due and hand the letters to ``write``, batch by batch; None only counts.

    Effects: rows and one event a person, one transaction a batch. Needs: no open transaction. ``finish`` completes it.
    """
    for users in _batches(run):
        if write is None:
            _count(run, users, _letters_of(users))
        else:
            with transaction.atomic():
                _draw_batch(run, users, write)
        reset_queries()  # with PORTAL_DEBUG, Django keeps the text of every statement


@transaction.atomic
def finish(run: Run) -> None:
    """Count the letters of a run as printed, now that its files are complete. One statement.

    Raises: ``RunOvertaken``, with nothing changed.
    """
    mine = WelcomeLetter.objects.filter(run=run.id, printed_at=None)
    if mine.update(printed_at=run.now) != run.written:
        raise RunOvertaken


def _batches(run: Run) -> Iterator[list[User]]:
    """Yield everybody who is due, in bounded batches; each statement goes on after the last user of the one before."""
    last = 0
    while users := list(_due(run).filter(pk__gt=last)[:BATCH]):
        yield users
        last = users[-1].pk
        if run.choice.limit and run.written >= run.choice.limit:
            return


def _due(run: Run) -> QuerySet[User]:
    """Return whom a letter is due to: no password and never a letter, or one that is wanted or was not finished."""
    mine = WelcomeLetter.objects.filter(user=OuterRef("pk"))
    is_new = Q(~Exists(mine), password__startswith=UNUSABLE_PASSWORD_PREFIX)
    waits = letters.live().filter(user=OuterRef("pk"))
    is_due = is_new | Q(Exists(waits.filter(printed_at=None)))
    if run.choice.again:
        is_due |= Q(Exists(waits.filter(expires_at__lte=run.now)))
    of_realm = Q(realm=run.choice.realm) if run.choice.realm else Q()
    return letters.openable().filter(of_realm & is_due).select_related("customer").order_by("pk")


def _letters_of(users: Sequence[User]) -> dict[int, WelcomeLetter]:
    return {letter.user_id: letter for letter in letters.live().filter(user__in=users)}


def _draw_batch(run: Run, users: Sequence[User], write: Write) -> None:
    """Lock the batch, leave out who is no longer due, write the letters, then keep their digests."""
    list(User.objects.select_for_update(of=("self",)).filter(pk__in=[user.pk for user in users]).order_by("pk"))
    still = list(_due(run).filter(pk__in=[user.pk for user in users]))
    present = _letters_of(still)
    chosen = _count(run, still, present)
    rows, written = [], []
    for user in chosen:
        code = digests.random_characters(code_alphabet.ALPHABET, welcome.LENGTH)
        rows.append(_row(run, user, present.get(user.pk), code))
        written.append(_printed(user, code, rows[-1].expires_at or run.now))
    _save(rows)
    if rows:
        events: list[tuple[User, dict[str, int]]] = [(row.user, {"letter": row.pk}) for row in rows]
        record_each(Action.LETTER_PRINTED, events, by=None, now=run.now, flow=f"letters:{run.id.hex[:16]}")
        write(written)


def _count(run: Run, users: Sequence[User], present: dict[int, WelcomeLetter]) -> list[User]:
    """Sort the users into the counts of the run; return those who get a letter."""
    chosen = []
    for user in users:
        letter = present.get(user.pk)
        if run.choice.limit and run.written >= run.choice.limit:
            break
        kind = _kind(run, user, letter)
        run.counts[kind] += 1
        if kind in {"new", "again"}:
            chosen.append(user)
    return chosen


def _kind(run: Run, user: User, letter: WelcomeLetter | None) -> str:
    has_address = user.customer is not None and welcome.can_be_delivered(user.customer.address)
    if has_address == run.choice.to_hand_over:
        return "has an address" if has_address else "no address"
    is_first = letter is None or (letter.why == LetterReason.IMPORT and letter.printed_at is None)
    if is_first:
        return "new"
    return "held" if not run.choice.to_hand_over and letters.held_until(user, now=run.now) else "again"


def _row(run: Run, user: User, present: WelcomeLetter | None, code: str) -> WelcomeLetter:
    """Return the row of a letter: the one that waits, a new one, or one in place of what ran out."""
    is_over = present is not None and present.printed_at is not None
    if present is not None and is_over:
        letters.live().filter(pk=present.pk).update(revoked_at=run.now)
    why = present.why if present else LetterReason.IMPORT
    fresh = WelcomeLetter(user=user, why=why, wanted_at=run.now)
    letter = fresh if present is None or is_over else present
    letter.user, letter.run, letter.digest = user, run.id, letters.digest_of(user.username_hash, code)
    letter.expires_at = run.now + timedelta(days=settings.PORTAL_WELCOME_DAYS)
    return letter


def _save(rows: Sequence[WelcomeLetter]) -> None:
    waiting = [row for row in rows if row.pk]
    WelcomeLetter.objects.bulk_create([row for row in rows if not row.pk])
    WelcomeLetter.objects.bulk_update(waiting, ["run", "digest", "expires_at"])


def _printed(user: User, code: str, expires_at: datetime) -> Printed:
    person = user.customer
    if person is None:
        raise TypeError("letters go to customers only")
    names = (person.given_name, person.middle_name, person.family_name)
    place = " ".join(filter(None, (str(person.address.get(name, "")) for name in ("city", "postcode"))))
    parts = (person.address.get("line1"), person.address.get("line2"), place, person.address.get("country"))
    return Printed(
        username=user.username,
        realm=user.realm,
        name=" ".join(filter(None, names)),
        lines=tuple(str(part) for part in parts if part),
        code=welcome.spaced(code),
        expires_at=expires_at,
    )
