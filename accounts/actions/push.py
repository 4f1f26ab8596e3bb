"""Messages to phones: their subscriptions, and what is queued for them. Delivery: accounts/actions/channels.py."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from accounts import notice_kinds
from accounts.models import Phone, PushChallenge, User
from accounts.refusals import NoSubscription, PhoneEnded, PushAddressRefused, refusing, too_often
from portal.lib import digests, outgoing, push
from portal.outbox import queue
from portal.outbox.kinds import NoticeKind
from portal.throttle import limits
from portal.throttle.reserve import reserve

_TEST_LIFE = timedelta(minutes=10)


def subscribe(*, phone: Phone, subscription: Mapping[str, str], now: datetime) -> None:
    """Store this phone's subscription; an empty mapping removes it.

    ``subscription``: ``endpoint``, ``p256dh`` and ``auth`` as the browser gives them. May take a DNS look-up of up to a
    second, so call it outside a transaction. Raises: ``PushAddressRefused``, ``PhoneEnded``.
    """
    if subscription:
        try:
            push.sender().check(push.Subscription(**subscription))
        except outgoing.AddressRefused as error:
            raise PushAddressRefused from error
    with transaction.atomic():
        row = Phone.objects.select_for_update().get(pk=phone.pk)
        if row.ended_at:
            raise PhoneEnded(reason=row.end_reason)
        row.subscription, row.last_seen_at = dict(subscription), now
        row.save(update_fields=["subscription", "last_seen_at"])


def announce(request: PushChallenge, *, now: datetime) -> int:
    """Queue a message about a request for every phone that can answer it; return how many there are.

    A second call changes nothing. Needs: the open transaction of the action that asks for approval.
    """
    return _queue(
        _phones_of(request.user),
        request.user,
        notice_kinds.REQUEST,
        now=now,
        dedupe=f"request-{request.reference}",
        useful_until=request.expires_at,
    )


def tell_phones(user: User, kind: NoticeKind, *, now: datetime, but: Phone | None = None) -> int:
    """Queue a message for every phone with an active Key of this user except ``but``; return how many there are."""
    phones = _phones_of(user)
    return _queue(phones.exclude(pk=but.pk) if but else phones, user, kind, now=now)


@refusing(too_often)
def send_test(*, phone: Phone, now: datetime) -> None:
    """Queue a test message. Raises: ``NoSubscription``, ``TooOften``."""
    with transaction.atomic():
        Phone.objects.select_for_update().get(pk=phone.pk)
        reserve(limits.TEST_PUSH.of(digests.keyed("phone", phone.reference)), now=now)
        key = phone.keys.filter(confirmed=True, user__is_active=True).select_related("user").first()
        if key is None or not _queue([phone], key.user, notice_kinds.TEST, now=now, useful_until=now + _TEST_LIFE):
            raise NoSubscription


def forget(phone: Phone) -> None:
    """Drop a subscription that the push service no longer knows, unless the phone has brought another meanwhile."""
    with transaction.atomic():
        row = Phone.objects.select_for_update().get(pk=phone.pk)
        if row.subscription == phone.subscription:
            row.subscription = {}
            row.save(update_fields=["subscription"])


def _phones_of(user: User) -> QuerySet[Phone]:
    live = {"keys__user": user, "keys__confirmed": True, "keys__user__is_active": True}
    return Phone.objects.filter(ended_at=None, **live).distinct()


def _queue(
    phones: Iterable[Phone],
    user: User,
    kind: NoticeKind,
    *,
    now: datetime,
    dedupe: str = "",
    useful_until: datetime | None = None,
) -> int:
    if not push.sender().is_on:
        return 0
    targets = [phone.reference for phone in phones if phone.subscription]
    return queue.push(user, kind, targets=targets, now=now, dedupe=dedupe, useful_until=useful_until)
