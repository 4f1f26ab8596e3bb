"""Welcome letters: who may use one, how a lost one is replaced, what a typed code is worth (FIRM-3).

See docs/decisions/0035-welcome-letters.md. ``printing`` draws the codes, ``accounts.actions.first_sign_in`` uses them.
"""

from datetime import UTC, date, datetime, time
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import formats, timezone

from accounts import notice_kinds
from accounts.enums import Action, LetterReason, Role
from accounts.models import BackupCode, Key, Passkey, User, WelcomeLetter
from accounts.policies import welcome
from accounts.refusals import Refusal, TooOften, refusing, too_often
from accounts.staff_refusals import AlreadyDone
from accounts.welcome_refusals import AddressTooNew, LetterOfNoUse
from portal.audit import sealed_words
from portal.audit.models import SecurityEvent
from portal.audit.record import record
from portal.lib import client, code_alphabet, digests
from portal.outbox import queue
from portal.throttle import limits
from portal.throttle.reserve import locked_until, reserve


class NotTheirsToAsk(Exception):
    """This member of staff may not ask for a letter to that user."""


def never_signed_in() -> Q:
    """Return the condition for users who have never completed a sign-in: the one place that says so.

    A password that was typed right or set here, a second factor of any kind, ended ones included, or a recorded
    sign-in: whoever has one of them has passed the point up to which a letter is good for anything.
    """
    mine = {"user": OuterRef("pk")}
    signed_in = SecurityEvent.objects.filter(subject=OuterRef("pk"), action=Action.SIGNED_IN)
    factors = (Key.objects.filter(**mine), Passkey.objects.filter(**mine), BackupCode.objects.filter(**mine))
    return Q(~Exists(signed_in), *(~Exists(rows) for rows in factors), password_changed_at=None)


def openable() -> QuerySet[User]:
    """Return the users whom a welcome letter can let in: customers who never signed in, neither stopped nor closed."""
    may = User.objects.filter(never_signed_in(), is_staff=False, is_active=True, suspended_at=None)
    return may.filter(closed_at=None, customer__closed_at=None)


def live() -> QuerySet[WelcomeLetter]:
    """Return the letters that were neither used nor revoked: at most one of each user."""
    return WelcomeLetter.objects.filter(used_at=None, revoked_at=None)


def digest_of(username_hash: str, typed: str) -> str:
    """Return the digest of a code, bound to the username: nobody's code opens anything of somebody else's.

    Keyed and fast: at 55 random bits a slow hash would only delay printing (docs/decisions/0035-welcome-letters.md).
    """
    return digests.keyed("welcome-code", f"{username_hash}|{code_alphabet.plain(typed)}")


def usable(*, username_hash: str, typed: str, now: datetime) -> WelcomeLetter | None:
    """Return the letter that this code opens, or None.

    One statement, the same for unknown usernames and for wrong, used, old and revoked codes.
    """
    printed = live().filter(printed_at__isnull=False, expires_at__gt=now, user__in=openable())
    right = printed.filter(user__username_hash=username_hash, digest=digest_of(username_hash, typed))
    return right.select_related("user__customer").first()


def matches(user: User, typed: str) -> bool:
    """Tell whether this is the code of the letter with which the user set the first password."""
    used = WelcomeLetter.objects.filter(user=user, used_at__isnull=False).values_list("digest", flat=True).first()
    return digests.same(used or "", digest_of(user.username_hash, typed))


def has_used_one(user: User) -> bool:
    """Tell whether the user set the first password with a welcome letter."""
    return WelcomeLetter.objects.filter(user=user, used_at__isnull=False).exists()


def may_ask(by: User, user: User) -> bool:
    """Tell whether this member of staff may ask for a letter to that user: never their own."""
    return not by.is_same_person(user) and not user.is_staff and by.has_role(Role.AGENT, Role.SENIOR)


