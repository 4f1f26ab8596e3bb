"""Queue notices, in the transaction of the action they announce. Delivery: portal/outbox/delivery.py."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from portal.lib import code_alphabet, digests
from portal.outbox.kinds import ChannelName, NoticeKind, check_declared
from portal.outbox.models import Notice, NoticeState
from portal.outbox.recipients import Recipient

_COPY = "copy-"


def email(
    user: Recipient,
    kind: NoticeKind,
    *,
    now: datetime,
    address: str | None = None,
    dedupe: str = "",
    useful_until: datetime | None = None,
    **facts: Any,
) -> Notice:
    """Queue one e-mail; the worker sends it once. Copies go to addresses replaced lately, except of codes.

    ``address``: instead of the one on file, for example the previous one. ``dedupe``: the same key queues a notice
    only once, for ever; a second call raises ``IntegrityError``. ``useful_until``: not sent from then on.
    Raises: ``NotDeclared``.
    """
    notice = _notice(user, kind, now=now, target=user.email if address is None else address, facts=facts)
    notice.dedupe, notice.useful_until = dedupe or notice.reference, useful_until
    check_declared(kind, channel=ChannelName.EMAIL, facts=facts, expires=useful_until is not None)
    notice.save()
    if address is None and not kind.expires:
        for number, former in enumerate(user.former_addresses(now)):
            copy = f"{_COPY}{f'{number}-' if number else ''}{notice.dedupe}"
            email(user, kind, now=now, address=former, dedupe=copy, **facts)
    return notice


def post(user: Recipient, kind: NoticeKind, *, now: datetime, **facts: Any) -> Notice:
    """Write a notice that is sent nowhere: it stands among the user's notices at once. Raises: ``NotDeclared``."""
    check_declared(kind, channel=ChannelName.EMAIL, facts=facts, expires=False)
    notice = _notice(user, kind, now=now, target="", facts=facts)
    notice.channel, notice.state, notice.sent_at = ChannelName.PORTAL, NoticeState.SENT, now
    notice.save()
    return notice


def email_each_address(users: Iterable[Recipient], kind: NoticeKind, *, now: datetime, **facts: Any) -> list[Notice]:
    """Queue one e-mail per address, however many of these users share it: ``log_ins`` says how many.

    For actions on many users of one person at once. One statement. Raises: ``NotDeclared``.
    """
    check_declared(kind, channel=ChannelName.EMAIL, facts={*facts, "log_ins"}, expires=False)
    by_address: dict[str, list[Recipient]] = {}
    for user in users:
        for address in filter(None, (user.email, *user.former_addresses(now))):
            by_address.setdefault(address, []).append(user)
    return Notice.objects.bulk_create(
        _notice(told[0], kind, now=now, target=address, facts=facts | {"log_ins": len(told)})
        for address, told in by_address.items()
    )


def push(
    user: Recipient,
    kind: NoticeKind,
    *,
    targets: Iterable[str],
    now: datetime,
    dedupe: str = "",
    useful_until: datetime | None = None,
) -> int:
    """Queue a message to each of these targets of the push channel; return how many there are. One statement.

    ``dedupe``: the same key queues a message to a target only once; a second call changes nothing.
    Raises: ``NotDeclared``.
    """
    check_declared(kind, channel=ChannelName.PUSH, facts=(), expires=useful_until is not None)
    queued = [_notice(user, kind, now=now, target=target, facts={}) for target in targets]
    for notice in queued:
        notice.channel, notice.useful_until = ChannelName.PUSH, useful_until
        notice.dedupe = f"{dedupe}-{notice.target}" if dedupe else notice.reference
    Notice.objects.bulk_create(queued, ignore_conflicts=True)
    return len(queued)


def _notice(user: Recipient, kind: NoticeKind, *, now: datetime, target: str, facts: dict[str, Any]) -> Notice:
    reference = new_reference("N")
    return Notice(
        user_id=user.pk,
        kind=kind.name,
        target=target,
        facts=facts,
        reference=reference,
        dedupe=reference,
        created_at=now,
        due_at=now,
    )


def new_reference(letter: str) -> str:
    """Return a public reference such as N-7F3K-2Q9C: 24^8, no vowels, no look-alikes."""
    body = digests.random_characters(code_alphabet.ALPHABET, 8)
    return f"{letter}-{body[:4]}-{body[4:]}"
