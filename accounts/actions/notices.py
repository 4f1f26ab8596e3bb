"""Queueing what customers are told. Delivery: accounts/actions/delivery.py."""

from datetime import datetime
from typing import Any

from accounts.models import Notice, User
from accounts.policies import signs
from portal.lib import digests


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
    """Queue one e-mail in the deed's transaction; it is sent by the worker, once.

    ``kind`` names the templates (templates/email/<kind>.txt, .html, .subject.txt). ``address``: another
    than the one on file, for example the previous one. ``dedupe``: the same text queues the same notice
    only once, for ever; a second ``tell`` raises IntegrityError. ``useful_until``: not sent any more from then on.
    """
    reference = new_reference("N")
    return Notice.objects.create(
        user=user,
        kind=kind,
        address=user.email if address is None else address,
        facts=facts,
        reference=reference,
        dedupe=dedupe or reference,
        created_at=now,
        due_at=now,
        useful_until=useful_until,
    )


def new_reference(letter: str) -> str:
    """Return a public reference such as N-7F3K-2Q9C: 24^8, no vowels, no look-alikes."""
    body = digests.random_signs(signs.ALPHABET, 8)
    return f"{letter}-{body[:4]}-{body[4:]}"
