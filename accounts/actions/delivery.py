"""The outbox worker's deed: claim a due notice for a while, send it, mark it sent (at least once, see below).

A worker killed between claiming and marking leaves a lease that runs out, and another takes over: nothing
is lost. Killed in the instant between the mail server's yes and our mark, the same Message-ID goes out
again, which mail stores recognise. See docs/decisions/0011-outbox.md.
"""

import logging
import secrets
from datetime import datetime, timedelta
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import F, Q

from accounts import emails
from accounts.enums import NoticeState
from accounts.models import Notice
from portal.lib import clock
from portal.lib.mail import LinkInMail
from portal.lib.sealing import SealBroken

log = logging.getLogger("portal.mail")

MOST_ATTEMPTS = 12
_FIRST_RETRY = 10  # seconds, doubled each time
_LONGEST_RETRY = 3600  # seconds
_CANDIDATES = 20


def deliver_due(*, limit: int = 100) -> int:
    """Send up to ``limit`` due notices over one connection; return how many were tried."""
    connection: BaseEmailBackend = get_connection()
    tried = 0
    try:
        while tried < limit and (notice := claim(now=clock.now())):
            _deliver(notice, connection)
            tried += 1
    finally:
        connection.close()
    return tried


def claim(*, now: datetime) -> Notice | None:
    """Take the oldest due notice nobody else holds, or None. One guarded UPDATE decides."""
    free = Q(lease_until=None) | Q(lease_until__lt=now)
    due = Notice.objects.filter(free, state=NoticeState.DUE, due_at__lte=now)
    lease = now + timedelta(seconds=settings.PORTAL_NOTICE_LEASE_SECONDS)
    for pk, attempts in due.order_by("due_at").values_list("pk", "attempts")[:_CANDIDATES]:
        mine = Notice.objects.filter(free, pk=pk, state=NoticeState.DUE, attempts=attempts)
        if mine.update(lease_until=lease, attempts=F("attempts") + 1):
            return Notice.objects.select_related("user__customer").get(pk=pk)
    return None


def _deliver(notice: Notice, connection: BaseEmailBackend) -> None:
    try:
        connection.send_messages([emails.message_for(notice)])
    except (OSError, SMTPException) as fault:
        connection.close()  # a broken conversation is not carried on
        _try_again(notice, fault)
    except (LinkInMail, SealBroken) as fault:
        _give_up(notice, fault)
    else:
        _finish(notice, state=NoticeState.SENT, sent_at=clock.now())
        log.info("sent", extra={"facts": {"reference": notice.reference, "kind": notice.kind}})


def _try_again(notice: Notice, fault: Exception) -> None:
    if notice.attempts >= MOST_ATTEMPTS:
        _give_up(notice, fault)
        return
    wait = min(_FIRST_RETRY * 2 ** (notice.attempts - 1), _LONGEST_RETRY)
    wait += secrets.randbelow(wait // 2 + 1)  # so that many do not come back together
    mine = Notice.objects.filter(pk=notice.pk, attempts=notice.attempts)
    mine.update(lease_until=None, due_at=clock.now() + timedelta(seconds=wait))
    log.warning("not sent", extra={"facts": {"reference": notice.reference, "fault": type(fault).__name__}})


def _give_up(notice: Notice, fault: Exception) -> None:
    _finish(notice, state=NoticeState.DEAD, sent_at=None)
    log.error("given up", extra={"facts": {"reference": notice.reference, "fault": type(fault).__name__}})


def _finish(notice: Notice, *, state: NoticeState, sent_at: datetime | None) -> None:
    """Close the notice and wipe its facts, unless a later attempt has taken over."""
    mine = Notice.objects.filter(pk=notice.pk, attempts=notice.attempts)
    mine.update(state=state, sent_at=sent_at, lease_until=None, facts="")
