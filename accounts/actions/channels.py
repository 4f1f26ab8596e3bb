"""The push channel: notifications shown by the Key app, with nothing in them that strangers may not read."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.template.loader import render_to_string

from accounts.actions import push as subscriptions
from accounts.models import Phone
from portal.lib import clock, digests, outgoing, push
from portal.outbox import emails
from portal.outbox.channels import NobodyThere, Undeliverable
from portal.outbox.kinds import KINDS, ChannelName, NoticeKind
from portal.outbox.models import Notice

_KEPT_SECONDS = 3 * 24 * 3600  # kept by the push service, for a phone that is off
_TOPIC_LENGTH = 32  # RFC 8030, section 5.4
_SETTINGS = {"brand_name": "PORTAL_BRAND_NAME", "key_name": "PORTAL_KEY_NAME"}


class PhoneChannel:
    """Send notifications to a phone, by its reference. The subscription is looked up when the notice is sent."""

    folder: ClassVar[str] = "push"
    common: ClassVar[frozenset[str]] = frozenset(_SETTINGS)

    def __init__(self) -> None:
        self._sender = push.sender()

    @staticmethod
    def templates(kind: NoticeKind) -> Sequence[Sequence[str]]:
        """Return the kind's own text, else the one that says to read the e-mail."""
        return [_templates_of(kind.name)]

    @staticmethod
    def words(notice: Notice) -> tuple[str, str]:
        """Return the subject of the same message by e-mail, if there is one, and the text on the phone."""
        text = text_of(notice.kind)
        return (emails.subject_of(notice.kind) if ChannelName.EMAIL in KINDS[notice.kind].channels else text), text

    def send(self, notice: Notice) -> None:
        """Hand the message to the phone's push service, which may answer that the subscription is gone."""
        phone = Phone.objects.filter(reference=notice.target, ended_at=None).first()
        if phone is None or not phone.subscription:
            raise NobodyThere
        try:
            self._sender.send(message_for(notice, now=clock.now()), push.Subscription(**phone.subscription))
        except push.Gone as fault:
            subscriptions.forget(phone)
            raise NobodyThere from fault
        except outgoing.AddressRefused as fault:
            raise Undeliverable from fault

    def close(self) -> None:
        """Do nothing: each message has its own connection."""


def message_for(notice: Notice, *, now: datetime) -> push.Message:
    """Return the message; its format is described in docs/reference/key-api.md, "Notifications".

    The topic tells the push service nothing about the kind; it lets a newer request replace one that the
    phone has not fetched yet.
    """
    until = int(notice.useful_until.timestamp()) if notice.useful_until else 0
    title, text = settings.PORTAL_BRAND_NAME, text_of(notice.kind)
    return push.Message(
        payload={"kind": notice.kind, "title": title, "text": text, "until": until},
        ttl=max(1, until - int(now.timestamp())) if until else _KEPT_SECONDS,
        topic=digests.keyed("push-topic", notice.kind)[:_TOPIC_LENGTH],
    )


def text_of(kind: str) -> str:
    """Return what a phone shows of a notice of this kind."""
    common = {name: getattr(settings, setting) for name, setting in _SETTINGS.items()}
    return " ".join(render_to_string(_templates_of(kind), common).split())


def _templates_of(kind: str) -> list[str]:
    return [f"push/{kind}.txt", "push/news.txt"]
