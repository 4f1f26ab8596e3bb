"""Find, lock and move enrolment rows, for the actions of this package."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.actions import holds
from accounts.enums import EnrolmentPurpose, EnrolmentState, HoldScope, Realm
from accounts.models import BackupCode, Enrolment, EnrolmentItem, Key, Passkey, Phone, User
from accounts.policies.keys import enrolment as moves
from accounts.refusals import EnrolmentOver, PairingOver, Refusal
from portal.lib import code_alphabet, digests


def binding_of(user: User, ticket: str) -> str:
    """Return the digest that binds an enrolment to its ticket; ending everything of the user invalidates it."""
    return digests.keyed("enrolment", f"{ticket}|{user.pk}|{user.session_version}")


def pairing_digest(code: str) -> str:
    """Return the digest stored for a pairing code."""
    return digests.keyed("pairing-code", code)


def find(*, enrolment_id: int, ticket: str, now: datetime) -> Enrolment:
    """Return the enrolment this ticket belongs to. One statement. Raises: ``EnrolmentOver``."""
    return _checked(_all().filter(pk=enrolment_id).first(), ticket, now=now)


def of_phone(pairing: str, phone: Phone) -> Enrolment:
    """Return the enrolment with this public id that the new phone has joined. Raises: ``PairingOver``."""
    return _by_public_id(_all().filter(phone=phone), pairing)


def of_old_phone(pairing: str, phone: Phone) -> Enrolment:
    """Return the transfer with this public id that the old phone began. Raises: ``PairingOver``."""
    return _by_public_id(_all().filter(old_phone=phone), pairing)


def lock_owned(enrolment: Enrolment, ticket: str, *, now: datetime) -> Enrolment:
    """Lock the user, then the enrolment, for the side that began it.

    Raises: ``EnrolmentOver``, ``PairingOver`` in a transfer.
    """
    _lock_person(enrolment.user_id)
    row = _all().select_for_update(of=("self",)).filter(pk=enrolment.pk).first()
    try:
        return _checked(row, ticket, now=now)
    except EnrolmentOver as refusal:
        raise over(enrolment) from refusal


def lock_open(pairing_code: str, *, now: datetime) -> Enrolment | None:
    """Lock the user, then the enrolment that waits for a phone with this code; None if there is none."""
    digest = pairing_digest(code_alphabet.plain(pairing_code))
    waiting = _all().filter(pairing_digest=digest, pairing_until__gt=now, expires_at__gt=now, user__is_active=True)
    for user_id in waiting.values_list("user", flat=True):
        _lock_person(user_id)
    return waiting.select_for_update(of=("self",)).first()


def lock_came(enrolment: Enrolment, phone: Phone, *, now: datetime) -> Enrolment:
    """Lock an enrolment for the phone that joined it. Raises: ``PairingOver``."""
    live = Q(phone=phone, phone__ended_at=None, expires_at__gt=now)
    row = _all().select_for_update(of=("self",)).filter(live, pk=enrolment.pk).first()
    if row is None:
        raise PairingOver
    return row


def over(enrolment: Enrolment) -> Refusal:
    """Return the refusal of a step that is not open: to a phone, or on the web."""
    return PairingOver() if enrolment.purpose == EnrolmentPurpose.TRANSFER else EnrolmentOver()


def move(enrolment: Enrolment, step: str, *, now: datetime, **columns: object) -> None:
    """Take one step of the state table, in one guarded statement. Needs: an open transaction. Raises: as ``over``."""
    old = EnrolmentState(enrolment.state)
    state = moves.after(old, step)
    if state is None:
        raise over(enrolment)
    columns |= {"state": state, "over_at": now if state in moves.OVER else None}
    if state != EnrolmentState.OPEN:
        columns["pairing_digest"] = None
    unmoved = Enrolment.objects.filter(pk=enrolment.pk, state=old, expires_at__gt=now)
    if unmoved.update(**columns) != 1:
        raise over(enrolment)
    for name, value in columns.items():
        setattr(enrolment, name, value)
    if state in moves.OVER:
        EnrolmentItem.objects.filter(enrolment=enrolment).update(secret="")


def lock_users(enrolment: Enrolment) -> dict[int, User]:
    """Lock the users of an enrolment, then their active Keys, each by id, before anything else."""
    theirs = EnrolmentItem.objects.filter(enrolment=enrolment).values("user")
    people = User.objects.select_for_update(of=("self",)).select_related("customer").filter(pk__in=theirs)
    locked = {user.pk: user for user in people.order_by("pk")}
    list(Key.objects.select_for_update(of=("self",)).filter(user__in=locked, confirmed=True).order_by("pk"))
    return locked


def items_of(enrolment: Enrolment) -> list[EnrolmentItem]:
    """Return the items with their users, the owner's first; none if the enrolment has moved on since it was read."""
    unmoved = EnrolmentItem.objects.filter(enrolment=enrolment, enrolment__state=enrolment.state)
    items = unmoved.select_related("user__customer", "replaces", "key")
    return sorted(items, key=lambda item: (item.user_id != enrolment.user_id, item.pk))


