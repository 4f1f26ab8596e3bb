"""Shortening chains: old events go, and a signed start stays in their place, from which the rest is verified."""

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from portal.audit import hash_chain
from portal.audit.models import ChainedEvent, ChainHead, ChainStart, SealedWords, SecurityEvent
from portal.lib.db_triggers import Trigger, kept, refusing_if

# The events that may be deleted: those that a start stands for, in SQL.
PRUNED = "EXISTS (SELECT 1 FROM audit_chainstart s WHERE s.chain = OLD.chain AND s.n >= OLD.n)"


def triggers() -> list[Trigger]:
    """Return the triggers of starts: they are kept, and move forward only."""
    back = "NEW.chain <> OLD.chain OR NEW.n <= OLD.n"
    table = ChainStart._meta.db_table
    return [
        *kept(ChainStart, "starts are kept"),
        refusing_if(f"{table}_forward", table, "BEFORE UPDATE", back, "a start moves forward"),
    ]


def headless() -> Iterator[str]:
    """Yield a sentence for each chain of a user, or of the system, that has a start and no head: all else is gone."""
    heads = ChainHead.objects.filter(chain=OuterRef("chain"))
    of_users = ChainStart.objects.filter(Q(chain="system") | Q(chain__startswith="user:"))
    for row in hash_chain.rows(of_users.filter(~Exists(heads)).order_by("pk")):
        if not isinstance(row, str):
            yield f"{row.chain}: its head is missing, and everything after {row.n}"


def start_after(event: hash_chain.Head, *, now: datetime) -> None:
    """Let a chain begin after this event; the words up to it go too, and the events may be deleted then.

    Needs: a transaction in which they are.
    """
    signed = hash_chain.sign_start(event, now=now)
    ChainStart.objects.update_or_create(
        chain=event.chain, defaults={"n": event.n, "digest": event.digest, "signed": signed}
    )
    SealedWords.objects.filter(chain=event.chain, n__lte=event.n).delete()


def prune_some(*, before: datetime, limit: int, now: datetime) -> int:
    """Delete up to ``limit`` events of one user, or of the system, that are older; return how many were deleted.

    One that has a younger one before it, written while a clock was wrong, goes when that one does; others do not wait.
    """
    behind = SecurityEvent.objects.filter(chain=OuterRef("chain"), n__lt=OuterRef("n"), at__gte=before)
    whole = Exists(ChainHead.objects.filter(chain=OuterRef("chain")))  # without its head, a chain is a fault
    oldest = SecurityEvent.objects.filter(~Exists(behind), whole, at__lt=before).order_by("pk").first()
    return _prune(oldest, before=before, limit=limit, now=now) if oldest else 0


@transaction.atomic
def _prune(oldest: ChainedEvent, *, before: datetime, limit: int, now: datetime) -> int:
    ChainHead.objects.select_for_update().get(chain=oldest.chain)
    events = SecurityEvent.objects.filter(chain=oldest.chain)
    first_kept = events.filter(at__gte=before).order_by("n").values_list("n", flat=True).first()
    old = events.filter(n__lt=first_kept) if first_kept else events
    going = list(old.order_by("n").values_list("n", "digest")[:limit])
    if not going:  # another purge was quicker
        return 0
    last = hash_chain.Head(oldest.chain, *going[-1])
    start_after(last, now=now)
    return events.filter(n__lte=last.n).delete()[0]
