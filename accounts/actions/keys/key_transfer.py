"""Moving to a new phone, as the old phone leads it: begin, look how it stands, say that the numbers match."""

from dataclasses import dataclass
from datetime import datetime

from accounts.actions.keys.enrolment import rows, steps
from accounts.enums import EnrolmentPurpose, EnrolmentState
from accounts.models import Enrolment, Phone
from accounts.policies.keys import enrolment as moves
from accounts.refusals import Suspended
from portal.lib import client


@dataclass(frozen=True)
class Begun:
    """A move, and the pairing code the new phone comes with: the one place that has it in clear."""

    move: Enrolment
    code: str


def begin(*, phone: Phone, origin: client.Origin, now: datetime) -> Begun:
    """Begin to move every Key of this phone to another one; an earlier move of theirs ends.

    Keys of log-ins that are stopped stay where they are. Effects: as ``steps.begin``.
    Raises: ``Suspended`` where none may move.
    """
    may_move = phone.keys.filter(confirmed=True, user__is_active=True, user__suspended_at=None)
    first = may_move.select_related("user").order_by("user_id").first()
    if first is None:
        raise Suspended
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
    """Return where a move stands; one that nobody came to, or finished, in time has ended."""
    state = EnrolmentState(move.state)
    until = move.pairing_until if state == EnrolmentState.OPEN else move.expires_at
    is_late = until is not None and until <= now
    return EnrolmentState.ENDED if is_late and state not in moves.OVER else state


def compare(*, phone: Phone, pairing: str, matches: bool, origin: client.Origin, now: datetime) -> EnrolmentState:
    """Say on the old phone whether the numbers are the same; where they differ the move ends.

    Returns where the move stands. Raises: ``PairingOver``.
    """
    step = steps.match if matches else steps.give_up
    move = rows.of_old_phone(pairing, phone)
    return EnrolmentState(step(enrolment=move, binding=phone.reference, origin=origin, now=now).state)
