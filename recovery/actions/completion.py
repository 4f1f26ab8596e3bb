"""The end of a recovery: a new password and a new Key in one transaction, or nothing at all.

Both are prepared before, one page each: the password as its hash, in the claimant's browser; the Key as an enrolment,
which waits for its code.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.actions import hook_events, password
from accounts.actions.authenticators import emailed_code, security_answers
from accounts.actions.keys import key_revocation
from accounts.actions.keys.enrolment import completion as enrolments
from accounts.actions.keys.enrolment import steps
from accounts.actions.sign_in import known_browsers
from accounts.enums import EndReason, EnrolmentPurpose
from accounts.models import Enrolment, User
from accounts.refusals import refusing, too_often
from portal.lib import client, digests
from portal.throttle import limits
from portal.throttle.reserve import clear, reserve
from recovery import hook_types
from recovery.actions import case_holds, objections, transitions
from recovery.actions.case_events import Who
from recovery.actions.grants import find_open
from recovery.enums import Actor, State
from recovery.models import Case, RecoveryGrant
from recovery.refusals import GrantInvalid


@refusing(too_often)
def choose_password(*, grant: RecoveryGrant, new_password: str, now: datetime) -> password.Prepared:
    """Check a new password and return it hashed; nothing changes.

    Cost: as ``password.prepare``. Needs: no open transaction; an open grant of this browser.
    Raises: ``GrantInvalid``, ``TooOften``, and as ``password.prepare``.
    """
    user = find_open(grant_id=grant.pk, now=now).subject
    reserve(limits.NEW_PASSWORD.of(_bucket(grant)), now=now)
    return password.prepare(user, new_password)


def begin_key(*, grant: RecoveryGrant, ticket: str, origin: client.Origin, now: datetime) -> Enrolment:
    """Begin to set up the new Key, for the browser with this ticket; nothing changes before ``complete``.

    Effects: as ``steps.begin``. Needs: no open transaction; an open grant of this browser. Raises: ``GrantInvalid``.
    """
    user = find_open(grant_id=grant.pk, now=now).subject
    return steps.begin(
        user=user,
        purpose=EnrolmentPurpose.RECOVERY,
        binding=ticket,
        proved_by="recovery",
        origin=origin,
        now=now,
    )


@dataclass(frozen=True)
class NewKey:
    """The enrolment of the new Key, its ticket, the code the Key shows, and a name for a plain authenticator app."""

    enrolment: Enrolment
    ticket: str
    code: str
    name: str = ""


@refusing(too_often)
def complete(
    *, grant: RecoveryGrant, prepared: password.Prepared, key: NewKey, origin: client.Origin, now: datetime
) -> Case:
    """Set the password, revoke every authenticator and session, activate the new Key, hold money and contacts.

    What ends: Keys, passkeys, backup codes and security answers; sessions, pending sign-ins, known browsers. The phone
    of the new Key stays, if an old one was on it. Any failure leaves password, Keys and sessions as they were.
    Only success uses up the grant, and only one of two parallel calls succeeds. Signing in afterwards is an ordinary
    sign-in. Needs: no open transaction; an open grant of this browser.
    Raises: ``GrantInvalid``, ``CaseNotOpen``, ``PasswordUsedBefore`` (set by another request meanwhile), ``CodeWrong``,
    ``EnrolmentOver``, ``TooOften``.
    """
    objections.refuse_live_key(grant.case_id, now=now)
    user = find_open(grant_id=grant.pk, now=now).subject
    attempt = reserve(limits.RECOVERY_CODE.of(_bucket(grant)), now=now)
    with transaction.atomic():
        case = transitions.lock(grant.case_id)
        transitions.need_state(case, State.ENROLLING)
        _use_up(grant, now=now)
        proved = steps.prove_recovered(
            enrolment=key.enrolment, binding=key.ticket, code=key.code, attempt=attempt, now=now
        )
        if proved.enrolment.user_id != user.pk:
            raise GrantInvalid
        ended = password.set_prepared(user=user, prepared=prepared, by=None, origin=origin, now=now)
        phone = proved.enrolment.phone
        old_keys = key_revocation.revoke_authenticators(
            user=user, reason=EndReason.RECOVERED, by=None, origin=origin, now=now, but=phone
        )
        enrolments.start(proved.enrolment, proved.steps, name=key.name, origin=origin, now=now)
        _end_proofs(user, now=now)
        objections.reinstate(user, now=now)
        case_holds.place(case, now=now)
        clear(*known_browsers.buckets_of_strangers(user.username_hash), limits.RESET_KEY.of(user.username_hash))
        transitions.move(
            case,
            State.HOLD,
            "completed",
            who=Who(Actor.CLAIMANT, None, origin),
            now=now,
            body={"grant": grant.pk, "ended": len(ended), "keys": old_keys},
            until=now + case.terms.hold(max(case.tier, 1)),
        )
        hook_events.tell(user, hook_types.RECOVERED, by=None, now=now)
    return case


def _bucket(grant: RecoveryGrant) -> str:
    return digests.keyed("grant", str(grant.pk))


def _end_proofs(user: User, *, now: datetime) -> None:
    """End the code that is on its way, and the answers: whoever has stolen the rest may know them too."""
    emailed_code.drop(user=user)
    security_answers.mark_outdated(user, now=now)


def _use_up(grant: RecoveryGrant, *, now: datetime) -> None:
    unused = RecoveryGrant.objects.filter(pk=grant.pk, used_at=None, revoked_at=None, finish_until__gt=now)
    if not unused.update(used_at=now):
        raise GrantInvalid
