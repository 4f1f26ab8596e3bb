"""Backup codes: ten codes on paper, each good once (KEY-13)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import OuterRef

from accounts import notice_kinds
from accounts.actions import holds, notify, slow_hash_lookup
from accounts.enums import Action, HoldScope
from accounts.models import BackupCode, User
from accounts.models.authenticators import used_since
from accounts.policies import backup_codes as rules
from accounts.refusals import SignInTooSlow, Suspended, backup_code_wrong
from portal.audit.record import record
from portal.lib import client, code_alphabet, digests
from portal.throttle.reserve import Reservation

_NAMESPACE = "backup-code"


@dataclass(frozen=True)
class Typed:
    """A typed code, already hashed: the user it was checked for and the digest of the matching row, empty for none."""

    user_id: int
    digest: str


def make(*, user: User, by: User, origin: client.Origin, now: datetime) -> list[str]:
    """Make ten new codes and return them. They are shown once and cannot be read again.

    Shape: XXXX-XXXX. Cost: ten argon2 hashes. Effects: unused older codes are deleted; one event, one notice.
    Needs: fresh proof; no open transaction. Raises: ``KeysHeld``, ``HashingOverloaded``.
    """
    holds.refuse_held(user, HoldScope.NEW_KEY, now=now)  # before ten hashes are made
    codes: set[str] = set()
    while len(codes) < rules.COUNT:
        codes.add(digests.random_characters(code_alphabet.ALPHABET, rules.LENGTH))
    rows = _rows(user, codes, now=now)
    with transaction.atomic():
        locked = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
        holds.refuse_held(locked, HoldScope.NEW_KEY, now=now)
        _replace(locked, rows)
        record(Action.BACKUP_CODES_MADE, by=by, on=locked, now=now, origin=origin, codes=len(rows))
        notify.notify_everywhere(
            locked, notice_kinds.BACKUP_CODES_MADE, now=now, at=now.isoformat(), device=origin.device
        )
    return [rules.spaced(code) for code in codes]


def put(*, user: User, wanted: Iterable[str], now: datetime) -> None:
    """Make these the codes of a demo user. They were chosen by the cast file, so no notice is sent.

    A used code stays used. Cost: one argon2 hash per code.
    """
    rows = {row.digest: row for row in _rows(user, set(wanted), now=now)}
    with transaction.atomic():
        BackupCode.objects.filter(user=user, used_at=None).exclude(digest__in=rows).delete()
        present = set(BackupCode.objects.filter(user=user).values_list("digest", flat=True))
        BackupCode.objects.bulk_create([row for digest, row in rows.items() if digest not in present])


def look_up(*, user_id: int, typed: str) -> Typed:
    """Find the unused code that matches, before any row is locked.

    Cost: one argon2 hash, however many codes there are; none for text that cannot be a code.
    Needs: a reserved try. Raises: ``HashingOverloaded``.
    """
    code = rules.read(typed)
    if code is None:
        return Typed(user_id, "")
    salt = User.objects.values_list("password_history_salt", flat=True).get(pk=user_id)
    rows = BackupCode.objects.filter(user_id=user_id, used_at=None).values_list("digest", "parameters")
    return Typed(user_id, slow_hash_lookup.find(_NAMESPACE, code, rows, salt=salt))


def use_once(
    *,
    typed: Typed,
    session_version: int,
    proved_at: float,
    attempt: Reservation,
    origin: client.Origin,
    now: datetime,
) -> BackupCode:
    """Use up a code, for good; its user is set and locked.

    ``proved_at``: as in ``key_codes.use_code``; a second factor used since then has used up that proof.
    Effects: the code is used; one event; one notice that says how many are left.
    Needs: a reserved try, an open transaction.
    Raises: ``BackupCodeWrong``, ``LimitReached``, ``Suspended``; ``SignInTooSlow`` if everything was ended since.
    """
    user = _owner(typed.user_id, session_version, proved_at)
    mine = BackupCode.objects.filter(user=user, digest=typed.digest, used_at=None)
    if not mine.update(used_at=now, confirmed=False):
        raise attempt.refusal(backup_code_wrong(attempt.tries_left))
    code: BackupCode = BackupCode.objects.get(user=user, digest=typed.digest)
    code.user = user
    remaining = left(user)
    record(Action.BACKUP_CODE_USED, by=user, on=user, now=now, origin=origin, code=code.pk, left=remaining)
    few = rules.are_few(remaining)
    notify.notify_everywhere(
        user, notice_kinds.BACKUP_CODE_USED, now=now, at=now.isoformat(), device=origin.device, left=remaining, few=few
    )
    return code


def left(user: User) -> int:
    """Return how many codes are unused."""
    count: int = BackupCode.objects.filter(user=user, used_at=None).count()
    return count


def drop(user: User) -> int:
    """Delete every unused code; return how many. Used ones stay, since open sessions rest on them."""
    dropped: int = BackupCode.objects.filter(user=user, used_at=None).delete()[0]
    return dropped


def _owner(user_id: int, session_version: int, proved_at: float) -> User:
    """Lock the user, unless the earlier proof is no longer valid."""
    active = User.objects.select_related("customer").filter(pk=user_id, is_active=True)
    user = active.select_for_update(of=("self",)).first()
    if user is None or user.session_version != session_version:
        raise SignInTooSlow
    # A separate statement: what the first one read before it waited for the lock may be out of date.
    if User.objects.filter(used_since(proved_at, user=OuterRef("pk")), pk=user.pk).exists():
        raise SignInTooSlow
    if user.suspended_at:
        raise Suspended
    return user


def _rows(user: User, codes: Iterable[str], *, now: datetime) -> list[BackupCode]:
    cost = slow_hash_lookup.parameters()
    return [
        BackupCode(
            user=user,
            digest=slow_hash_lookup.digest(_NAMESPACE, code, salt=user.password_history_salt, cost=cost),
            parameters=cost,
            created_at=now,
        )
        for code in codes
    ]


def _replace(user: User, rows: list[BackupCode]) -> None:
    drop(user)
    BackupCode.objects.bulk_create(rows)
