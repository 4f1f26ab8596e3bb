"""Codes sent by e-mail: one valid code per user and purpose, which five wrong attempts make invalid."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from accounts import notice_kinds
from accounts.enums import Action, CodePurpose
from accounts.models import EmailedCode, User
from accounts.policies.keys import totp
from accounts.refusals import EmailedCodeWrong, refusing, too_often
from portal.audit.record import record
from portal.lib import client, digests
from portal.outbox import queue
from portal.throttle import limits
from portal.throttle.reserve import give_back, reserve


@refusing(too_often)
def send(
    *,
    user: User,
    purpose: CodePurpose,
    by: User | None,
    origin: client.Origin | None,
    now: datetime,
    flow: str = "",
    address: str = "",
) -> None:
    """Send a new code, which replaces an older one for the same purpose.

    ``address``: instead of the one on file; the code proves that one only.
    Effects: the code row, one notice, one event. Raises: ``TooOften`` after too many codes.
    Needs: no open transaction.
    """
    reserve(limits.EMAIL_CODE_SENT.of(user.username_hash, scope=purpose), now=now)
    code = digests.random_digits(totp.DIGITS)
    expires_at = now + timedelta(minutes=settings.PORTAL_EMAIL_CODE_MINUTES)
    with transaction.atomic():
        fresh = {"code_digest": _digest(user, purpose, code, address), "sent_at": now, "expires_at": expires_at}
        EmailedCode.objects.bulk_create(
            [EmailedCode(user=user, purpose=purpose, **fresh)],
            update_conflicts=True,
            unique_fields=["user", "purpose"],
            update_fields=list(fresh),
        )
        queue.email(
            user,
            notice_kinds.EMAILED_CODE,
            now=now,
            address=address or None,
            useful_until=expires_at,
            code=f"{code[:3]} {code[3:]}",
        )
        record(Action.CODE_SENT, by=by, on=user, now=now, origin=origin, flow=flow, purpose=str(purpose))


@refusing(too_often)
def accept(
    *,
    user: User,
    purpose: CodePurpose,
    code: str,
    origin: client.Origin,
    now: datetime,
    flow: str = "",
    address: str = "",
) -> None:
    """Accept a code that was sent, once. ``address``: as in ``send``.

    Effects: an attempt reserved and given back; the code row deleted; one event. The last wrong attempt deletes it too.
    Raises: ``EmailedCodeWrong`` (the same for wrong, old, replaced and used), ``TooOften``.
    Needs: no open transaction.
    """
    attempt = reserve(limits.EMAIL_CODE.of(user.username_hash, scope=purpose), now=now)
    with transaction.atomic():
        spent, _rows = EmailedCode.objects.filter(
            user=user, purpose=purpose, expires_at__gt=now, code_digest=_digest(user, purpose, code, address)
        ).delete()
        if spent:
            record(Action.CODE_ACCEPTED, by=user, on=user, now=now, origin=origin, flow=flow, purpose=str(purpose))
    if not spent:
        if not attempt.tries_left:
            EmailedCode.objects.filter(user=user, purpose=purpose).delete()
        raise attempt.refusal(EmailedCodeWrong())
    give_back(attempt)


def drop(*, user: User, purpose: CodePurpose | None = None) -> None:
    """Delete this user's unused code for a purpose, or all of them."""
    live = EmailedCode.objects.filter(user=user)
    (live.filter(purpose=purpose) if purpose else live).delete()


def _digest(user: User, purpose: CodePurpose, code: str, address: str) -> str:
    return digests.keyed("emailed-code", f"{user.pk}|{purpose}|{code}{address and '|'}{address}")
