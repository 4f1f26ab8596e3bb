"""Keys and their phones: rename a Key, turn it off, report it lost, revoke everything.

What else ends along with a Key: docs/decisions/0015-fresh-proof-and-ending-keys.md.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.actions import notify, sessions
from accounts.actions.authenticators import backup_codes
from accounts.enums import Action, EndReason, RequestState
from accounts.models import Key, Passkey, Phone, PlatformSession, PushChallenge, User
from accounts.policies.keys import revocation
from accounts.refusals import PhoneEnded
from portal.audit.record import record
from portal.audit.sealed_words import Words
from portal.lib import client


@transaction.atomic
def rename_key(*, key: Key, name: str, by: User, origin: client.Origin | None, now: datetime) -> Key:
    """Rename an active Key, 1 to 60 characters. Effects: one event. Raises: ``PhoneEnded``."""
    if not Key.objects.filter(pk=key.pk, confirmed=True).update(name=name):
        raise _ended(key)
    key.name = name
    record(Action.KEY_RENAMED, by=by, on=key.user, now=now, origin=origin, key=key.pk)
    return key


@transaction.atomic
def end_key(
    *,
    key: Key,
    reason: EndReason,
    by: User | None,
    origin: client.Origin | None,
    now: datetime,
    keep: PlatformSession | None = None,
    because: str = "",
) -> Key:
    """Turn off one Key for good; its phone ends too if no other Key is on it.

    ``keep``: the sign-in that requested it; it stays open unless it was opened with this very Key. ``because``: what
    staff typed, for the record of the Key's user, who reads it.
    Effects: the Key, the user's other sign-ins and waiting requests end; one event, one notice.
    Raises: ``PhoneEnded`` if it was already off.
    """
    said = {key.user_id: because}
    ended = _end([key.pk], reason=reason, by=by, origin=origin, now=now, keep=keep, said=said)
    if not ended:
        raise _ended(key)
    _end_idle_phones([ended[0].phone_id], reason=reason, now=now)
    return ended[0]


@transaction.atomic
def end_phone(
    *,
    phone: Phone,
    reason: EndReason,
    by: User | None,
    origin: client.Origin | None,
    now: datetime,
    keep: PlatformSession | None = None,
    said: Mapping[int, str] | None = None,
) -> list[Key]:
    """End a phone and every Key on it, for all users at once; return those Keys (KEY-8).

    ``said``: what staff typed about it, for the record of one user, by primary key; others do not read it.
    Effects: as ``end_key`` for each; the phone can make no requests and receives none.
    Raises: ``PhoneEnded`` if it had already ended.
    """
    users = User.objects.filter(key__phone=phone, key__confirmed=True)
    _lock(users.values_list("pk", flat=True))
    locked = Phone.objects.select_for_update().get(pk=phone.pk)
    if locked.ended_at:
        raise PhoneEnded(reason=locked.end_reason)
    live = Key.objects.filter(phone=locked, confirmed=True).values_list("pk", flat=True)
    ended = _end(list(live), reason=reason, by=by, origin=origin, now=now, keep=keep, said=said or {})
    _shut(locked, reason=reason, now=now)
    return ended


def report_lost(
    *,
    phone: Phone,
    by: User | None,
    origin: client.Origin | None,
    now: datetime,
    keep: PlatformSession | None = None,
    said: Mapping[int, str] | None = None,
) -> list[Key]:
    """End a lost phone: see ``end_phone``. Each user with a Key on it gets an event and a notice."""
    return end_phone(phone=phone, reason=EndReason.LOST, by=by, origin=origin, now=now, keep=keep, said=said)


def revoke_authenticators(
    *,
    user: User,
    reason: EndReason,
    by: User | None,
    origin: client.Origin | None,
    now: datetime,
    but: Phone | None = None,
) -> int:
    """End every Key, passkey and unused backup code of a user; return how many Keys there were.

    Effects: phones left without a Key end, too, except ``but``, which gets a new one; one event.
    Needs: an open transaction, the user's row locked; the caller ends open sign-ins.
    """
    over = {"confirmed": False, "ended_at": now, "end_reason": reason}
    live = Key.objects.filter(user=user, confirmed=True)
    phones = [pk for pk in live.values_list("phone_id", flat=True) if but is None or pk != but.pk]
    keys: int = live.update(**over)
    passkeys = Passkey.objects.filter(user=user, confirmed=True).update(**over)
    codes = backup_codes.drop(user)
    _end_idle_phones(phones, reason=reason, now=now)
    facts: dict[str, Any] = {"keys": keys, "passkeys": passkeys, "backup_codes": codes, "reason": str(reason)}
    record(Action.KEYS_ENDED, by=by, on=user, now=now, origin=origin, **facts)
    return keys


def _end(
    keys: Iterable[int],
    *,
    reason: EndReason,
    by: User | None,
    origin: client.Origin | None,
    now: datetime,
    keep: PlatformSession | None,
    said: Mapping[int, str],
) -> list[Key]:
    """End those of these Keys that are active, and everything that depends on them."""
    users = _lock(Key.objects.filter(pk__in=keys).values_list("user_id", flat=True))
    ended = list(Key.objects.filter(pk__in=keys, confirmed=True).select_related("phone").order_by("user_id", "pk"))
    for key in ended:
        key.user, key.confirmed, key.ended_at, key.end_reason = users[key.user_id], False, now, reason
        key.save(update_fields=["confirmed", "ended_at", "end_reason"])
        sessions.end_others(key.user, keep=None if keep and keep.key_id == key.pk else keep)
        facts: dict[str, Any] = {"key": key.pk, "reason": str(reason)}
        if said.get(key.user_id):
            facts["because"] = Words(said[key.user_id])
        record(revocation.action_of(reason), by=by, on=key.user, now=now, origin=origin, **facts)
        notify.notify_everywhere(key.user, revocation.notice_of(reason), now=now, key=key.name, at=now.isoformat())
    waiting = PushChallenge.objects.filter(user__in=[key.user_id for key in ended], state=RequestState.WAITING)
    waiting.update(state=RequestState.WITHDRAWN)
    return ended


def _lock(user_ids: Iterable[int]) -> dict[int, User]:
    """Lock users by id, so that two such actions never wait for each other."""
    rows = User.objects.select_related("customer").filter(pk__in=list(user_ids)).order_by("pk")
    return {user.pk: user for user in rows.select_for_update(of=("self",))}


def _end_idle_phones(phone_ids: Iterable[int | None], *, reason: EndReason, now: datetime) -> None:
    """End those of these phones that have no active Key left."""
    idle = Phone.objects.filter(pk__in=[pk for pk in phone_ids if pk], ended_at=None).exclude(keys__confirmed=True)
    for phone in idle.order_by("pk"):
        _shut(phone, reason=reason, now=now)


def _shut(phone: Phone, *, reason: EndReason, now: datetime) -> None:
    phone.ended_at, phone.end_reason, phone.subscription = now, reason, {}
    phone.save(update_fields=["ended_at", "end_reason", "subscription"])


def _ended(key: Key) -> PhoneEnded:
    """Return the refusal for a Key that is off, with the reason."""
    return PhoneEnded(reason=Key.objects.values_list("end_reason", flat=True).get(pk=key.pk))