def is_held(user: User, purpose: EnrolmentPurpose, *, now: datetime) -> bool:
    """Tell whether a Key for this purpose is on hold for this user: never the very first one, nor that of a recovery.

    Somebody whose only Key was ended while Keys are on hold recovers again.
    """
    if purpose == EnrolmentPurpose.RECOVERY:
        return False
    if purpose == EnrolmentPurpose.FIRST and not Key.objects.filter(user=user).exists():
        return False
    return bool(holds.held_among([user.pk], HoldScope.NEW_KEY, now=now))


def has_other_way(user: User) -> bool:
    """Tell whether a user has a passkey or an unused backup code."""
    passkeys = Passkey.objects.filter(user=OuterRef("pk"), confirmed=True)
    backup_codes = BackupCode.objects.filter(user=OuterRef("pk"), used_at=None)
    return User.objects.filter(Exists(passkeys) | Exists(backup_codes), pk=user.pk).exists()


def without_key(user: User) -> QuerySet[User]:
    """Return the same customer's other users without a Key, who may get one together with this one.

    For a paper-trading user only paper ones: access to paper trading must not lead to real money.
    """
    same = User.objects.filter(customer=user.customer_id, is_active=True, suspended_at=None).exclude(pk=user.pk)
    live_keys = Key.objects.filter(user=OuterRef("pk"), confirmed=True)
    may = Q(realm=Realm.PAPER) if user.realm == Realm.PAPER else Q()
    found = same.filter(may, ~Exists(live_keys), customer__isnull=False)
    return found.order_by("username")


def draw_items(enrolment: Enrolment, new: Iterable[EnrolmentItem]) -> None:
    """Save the items of a new enrolment."""
    for item in new:
        item.enrolment = enrolment
    EnrolmentItem.objects.bulk_create(new)


def _all() -> QuerySet[Enrolment]:
    return Enrolment.objects.select_related("user__customer", "phone")


def _lock_person(user_id: int) -> None:
    """Lock the user first, as every action on one does, so that no two wait for each other."""
    User.objects.select_for_update(of=("self",)).get(pk=user_id)


def _checked(enrolment: Enrolment | None, ticket: str, *, now: datetime) -> Enrolment:
    if enrolment is None or enrolment.expires_at <= now or enrolment.state == EnrolmentState.ENDED:
        raise EnrolmentOver
    if not digests.same(enrolment.binding, binding_of(enrolment.user, ticket)):
        raise EnrolmentOver
    return enrolment


def _by_public_id(rows: QuerySet[Enrolment], pairing: str) -> Enrolment:
    found = rows.filter(public_id=pairing).first()
    if found is None:
        raise PairingOver
    return found
