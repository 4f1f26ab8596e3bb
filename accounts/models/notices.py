"""The outbox: everything the firm tells a customer, kept until it is delivered."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.enums import Channel, NoticeState
from accounts.models.phones import Phone
from accounts.models.users import User
from portal.lib.encrypted_fields import EncryptedJSONField, EncryptedModel, EncryptedTextField


class Notice(EncryptedModel):
    """One message on one channel. Text is rendered from ``kind`` and ``facts`` when it is sent.

    Facts are encrypted (they may hold a code) and wiped when the notice has gone. ``useful_until`` is set where
    it is worth nothing later, as a code that runs out. ``attempts`` is the
    fencing token: who claimed the row as attempt n may finish it only while it is still n.
    """

    encryption_owner = "user_id"
    user = models.ForeignKey(User, models.PROTECT, related_name="notices")
    kind = models.CharField(max_length=40)
    channel = models.CharField(max_length=8, choices=Channel.choices, default=Channel.EMAIL)
    phone = models.ForeignKey(Phone, models.PROTECT, null=True, related_name="+")
    address = EncryptedTextField(blank=True)  # empty for a phone: its subscription may change until it is sent
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
            models.CheckConstraint(
                name="notice_goes_to_a_phone_or_an_address",
                condition=Q(channel=Channel.PUSH, phone__isnull=False)
                | (~Q(channel=Channel.PUSH) & Q(phone__isnull=True)),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["due_at"], condition=Q(state=NoticeState.DUE), name="notice_due"),
            models.Index(fields=["user", "-created_at"], name="notice_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.kind}"
