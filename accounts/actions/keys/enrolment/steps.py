"""Setting up a Key, step by step: the only actions that move an enrolment.

The state table is accounts/policies/keys/enrolment.py, the reasons docs/decisions/0013-setting-up-a-key.md. On the web
the side that began shows a ticket (``binding``, from its encrypted cookie); in a transfer it is the old phone, whose
reference is the ticket. A step that is not open raises ``EnrolmentOver`` on the web, ``PairingOver`` to a phone.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from accounts.actions import holds
from accounts.actions.keys import key_codes
from accounts.actions.keys.enrolment import completion, identity_proofing, rows
from accounts.actions.keys.enrolment.rows import move
from accounts.enums import Action, EnrolmentPurpose, EnrolmentState, HoldScope
from accounts.models import Enrolment, EnrolmentItem, Key, Phone, User
from accounts.policies.keys import enrolment as moves
from accounts.refusals import (
    EnrolmentOver,
    OtherWayKnown,
    PairingCodeWrong,
    PairingOver,
    Suspended,
    TooManyKeys,
    code_wrong,
    refusing,
    too_often,
)
from portal.audit.record import record
from portal.lib import client, code_alphabet, digests
from portal.throttle import limits
from portal.throttle.counting import Bucket
from portal.throttle.reserve import Reservation, give_back, reserve

LIFE = timedelta(minutes=30)
NUMBER_DIGITS = 2


def begin(
    *,
    user: User,
    purpose: EnrolmentPurpose,
    binding: str,
    also: Collection[User] = (),
    old_phone: Phone | None = None,
    proved_by: str = "",
    origin: client.Origin,
    now: datetime,
) -> Enrolment:
    """Begin to set up a Key for a user; with ``also``, for other users of the same customer on the same phone.

    FIRST needs the right password, ADD a fresh proof, TRANSFER a request signed by ``old_phone``, all of whose active
    Keys are transferred, RECOVERY an open grant. ``proved_by``: what has proved the identity a moment ago, for the
    record; then no code is e-mailed and nothing is asked. Users in ``also`` who may not get a Key are left out.
    Effects: older open enrolments of the same purpose end; one event; on the web a code by e-mail. Needs: no open
    transaction.
    Raises: ``Suspended``, ``TooManyKeys``, ``KeysHeld``, ``NothingToAsk``, ``OtherWayKnown``, ``EnrolmentOver``,
    ``PairingOver``, ``TooOften`` (too many e-mailed codes).
    """
    with transaction.atomic():
        owner = User.objects.select_for_update(of=("self",)).select_related("customer").get(pk=user.pk)
        _refuse_if_closed(owner, purpose, now=now)
        if purpose == EnrolmentPurpose.FIRST and not proved_by:
            identity_proofing.questions_for(owner)
        items = _items_for(owner, also, old_phone, now=now)
        end_running(user=owner, purpose=purpose, by=owner, origin=origin, now=now)
        begun = Enrolment.objects.create(
            user=owner,
            purpose=purpose,
            state=EnrolmentState.OPEN if proved_by else moves.START[purpose],
            binding=rows.binding_of(owner, binding),
            old_phone=old_phone,
            created_at=now,
            expires_at=now + LIFE,
        )
        rows.draw_items(begun, items)
        facts = {"purpose": str(purpose), "log_ins": len(items)} | ({"proved_by": proved_by} if proved_by else {})
        record(Action.ENROLMENT_STARTED, by=owner, on=owner, now=now, origin=origin, flow=begun.flow, **facts)
    if begun.state == EnrolmentState.EMAIL:
        identity_proofing.send_email(enrolment=begun, origin=origin, now=now)
    return begun


def _refuse_if_closed(owner: User, purpose: EnrolmentPurpose, *, now: datetime) -> None:
    keys = Key.objects.filter(user=owner, confirmed=True).count()
    is_recovery = purpose == EnrolmentPurpose.RECOVERY  # which may end a suspension
    if (owner.suspended_at and not is_recovery) or not owner.is_active:
        raise Suspended
    if purpose == EnrolmentPurpose.FIRST:
        if keys:
            raise EnrolmentOver
        if rows.has_other_way(owner):
            raise OtherWayKnown
    elif purpose == EnrolmentPurpose.ADD and keys >= completion.MAX_KEYS:
        raise TooManyKeys
    if rows.is_held(owner, purpose, now=now):
        holds.refuse_held(owner, HoldScope.NEW_KEY, now=now)


def _items_for(owner: User, also: Collection[User], old_phone: Phone | None, *, now: datetime) -> list[EnrolmentItem]:
    """Return an item with a new seed for each user, or in a transfer for each Key that may be transferred."""
    if old_phone is not None:
        live = Key.objects.select_related("user").filter(phone=old_phone, confirmed=True)
        movable = live.filter(user__is_active=True, user__suspended_at=None)
        held = holds.held_among([old.user_id for old in movable], HoldScope.NEW_KEY, now=now)
        free = [old for old in movable if old.user_id not in held]
        moving = [EnrolmentItem(user=old.user, secret=key_codes.new_secret(), replaces=old) for old in free]
        if owner.pk not in {item.user_id for item in moving}:
            raise PairingOver
        return moving
    wanted = {user.pk for user in also}
    others = [user for user in rows.without_key(owner) if user.pk in wanted] if wanted else []
    return [EnrolmentItem(user=user, secret=key_codes.new_secret()) for user in (owner, *others)]


def _renew_shown_seed(enrolment: Enrolment) -> None:
    """Replace the owner's seed, which a page has shown for plain authenticator apps."""
    own = rows.items_of(enrolment)[0]
    own.secret = key_codes.new_secret()
    own.save(update_fields=["secret"])


