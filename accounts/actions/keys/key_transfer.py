"""Transfer of Keys to a new phone, led by the old phone: begin, follow, confirm that the numbers match."""

from dataclasses import dataclass
from datetime import datetime

from accounts.actions import holds
from accounts.actions.keys.enrolment import rows, steps
from accounts.enums import EnrolmentPurpose, EnrolmentState, HoldScope
from accounts.models import Enrolment, Phone
from accounts.policies.keys import enrolment as moves
from accounts.refusals import Suspended
from portal.lib import client


@dataclass(frozen=True)
class Begun:
    """A transfer and its pairing code; the only place that holds the code in clear."""

    move: Enrolment
    code: str


def begin(*, phone: Phone, origin: client.Origin, now: datetime) -> Begun:
    """Begin to transfer every Key of this phone; an earlier transfer of theirs ends.

    Keys of suspended users, and of users for whom Keys are on hold, stay where they are. Effects: as ``steps.begin``.
    Raises: ``Suspended`` if none may be transferred, ``KeysHeld`` if that is only because they are on hold.
    """
    may_move = phone.keys.filter(confirmed=True, user__is_active=True, user__suspended_at=None)
    movable = list(may_move.select_related("user").order_by("user_id"))
    if not movable:
        raise Suspended
    held = holds.held_among([key.user_id for key in movable], HoldScope.NEW_KEY, now=now)
    first = next((key for key in movable if key.user_id not in held), movable[0])
    move = steps.begin(
        user=first.user,
        purpose=EnrolmentPurpose.TRANSFER,
        binding=phone.reference,
        old_phone=phone,
        origin=origin,
        now=now,
    )
    return Begun(move, steps.renew_pairing_code(enrolment=move, binding=phone.reference, now=now))


def state_of(move: Enrolment, *, now: datetime) -> EnrolmentState:
    """Return the state of a transfer; one that nobody joined or finished in time has ended."""
    state = EnrolmentState(move.state)
    until = move.pairing_until if state == EnrolmentState.OPEN else move.expires_at
    is_late = until is not None and until <= now
    return EnrolmentState.ENDED if is_late and state not in moves.OVER else state


def compare(*, phone: Phone, pairing: str, matches: bool, origin: client.Origin, now: datetime) -> EnrolmentState:
    """Confirm or deny on the old phone that the numbers match; a mismatch ends the transfer.

    Returns the new state. Raises: ``PairingOver``.
    """
    step = steps.match if matches else steps.give_up
    move = rows.of_old_phone(pairing, phone)
    return EnrolmentState(step(enrolment=move, binding=phone.reference, origin=origin, now=now).state)
