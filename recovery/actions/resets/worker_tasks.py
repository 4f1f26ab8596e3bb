"""What the worker does for password resets: it sends their codes, and forgets those that are long over.

The codes are sent here so that the request takes as long for every username.
"""

from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.db import transaction

from accounts.policies.keys import totp
from portal.audit.record import record
from portal.lib import client, digests
from portal.outbox import periodic_tasks, queue
from recovery import notice_kinds
from recovery.actions.resets.steps import code_digest
from recovery.enums import ResetEvent, ResetState
from recovery.models import PasswordReset

_BATCH = 100
_KEPT = timedelta(days=30)


def send_codes(now: datetime) -> int:
    """Send up to a batch of codes; return how many resets were looked after."""
    due = PasswordReset.objects.filter(code_wanted_at__isnull=False).order_by("code_wanted_at")
    return periodic_tasks.each("reset codes", due.values_list("pk", flat=True)[:_BATCH], partial(_send, now=now))


def _send(reset_id: int, *, now: datetime) -> int:
    """Send a new code, which replaces an older one; to nobody for a username that nobody has."""
    code = digests.random_digits(totp.DIGITS)
    until = now + timedelta(minutes=settings.PORTAL_EMAIL_CODE_MINUTES)
    with transaction.atomic():
        reset = PasswordReset.objects.select_for_update(of=("self",)).select_related("user").get(pk=reset_id)
        if reset.code_wanted_at is None:
            return 0  # another worker has sent it
        reset.code_wanted_at = None
        is_open = reset.user is not None and reset.state == ResetState.EMAIL and reset.expires_at > now
        if is_open:
            reset.code_digest, reset.code_until = code_digest(reset, code), until
            queue.email(
                reset.owner,
                notice_kinds.RESET_CODE,
                now=now,
                useful_until=until,
                code=f"{code[:3]} {code[3:]}",
                device=reset.device,
                at=reset.created_at.isoformat(),
            )
            origin = client.Origin(reset.address, reset.device)
            record(ResetEvent.CODE_SENT, by=None, on=reset.owner, now=now, origin=origin, flow=reset.flow)
        reset.save(update_fields=["code_wanted_at", "code_digest", "code_until"])
    return 1


def forget_old(now: datetime) -> int:
    """Delete up to a batch of resets that were begun long ago; the record of events stays."""
    old = PasswordReset.objects.filter(created_at__lt=now - _KEPT).order_by("pk")[:_BATCH]
    return PasswordReset.objects.filter(pk__in=list(old.values_list("pk", flat=True))).delete()[0]
