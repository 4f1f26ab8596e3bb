"""The end of a recovery: a new password and a new Key in one transaction, or nothing at all."""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from accounts.actions import emailed_code, key, password, phones, throttle
from accounts.enums import Budget, EndReason
from accounts.models.throttle import Claim as BudgetClaim
from portal.lib import client
from recovery.actions import moving, stops
from recovery.actions.passes import find_open
from recovery.actions.record import Who
from recovery.enums import Actor, State
from recovery.models import Case, Pass
from recovery.refusals import PassNotGood


def complete(
    *, granted: Pass, new_password: str, secret: str, code: str, key_name: str, origin: client.Origin, now: datetime
) -> Case:
    """Set the password, end every proof and everything open, enrol the new Key, hold money and contacts.

    What ends: Keys, passkeys and backup codes; sign-ins, pending ones, known browsers.
    ``secret``: the base32 seed shown to the claimant; ``code``: what their new Key shows for it. Anything that
    fails leaves password, Keys and sessions as they were. The pass is used up by success alone, and only one of
    two parallel calls succeeds. Signing in afterwards is an ordinary sign-in.
    Needs: no open transaction; an open pass of this browser.
    Raises: ``PassNotGood``, ``CaseNotOpen``, ``PasswordTooSimple``, ``PasswordTooCommon``, ``PasswordUsedBefore``,
    ``CodeWrong``, ``Paused``, ``gate.Busy``.
    """
    stops.refuse_living_key(granted.case_id, now=now)
    user = find_open(pass_id=granted.pk, now=now).subject
    prepared = password.prepare(user, new_password)
    attempt = throttle.reserve(_code_budget(granted), now=now)
    with transaction.atomic():
        case = moving.lock(granted.case_id)
        moving.need_state(case, State.ENROLLING)
        unused = Pass.objects.filter(pk=granted.pk, used_at=None, revoked_at=None, finish_until__gt=now)
        if not unused.update(used_at=now):
            raise PassNotGood
        ended = password.set_prepared(user=user, prepared=prepared, by=None, origin=origin, now=now)
        old_keys = phones.end_proofs(user=user, reason=EndReason.RECOVERED, by=None, origin=origin, now=now)
        key.enrol_key(
            user=user, secret=secret, code=code, name=key_name, attempt=attempt, by=user, origin=origin, now=now
        )
        emailed_code.drop(user=user)
        stops.release(user, now=now)
        stops.hold_scopes(case, now=now)
        throttle.clear(throttle.password_claim_of(user.name_digest), throttle.code_claim(user.name_digest))
        moving.move(
            case,
            State.HOLD,
            "completed",
            who=Who(Actor.CLAIMANT, None, origin),
            now=now,
            body={"pass": granted.pk, "ended": len(ended), "keys": old_keys},
            until=now + case.terms.hold(max(case.tier, 1)),
        )
    return case


def _code_budget(granted: Pass) -> BudgetClaim:
    """Return the budget of codes for one pass: used-up codes at sign-in must not shut the way back in (LOCK-6)."""
    return throttle.claim(Budget.PASS_HALF, f"code|{granted.pk}", limit=settings.PORTAL_FAILURE_LIMIT)