def renew_pairing_code(*, enrolment: Enrolment, binding: str, now: datetime) -> str:
    """Return a new pairing code of eight characters, which replaces the older one. Only its digest is stored.

    A phone that has joined already, but may have missed the answer, is forgotten along with its number. No event: the
    code opens nothing until a phone uses it.
    """
    code = digests.random_characters(code_alphabet.ALPHABET, code_alphabet.PAIRING_LENGTH)
    until = now + timedelta(minutes=settings.PORTAL_PAIRING_MINUTES)
    with transaction.atomic():
        locked = rows.lock_owned(enrolment, binding, now=now)
        digest = rows.pairing_digest(code)
        until = min(until, locked.expires_at)
        move(locked, "renew", now=now, pairing_digest=digest, pairing_until=until, phone=None)
        locked.number = ""
        locked.save(update_fields=["number"])
    return code


@refusing(too_often)
def reserve_pairing(*, origin: client.Origin, now: datetime) -> Reservation:
    """Reserve an attempt at a pairing code for this network. Needs: no open transaction. Raises: ``TooOften``."""
    return reserve(*limits.PAIRING.of_network(origin.address), now=now)


@refusing(too_often)
def claim(
    *,
    code: str,
    attempt: Reservation,
    phone: Phone | None = None,
    public_key: str = "",
    name: str = "",
    version: str,
    origin: client.Origin,
    now: datetime,
) -> Enrolment:
    """Join an enrolment with a pairing code, as a known phone or as a new one with its public key and name.

    Returns the enrolment with the ``number`` to compare. Effects: the code is used up; the phone's row; a seed that
    no screen has shown; one event.
    Needs: no open transaction; a request signed by the phone's key; a reserved attempt.
    Raises: ``PairingCodeWrong`` (wrong, old, used, or a public key that belongs to another active phone), ``TooOften``.
    """
    try:
        with transaction.atomic():
            enrolment = rows.lock_open(code, now=now)
            if enrolment is None or (phone and enrolment.old_phone_id == phone.pk):
                raise attempt.refusal(PairingCodeWrong())
            came = phone or Phone.objects.create(
                name=name, public_key=public_key, version=version, created_at=now, last_seen_at=now
            )
            move(enrolment, "claim", now=now, phone=came)
            enrolment.number = digests.random_digits(NUMBER_DIGITS)
            enrolment.save(update_fields=["number"])
            _renew_shown_seed(enrolment)
            record(
                Action.PHONE_PAIRED,
                by=enrolment.user,
                on=enrolment.user,
                now=now,
                origin=origin,
                flow=enrolment.flow,
                phone=came.pk,
            )
    except IntegrityError as known:
        raise attempt.refusal(PairingCodeWrong()) from known
    give_back(attempt)
    return enrolment


