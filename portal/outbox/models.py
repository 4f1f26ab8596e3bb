"""The outbox: notices to people, stored until they are delivered."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.lib.encrypted_fields import EncryptedJSONField, EncryptedModel, EncryptedTextField
from portal.outbox.kinds import ChannelName


class NoticeState(models.TextChoices):
    """The state of a notice."""

    DUE = "due", _("Waiting")
    SENT = "sent", _("Sent")
    DEAD = "dead", _("Not delivered")


class Notice(EncryptedModel):
    """One message on one channel. Text is rendered from ``kind`` and ``facts`` when it is sent.

    ``target`` is the channel's recipient: an e-mail address, a phone's reference. Facts are encrypted. Those of a
    kind that has secrets, such as a code, are wiped once the notice is sent; others stay, so that its reader can read
    it again. ``useful_until`` is set if it is useless later, like an expired code. ``attempts`` is the fencing token: a
    worker that claimed the row as attempt n may finish it only while it is still n.
    """

    encryption_owner = "user_id"
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="notices")
    kind = models.CharField(max_length=40)
    channel = models.CharField(max_length=8, choices=ChannelName.choices, default=ChannelName.EMAIL)
    target = EncryptedTextField()
    facts = EncryptedJSONField(default=dict)
    reference = models.CharField(max_length=12, unique=True)
    dedupe = models.CharField(max_length=80, unique=True)
    state = models.CharField(max_length=4, choices=NoticeState.choices, default=NoticeState.DUE)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    useful_until = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="notice_sent_has_a_time",
                condition=Q(state=NoticeState.SENT, sent_at__isnull=False)
                | (~Q(state=NoticeState.SENT) & Q(sent_at__isnull=True)),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["due_at"], condition=Q(state=NoticeState.DUE), name="notice_due"),
            models.Index(fields=["user", "-created_at"], name="notice_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.kind}"