@refusing(too_often)
@transaction.atomic
def want(
    *,
    user: User,
    why: LetterReason,
    by: User | None,
    reason: str = "",
    origin: client.Origin | None = None,
    now: datetime,
) -> WelcomeLetter:
    """Ask for a new letter in place of a lost one, whose code is dead at once.

    Asked for again on the same day (UTC), or while one waits to be printed, it changes nothing and returns that one.
    ``by``: None for the firm's records and the command line. ``reason``: kept in the record, which the customer reads.
    Effects: the earlier letter revoked, one row, one event, one notice. The address counts again when it is printed.
    Raises: ``LetterOfNoUse``, ``AddressTooNew`` (with the day), ``TooOften`` (several in a month), ``NotTheirsToAsk``.
    """
    if by is not None and not may_ask(by, user):
        raise NotTheirsToAsk
    locked = User.objects.select_related("customer").select_for_update(of=("self",)).get(pk=user.pk)
    if not openable().filter(pk=user.pk).exists():
        raise LetterOfNoUse
    if present := _on_its_way(locked, now=now):
        return present
    until = held_until(locked, now=now)
    if until:
        raise AddressTooNew(until=until)
    reserve(limits.WELCOME_LETTER.of(locked.username_hash), now=now)
    live().filter(user=locked).update(revoked_at=now)
    letter = WelcomeLetter.objects.create(user=locked, why=why, wanted_at=now, wanted_by=by)
    facts: dict[str, Any] = {"letter": letter.pk, "why": str(why)}
    if reason:
        facts["reason"] = sealed_words.reason(reason)
    record(Action.LETTER_WANTED, by=by, on=locked, now=now, origin=origin, **facts)
    queue.email(locked, notice_kinds.LETTER_WANTED, now=now, at=now.isoformat())
    return letter


def is_wanted_since(user: User, day: date) -> bool:
    """Tell whether a letter was asked for, or first became due, on this day (UTC) or later."""
    midnight = datetime.combine(day, time(), UTC)
    return WelcomeLetter.objects.filter(user=user, wanted_at__gte=midnight).exists()


def why_not(user: User, *, now: datetime) -> Refusal | None:
    """Return what ``want`` would refuse with, or that it would change nothing, or None. Changes nothing."""
    if not openable().filter(pk=user.pk).exists():
        return LetterOfNoUse()
    if _on_its_way(user, now=now):
        return AlreadyDone()
    if until := held_until(user, now=now):
        return AddressTooNew(until=until)
    until = locked_until(limits.WELCOME_LETTER.of(user.username_hash), now=now)
    return TooOften(until=until) if until else None


def held_until(user: User, *, now: datetime) -> datetime | None:
    """Return until when no lost letter is replaced at the address on file; None if it may be. Needs: ``customer``."""
    changed_at = user.customer.address_changed_at if user.customer else None
    until = welcome.address_settled_on(changed_at, days=settings.PORTAL_ADDRESS_SETTLED_DAYS)
    return until if until and until > now else None


def standing_of(user: User, *, now: datetime) -> str:
    """Say for staff where the newest letter stands, never its code; days in the active zone. At most two statements."""
    letter = WelcomeLetter.objects.filter(user=user).order_by("-pk").first()
    if letter is None:
        return "none"
    if letter.used_at:
        return f"used on {_day(letter.used_at)}"
    if letter.revoked_at:
        return f"revoked on {_day(letter.revoked_at)}"
    if letter.printed_at is None or letter.expires_at is None:
        return f"wanted since {_day(letter.wanted_at)}, not printed yet"
    worth = f"{'expired on' if letter.expires_at <= now else 'valid until'} {_day(letter.expires_at)}"
    if not openable().filter(pk=user.pk).exists():
        worth = "of no use: signed in before, stopped or closed"
    return f"printed on {_day(letter.printed_at)}, {worth}"


def _day(at: datetime) -> str:
    return formats.date_format(timezone.localtime(at), "j F Y")


def _on_its_way(user: User, *, now: datetime) -> WelcomeLetter | None:
    """Return the letter that waits to be printed, or was asked for today, or None."""
    present = live().filter(user=user).first()
    return present if present and (present.printed_at is None or _is_of_today(present, now)) else None


def _is_of_today(letter: WelcomeLetter, now: datetime) -> bool:
    return letter.why != LetterReason.IMPORT and letter.wanted_at.date() == now.date()
