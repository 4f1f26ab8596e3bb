"""Telling the owner of a log-in on every channel there is."""

from datetime import datetime
from typing import Any

from accounts.actions import notices, push
from accounts.models import Notice, Phone, User


def notify_everywhere(user: User, kind: str, *, now: datetime, but: Phone | None = None, **facts: Any) -> Notice:
    """Queue an e-mail and a message to every phone with a Key of this log-in, ``but`` one; return the e-mail.

    Needs: the action's open transaction.
    """
    push.tell_phones(user, kind, now=now, but=but)
    return notices.tell(user, kind, now=now, **facts)