def match(*, enrolment: Enrolment, binding: str, origin: client.Origin, now: datetime) -> Enrolment:
    """Confirm that both screens show the same number; from now on the phone may fetch its secrets."""
    with transaction.atomic():
        locked = rows.lock_owned(enrolment, binding, now=now)
        move(locked, "match", now=now)
        record(
            Action.PHONE_MATCHED,
            by=locked.user,
            on=locked.user,
            now=now,
            origin=origin,
            flow=locked.flow,
            phone=locked.phone_id,
        )
    return locked


def fetch(*, enrolment: Enrolment, phone: Phone, now: datetime) -> list[EnrolmentItem]:
    """Return the items with their seeds for the phone that joined; none while the numbers are being compared.

    May be repeated until the enrolment ends. Each item holds the public id of the future Key; deactivated users
    are left out. Raises: ``PairingOver``.
    """
    current = Enrolment.objects.filter(pk=enrolment.pk, phone=phone, expires_at__gt=now).first()
    if current is not None and current.state == EnrolmentState.CLAIMED:
        return []
    if current is None or moves.after(EnrolmentState(current.state), "fetch") is None:
        raise PairingOver
    items = [item for item in rows.items_of(current) if item.user.is_active]
    if not items:
        raise PairingOver
    return items


@refusing(too_often)
def confirm_on_web(
    *, enrolment: Enrolment, binding: str, code: str, name: str = "", origin: client.Origin, now: datetime
) -> list[Key]:
    """Finish on the web with a code from the new Key; all Keys of the enrolment become active at once.

    From OPEN the seed is in a plain authenticator app, called ``name``, for one user only; from MATCHED on the
    phone that joined. Effects: the Keys (each replaces an older one of its user on that phone), their events and
    notices; the code is used up. Needs: no open transaction.
    Raises: ``CodeWrong``, ``TooOften``, ``Suspended``, ``TooManyKeys``, ``KeysHeld``, ``EnrolmentOver``.
    """
    attempt = reserve(_codes(enrolment), now=now)
    with transaction.atomic():
        proved = _prove(enrolment, binding, code, _FINISHED_ON_ITS_PAGES, attempt, now=now)
        made = completion.start(proved.enrolment, proved.steps, name=name, origin=origin, now=now)
    give_back(attempt)
    return made


_FINISHED_ON_ITS_PAGES = frozenset({EnrolmentPurpose.FIRST, EnrolmentPurpose.ADD})


@dataclass(frozen=True)
class Proved:
    """An enrolment that is done but for its Keys, with the last time step each seed has used."""

    enrolment: Enrolment
    steps: Mapping[EnrolmentItem, int]


def prove_recovered(*, enrolment: Enrolment, binding: str, code: str, attempt: Reservation, now: datetime) -> Proved:
    """Use up an enrolment of a recovery with a code from the new Key, which ``completion.start`` then activates.

    No page finishes such an enrolment but by the completion of its recovery.
    Needs: the transaction of that completion, before it ends what was open. Raises: as ``confirm_on_web``.
    """
    return _prove(enrolment, binding, code, frozenset({EnrolmentPurpose.RECOVERY}), attempt, now=now)


