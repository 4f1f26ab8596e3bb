"""What a phone changes about itself: its signing key, its name, the clock offset it reports."""

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction

from accounts.enums import Action
from accounts.models import Key, Phone, User
from accounts.policies.keys import signed_messages
from accounts.refusals import CallNotSigned, CallUnreadable, PhoneEnded
from portal.audit.record import record
from portal.lib import client, p256


def rotate(*, phone: Phone, public_key: str, proof: str, origin: client.Origin, now: datetime) -> None:
    """Replace the key that the phone signs with; ``proof``: the new key's signature over its phone.

    Effects: one event for each user with a Key there. Raises: ``CallUnreadable`` if the new one is not a key,
    ``CallNotSigned`` if it did not sign, is another phone's, or the old one was replaced meanwhile; ``PhoneEnded``.
    """
    text = signed_messages.rotation_text(phone=phone.reference, public_key=public_key)
    try:
        is_proved = p256.is_signed(text.encode(), proof, by=public_key)
    except p256.NotAPoint as error:
        raise CallUnreadable from error
    if not is_proved:
        raise CallNotSigned
    try:
        with transaction.atomic():
            _replace_key(phone, public_key, origin=origin, now=now)
    except IntegrityError as taken:
        raise CallNotSigned from taken


def _replace_key(phone: Phone, public_key: str, *, origin: client.Origin, now: datetime) -> None:
    locked = _locked(phone)
    if locked.public_key != phone.public_key:
        raise CallNotSigned
    locked.public_key = public_key
    locked.save(update_fields=["public_key"])
    _record(Action.PHONE_ROTATED, _keys_on(phone), phone=phone, origin=origin, now=now)


def rename(*, phone: Phone, name: str, origin: client.Origin, now: datetime) -> None:
    """Rename the phone, and the Keys on it that bear its old name.

    Effects: one event for each user whose Key was renamed. Raises: ``PhoneEnded``.
    """
    with transaction.atomic():
        locked = _locked(phone)
        renamed = [key for key in _keys_on(phone) if key.name == locked.name != name]
        Key.objects.filter(pk__in=[key.pk for key in renamed]).update(name=name)
        locked.name = name
        locked.save(update_fields=["name"])
        _record(Action.KEY_RENAMED, renamed, phone=phone, origin=origin, now=now)


def tell_clock(*, phone: Phone, offset: int) -> None:
    """Store by how many seconds the phone's clock is fast, for support. Nothing is accepted because of it."""
    Phone.objects.filter(pk=phone.pk).update(clock_offset=offset)


def _locked(phone: Phone) -> Phone:
    """Lock its users, then the phone, in the order of the actions that end Keys, so that no two wait for each other."""
    people = User.objects.filter(key__phone=phone, key__confirmed=True).values_list("pk", flat=True)
    list(User.objects.filter(pk__in=list(people)).order_by("pk").select_for_update().values_list("pk", flat=True))
    locked = Phone.objects.select_for_update().get(pk=phone.pk)
    if locked.ended_at:
        raise PhoneEnded(reason=locked.end_reason)
    return locked


def _keys_on(phone: Phone) -> list[Key]:
    return list(Key.objects.select_related("user").filter(phone=phone, confirmed=True).order_by("user_id"))


def _record(action: Action, keys: Iterable[Key], *, phone: Phone, origin: client.Origin, now: datetime) -> None:
    for key in keys:
        record(action, by=key.user, on=key.user, now=now, origin=origin, key=key.pk, phone=phone.pk)
