"""The end of a recovery: a new password and a new Key in one transaction, or nothing at all."""

from datetime import datetime

from django.db import transaction

from accounts.actions import password
from accounts.actions.authenticators import emailed_code, security_answers
from accounts.actions.keys import key_codes, key_revocation
from accounts.actions.sign_in import known_browsers
from accounts.enums import EndReason
from accounts.models import User
from accounts.refusals import refusing, too_often
from portal.lib import client, digests
from portal.throttle import limits
from portal.throttle.reserve import clear, reserve
from recovery.actions import objections, transitions
from recovery.actions.case_events import Who
from recovery.actions.grants import find_open
from recovery.enums import Actor, State
from recovery.models import Case, RecoveryGrant
from recovery.refusals import GrantInvalid


@refusing(too_often)
def complete(
    *,
    grant: RecoveryGrant,
    new_password: str,
    secret: str,
    code: str,
    key_name: str,
    origin: client.Origin,
    now: datetime,
) -> Case:
    """Set the password, revoke every authenticator and session, enrol the new Key, hold money and contacts.

    What ends: Keys, passkeys, backup codes and security answers; sessions, pending sign-ins, known browsers.
    ``secret``: the base32 seed shown to the claimant; ``code``: what their new Key shows for it. Any failure
    leaves password, Keys and sessions as they were. Only success uses up the grant, and only one of
    two parallel calls succeeds. Signing in afterwards is an ordinary sign-in.
    Needs: no open transaction; an open grant of this browser.
    Raises: ``GrantInvalid``, ``CaseNotOpen``, ``PasswordTooSimple``, ``PasswordTooCommon``, ``PasswordUsedBefore``,
    ``CodeWrong``, ``TooOften``, ``HashingOverloaded``.
    """
    objections.refuse_live_key(grant.case_id, now=now)
    user = find_open(grant_id=grant.pk, now=now).subject
    prepared = password.prepare(user, new_password)
    attempt = reserve(limits.RECOVERY_CODE.of(digests.keyed("grant", str(grant.pk))), now=now)
    with transaction.atomic():
        case = transitions.lock(grant.case_id)
        transitions.need_state(case, State.ENROLLING)
        _use_up(grant, now=now)
        ended = password.set_prepared(user=user, prepared=prepared, by=None, origin=origin, now=now)
        old_keys = key_revocation.revoke_authenticators(
            user=user, reason=EndReason.RECOVERED, by=None, origin=origin, now=now
        )
        key_codes.enrol_key(
            user=user, secret=secret, code=code, name=key_name, attempt=attempt, by=user, origin=origin, now=now
        )
        _end_proofs(user, now=now)
        objections.reinstate(user, now=now)
        objections.hold_scopes(case, now=now)
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
    return case


def _end_proofs(user: User, *, now: datetime) -> None:
    """End the code that is on its way, and the answers: whoever has stolen the rest may know them too."""
    emailed_code.drop(user=user)
    security_answers.mark_outdated(user, now=now)


def _use_up(grant: RecoveryGrant, *, now: datetime) -> None:
    unused = RecoveryGrant.objects.filter(pk=grant.pk, used_at=None, revoked_at=None, finish_until__gt=now)
    if not unused.update(used_at=now):
        raise GrantInvalid