def _prove(
    enrolment: Enrolment,
    binding: str,
    code: str,
    purposes: Collection[EnrolmentPurpose],
    attempt: Reservation,
    *,
    now: datetime,
) -> Proved:
    users = rows.lock_users(enrolment)
    locked = rows.lock_owned(enrolment, binding, now=now)
    step = "confirm" if locked.phone_id else "confirm-app"
    if locked.purpose not in purposes or not moves.after(EnrolmentState(locked.state), step):
        raise EnrolmentOver
    first, *others = rows.items_of(locked)
    spent = key_codes.first_step(first.secret, code, now=now)
    if spent is None:
        raise attempt.refusal(code_wrong(attempt.tries_left))
    completion.refuse_if_not_ready(locked, users, now=now)
    joining = completion.may_join(others, users, now=now) if locked.phone_id else []
    move(locked, step, now=now)
    return Proved(locked, {first: spent} | dict.fromkeys(joining, -1))


@refusing(too_often)
def prove_on_phone(
    *, enrolment: Enrolment, phone: Phone, codes: Mapping[UUID, str], origin: client.Origin, now: datetime
) -> list[Key]:
    """Finish a transfer on the new phone with one code from each new seed, by the public id of its Key.

    Effects: the new Keys become active and the old ones end, all at once, with one event each; the codes are used up;
    the old phone ends unless a Key had to stay on it (its user is suspended). Needs: no open transaction.
    Raises: ``CodeWrong`` (nothing was transferred), ``TooOften``, ``PairingOver``.
    """
    if enrolment.purpose != EnrolmentPurpose.TRANSFER or enrolment.phone_id != phone.pk:
        raise PairingOver
    attempt = reserve(_codes(enrolment), now=now)
    with transaction.atomic():
        users = rows.lock_users(enrolment)
        locked = rows.lock_came(enrolment, phone, now=now)
        if not moves.after(EnrolmentState(locked.state), "confirm"):
            raise PairingOver
        items = completion.may_move(rows.items_of(locked), locked, users, now=now)
        spent = {item: key_codes.first_step(item.secret, codes.get(item.public_id, ""), now=now) for item in items}
        steps = {item: step for item, step in spent.items() if step is not None}
        if len(steps) < len(items):
            raise attempt.refusal(code_wrong(attempt.tries_left))
        move(locked, "confirm", now=now)
        if not items:
            raise PairingOver
        completion.retire(locked, items, now=now)
        made = completion.start(locked, steps, name=phone.name, origin=origin, now=now, action=Action.KEY_MOVED)
    give_back(attempt)
    return made


def _codes(enrolment: Enrolment) -> Bucket:
    """Return the limit of codes for one enrolment: mistyping here must not lock sign-in."""
    return limits.SET_UP_CODE.of(digests.keyed("enrolment-codes", str(enrolment.pk)))


def give_up(*, enrolment: Enrolment, binding: str, origin: client.Origin, now: datetime) -> Enrolment:
    """End an enrolment without a Key: the user stopped, or the phone shows a different number."""
    with transaction.atomic():
        locked = rows.lock_owned(enrolment, binding, now=now)
        _end(locked, now=now, origin=origin, by=locked.user)
    return locked


def end_running(
    *, user: User, purpose: EnrolmentPurpose, by: User | None, origin: client.Origin | None, now: datetime
) -> None:
    """End a user's enrolments of this purpose that are under way. Needs: an open transaction."""
    running = user.enrolments.filter(purpose=purpose, expires_at__gt=now).exclude(state__in=moves.OVER)
    for older in running.select_for_update(of=("self",)).select_related("user"):
        _end(older, now=now, origin=origin, by=by)


def _end(enrolment: Enrolment, *, now: datetime, origin: client.Origin | None, by: User | None) -> None:
    """Needs: an open transaction, with the row locked."""
    state = EnrolmentState(enrolment.state)
    move(enrolment, "give-up", now=now)
    record(
        Action.ENROLMENT_ENDED, by=by, on=enrolment.user, now=now, origin=origin, flow=enrolment.flow, state=str(state)
    )
