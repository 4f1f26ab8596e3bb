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


class HookState(models.TextChoices):
    """The state of an event on its way to one receiver."""

    DUE = "due", _("Waiting")
    SENT = "sent", _("Accepted")
    DEAD = "dead", _("Given up; holds up what follows")
    SKIPPED = "skipped", _("Skipped by an operator")


class HookSequence(models.Model):
    """How many events there are about a username. Its row lock orders them."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    n = models.PositiveBigIntegerField()

    def __str__(self) -> str:
        return f"{self.user_id} {self.n}"


class HookEvent(EncryptedModel):
    """Something that happened to a username, as the firm's systems are told it. ``body`` is the whole message.

    ``sequence``: its place among the events of the username. A test has neither username nor place.
    """

    encryption_owner = "user_id"
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    sequence = models.PositiveBigIntegerField(default=0)
    type = models.CharField(max_length=40)
    body = EncryptedJSONField(default=dict)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "sequence"], name="hook_event_one_per_place"),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["created_at"], name="hook_event_oldest")]

    def __str__(self) -> str:
        return f"{self.message_id} {self.type}"

    @property
    def message_id(self) -> str:
        """Return the id by which a receiver knows the event, however often it is sent."""
        return f"evt_{self.public_id.hex}"


_HOOK_OPEN = Q(state__in=[HookState.DUE, HookState.DEAD])


class HookDelivery(models.Model):
    """An event on its way to one receiver. ``user`` and ``sequence`` are those of the event.

    ``claims`` is the fencing token, and only grows; ``attempts`` counts since it was queued, or queued again.
    """

    event = models.ForeignKey(HookEvent, models.CASCADE, related_name="deliveries")
    receiver = models.CharField(max_length=32)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    sequence = models.PositiveBigIntegerField(default=0)
    state = models.CharField(max_length=7, choices=HookState.choices, default=HookState.DUE)
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    claims = models.PositiveIntegerField(default=0)
    attempts = models.PositiveIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    fault = models.CharField(max_length=40, blank=True)  # of the last attempt: a status, or the type of an error

    class Meta:
        verbose_name_plural = "hook deliveries"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["event", "receiver"], name="hook_delivery_once_per_receiver"),
            models.CheckConstraint(
                name="hook_delivery_sent_has_a_time",
                condition=Q(state=HookState.SENT, sent_at__isnull=False)
                | (~Q(state=HookState.SENT) & Q(sent_at__isnull=True)),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["receiver", "due_at"], condition=Q(state=HookState.DUE), name="hook_delivery_due"),
            models.Index(fields=["user", "receiver", "sequence"], condition=_HOOK_OPEN, name="hook_delivery_open"),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} {self.receiver}"
