"""The end of an enrolment: which users get a Key, and the Keys themselves."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from accounts.actions import holds
from accounts.actions.keys import key_codes
from accounts.actions.keys.enrolment import rows
from accounts.enums import Action, EndReason, EnrolmentPurpose, HoldScope, KeyKind
from accounts.models import Enrolment, EnrolmentItem, Key, Phone, PlatformSession, User
from accounts.refusals import EnrolmentOver, Suspended, TooManyKeys
from portal.audit.record import record_each
from portal.lib import client

MAX_KEYS = 10  # active ones of one user


def refuse_if_not_ready(enrolment: Enrolment, users: Mapping[int, User], *, now: datetime) -> None:
    """Check again what may have changed since the enrolment began. Needs: the users locked.

    Raises: ``Suspended``, ``TooManyKeys``, ``KeysHeld``, ``EnrolmentOver``.
    """
    owner = users[enrolment.user_id]
    has = Key.objects.filter(user=owner, confirmed=True).count()
    is_first = enrolment.purpose == EnrolmentPurpose.FIRST
    is_recovery = enrolment.purpose == EnrolmentPurpose.RECOVERY  # ends the others, and may end a suspension
    if (owner.suspended_at and not is_recovery) or not owner.is_active:
        raise Suspended
    if is_first and (has or rows.has_other_way(owner)):
        raise EnrolmentOver
    if enrolment.phone is not None and enrolment.phone.ended_at:
        raise EnrolmentOver
    if has >= MAX_KEYS and not is_recovery:
        raise TooManyKeys
    if rows.is_held(owner, EnrolmentPurpose(enrolment.purpose), now=now):
        holds.refuse_held(owner, HoldScope.NEW_KEY, now=now)


def may_join(items: Sequence[EnrolmentItem], users: Mapping[int, User], *, now: datetime) -> list[EnrolmentItem]:
    """Return the items of the other users who may still get their first Key in this enrolment."""
    have = set(Key.objects.filter(user__in=users, confirmed=True).values_list("user", flat=True))
    held = holds.held_among([item.user_id for item in items], HoldScope.NEW_KEY, now=now)
    free = [item for item in items if _is_open(users[item.user_id])]
    return [item for item in free if item.user_id not in have | held.keys()]


def may_move(
    items: Sequence[EnrolmentItem], enrolment: Enrolment, users: Mapping[int, User], *, now: datetime
) -> list[EnrolmentItem]:
    """Return the items whose Key is still on the old phone, and whose user may sign in and add a Key."""
    held = holds.held_among([item.user_id for item in items], HoldScope.NEW_KEY, now=now)
    return [
        item
        for item in items
        if item.replaces
        and item.replaces.confirmed
        and item.replaces.phone_id == enrolment.old_phone_id
        and _is_open(users[item.user_id])
        and item.user_id not in held
    ]


def start(
    enrolment: Enrolment,
    steps: Mapping[EnrolmentItem, int],
    *,
    name: str,
    origin: client.Origin,
    now: datetime,
    action: Action = Action.KEY_ENROLLED,
) -> list[Key]:
    """Activate the Keys of these items; ``steps`` holds the last time step each has used, -1 for none.

    The Key takes its public id from the item, so the phone knows it already. It replaces an active Key of the same
    user on the same phone; sessions opened with that one stay open.
    Needs: an open transaction, the users and the enrolment locked, seeds not wiped yet.
    """
    phone = enrolment.phone
    older = _end_older(enrolment, phone, steps, origin=origin, now=now) if phone else []
    new = [
        Key(
            public_id=item.public_id,
            user=item.user,
            name=phone.name if phone else name,
            kind=KeyKind.PHONE if phone else KeyKind.APP,
            phone=phone,
            secret=item.secret,
            last_step=step,
        )
        for item, step in steps.items()
    ]
    made = key_codes.start_keys(new, by=enrolment.user, origin=origin, now=now, action=action, flow=enrolment.flow)
    for item, own in zip(steps, made, strict=True):
        item.key = own
    EnrolmentItem.objects.bulk_update(steps, ["key"])
    for old in older:
        PlatformSession.objects.filter(key=old).update(key=next(own for own in made if own.user_id == old.user_id))
    return made


def _end_older(
    enrolment: Enrolment, phone: Phone, items: Iterable[EnrolmentItem], *, origin: client.Origin, now: datetime
) -> list[Key]:
    """End the Keys these users already have on this phone, and return them."""
    older = list(phone.keys.filter(confirmed=True, user__in=[item.user_id for item in items]).select_related("user"))
    if older:
        _end(older, EndReason.TURNED_OFF, now=now)
        ended = [(old.user, {"key": old.pk}) for old in older]
        record_each(Action.KEY_ENDED, ended, by=enrolment.user, origin=origin, now=now, flow=enrolment.flow)
    return older


def retire(enrolment: Enrolment, items: Iterable[EnrolmentItem], *, now: datetime) -> None:
    """End the replaced Keys and their sign-ins, and the old phone unless a Key has to stay on it."""
    replaced = [item.replaces for item in items if item.replaces]
    _end(replaced, EndReason.MOVED, now=now)
    PlatformSession.objects.filter(key__in=replaced).delete()
    old = enrolment.old_phone
    if old is not None and not old.keys.filter(confirmed=True).exists():
        old.ended_at, old.end_reason, old.subscription = now, EndReason.MOVED, {}
        old.save(update_fields=["ended_at", "end_reason", "subscription"])


def _end(keys: Iterable[Key], reason: EndReason, *, now: datetime) -> None:
    live = Key.objects.filter(pk__in=[key.pk for key in keys], confirmed=True)
    live.update(confirmed=False, ended_at=now, end_reason=reason)


def _is_open(user: User) -> bool:
    return user.is_active and not user.suspended_at
