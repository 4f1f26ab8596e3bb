"""Notices of every kind with facts that make sense, for tests that are not about the facts."""

from datetime import datetime, timedelta
from typing import Any

from accounts import notice_kinds
from accounts.models import User
from portal.outbox import queue
from portal.outbox.kinds import NoticeKind
from portal.outbox.models import Notice

FACTS = {
    "at": "2026-03-02T12:00:00+00:00",
    "limit": "password",
    "case": "C-7F3K2Q9C",
    "change": "tighter",
    "code": "123 456",
    "count": 2,
    "device": "Chrome on Windows",
    "few": True,
    "fields": ["address", "phone"],
    "by": "olive",
    "role": "agent",
    "username": "ada",
    "ip": "203.0.113.7",
    "key": "Ada's phone",
    "left": 1,
    "log_ins": 1,
    "minutes": 15,
    "network": "203.0.113.7",
    "outcome": "protected",
    "part": "7F3K 2Q9C",
    "pauses": 2,
    "passkey": "Ada's laptop",
    "place": "near Toronto",
    "report": "R-7F3K-2Q9C",
    "request": "W-7F3K-2Q9C",
    "stop_code": "7F3K 2Q9C 7F3K",
    "total": 100,
    "tries": 5,
    "what": "not_me",
    "until": "2026-03-02T12:15:00+00:00",
}


def email(
    user: User,
    kind: NoticeKind = notice_kinds.NEW_DEVICE,
    *,
    now: datetime,
    address: str | None = None,
    dedupe: str = "",
    useful_until: datetime | None = None,
    **facts: Any,
) -> Notice:
    """Queue an e-mail; facts that are not given, and the quarter of an hour that a code lives, are made up."""
    facts = {name: FACTS[name] for name in kind.facts} | facts
    if kind.expires and useful_until is None:
        useful_until = now + timedelta(minutes=15)
    return queue.email(user, kind, now=now, address=address, dedupe=dedupe, useful_until=useful_until, **facts)
