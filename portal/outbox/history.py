"""What was sent to somebody, to be read again, and whether a reference is that of a message of ours."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import QuerySet

from portal.lib import code_alphabet
from portal.outbox.channels import CHANNELS
from portal.outbox.kinds import KINDS, ChannelName
from portal.outbox.models import Notice, NoticeState

_LENGTH = 8  # characters of a reference after its letter


@dataclass(frozen=True)
class Shown:
    """A notice with its subject and text. ``text`` is empty if it holds a secret, sent or not, or is too old."""

    notice: Notice
    subject: str
    text: str


def notices_of(users: Collection[int]) -> QuerySet[Notice]:
    """Return the notices to these users, newest first, each with its user and customer."""
    mine = Notice.objects.filter(user__in=users).select_related("user__customer")
    return mine.order_by("-created_at", "-pk")


def shown(notice: Notice) -> Shown:
    """Return a notice as its reader sees it again."""
    if notice.kind not in KINDS:
        return Shown(notice, notice.kind, "")
    channel = CHANNELS[ChannelName.EMAIL if notice.channel == ChannelName.PORTAL else notice.channel]
    subject, text = channel.words(notice)
    return Shown(notice, subject, text if KINDS[notice.kind].is_readable_again else "")


def find(typed: str, *, among: Collection[int] | None) -> Notice | None:
    """Return the notice that was sent with a reference, however it was typed: to one of these users, or to anybody."""
    reference = canonical(typed)
    sent = Notice.objects.select_related("user__customer").filter(reference=reference, state=NoticeState.SENT)
    return (sent if among is None else sent.filter(user__in=among)).first()


def canonical(typed: str) -> str:
    """Return a reference in the form in which it is stored; any other text becomes one that is not."""
    plain = code_alphabet.plain(typed)[:40]
    return f"{plain[:1]}-{code_alphabet.grouped(plain[1:], _LENGTH // 2, by='-')}"
