"""Queueing what customers are told. Delivery: accounts/actions/delivery.py."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from accounts.models import Notice, User
from portal.lib import code_alphabet, digests


def tell(
    user: User,
    kind: str,
    *,
    now: datetime,
    address: str | None = None,
    dedupe: str = "",
    useful_until: datetime | None = None,
    **facts: Any,
) -> Notice:
    """Queue one e-mail in the action's transaction; it is sent by the worker, once.

    ``kind`` names the templates (templates/email/<kind>.txt, .html, .subject.txt). ``address``: another
    than the one on file, for example the previous one. ``dedupe``: the same text queues the same notice
    only once, for ever; a second ``tell`` raises IntegrityError. ``useful_until``: not sent any more from then on.
    """
    notice = _notice(user, kind, now=now, address=user.email if address is None else address, facts=facts)
    notice.dedupe, notice.useful_until = dedupe or notice.reference, useful_until
    notice.save()
    return notice


def tell_together(users: Iterable[User], kind: str, *, now: datetime, **facts: Any) -> list[Notice]:
    """Queue one e-mail per address, however many of these log-ins it belongs to: ``log_ins`` says how many.

    For actions that touch many log-ins of one person at once. One statement.
    """
    by_address: dict[str, list[User]] = {}
    for user in users:
        by_address.setdefault(user.email, []).append(user)
    return Notice.objects.bulk_create(
        _notice(told[0], kind, now=now, address=address, facts=facts | {"log_ins": len(told)})
        for address, told in by_address.items()
    )


def _notice(user: User, kind: str, *, now: datetime, address: str, facts: dict[str, Any]) -> Notice:
    reference = new_reference("N")
    return Notice(
        user=user,
        kind=kind,
        address=address,
        facts=facts,
        reference=reference,
        dedupe=reference,
        created_at=now,
        due_at=now,
    )


def new_reference(letter: str) -> str:
    """Return a public reference such as N-7F3K-2Q9C: 24^8, no vowels, no look-alikes."""
    body = digests.random_signs(code_alphabet.ALPHABET, 8)
    return f"{letter}-{body[:4]}-{body[4:]}"
