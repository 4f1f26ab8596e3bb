"""Writing what a phone is told: one kind, one template, nothing that a stranger may not read on its lock screen."""

from datetime import datetime

from django.conf import settings
from django.template.loader import render_to_string

from accounts.models import Notice
from portal.lib import digests
from portal.lib.push import Message

_KEPT_SECONDS = 3 * 24 * 3600  # by the push service, for a phone that is off
_TOPIC_LENGTH = 32  # RFC 8030, section 5.4


def message_for(notice: Notice, *, now: datetime) -> Message:
    """Return the finished message; what it looks like is in docs/reference/key-api.md, "Notifications".

    Template: push/<kind>.txt, or push/news.txt where a kind has none of its own. The topic says nothing of the
    kind to the push service; it lets a newer request take the place of one that the phone has not fetched.
    """
    until = int(notice.useful_until.timestamp()) if notice.useful_until else 0
    words = render_to_string(
        [f"push/{notice.kind}.txt", "push/news.txt"],
        {"brand_name": settings.PORTAL_BRAND_NAME, "key_name": settings.PORTAL_KEY_NAME},
    )
    return Message(
        payload={
            "kind": notice.kind,
            "title": settings.PORTAL_BRAND_NAME,
            "text": " ".join(words.split()),
            "until": until,
        },
        ttl=max(1, until - int(now.timestamp())) if until else _KEPT_SECONDS,
        topic=digests.keyed("push-topic", notice.kind)[:_TOPIC_LENGTH],
    )
