"""Notify a user on every channel there is."""

from datetime import datetime
from typing import Any

from accounts.actions import push
from accounts.models import Phone, User
from portal.outbox import queue
from portal.outbox.kinds import NoticeKind
from portal.outbox.models import Notice


def notify_everywhere(
    user: User, kind: NoticeKind, *, now: datetime, but: Phone | None = None, dedupe: str = "", **facts: Any
) -> Notice:
    """Queue an e-mail, and a message to every phone with a Key of this user except ``but``; return the e-mail.

    ``dedupe``: of the e-mail, as for ``queue.email``.
    Needs: the action's open transaction.
    """
    push.tell_phones(user, kind, now=now, but=but)
    return queue.email(user, kind, now=now, dedupe=dedupe, **facts)
