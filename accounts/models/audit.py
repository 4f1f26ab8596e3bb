"""The audit chain: what was done, by whom, to whom; append-only, keyed, one chain per subject."""

from typing import ClassVar

from django.db import models

from accounts.enums import Action
from accounts.models.users import User


class ChainHead(models.Model):
    """How far a chain has come. Its row lock orders the events of one subject."""

    chain = models.CharField(max_length=40, primary_key=True)  # "user:12" or "system"
    n = models.PositiveBigIntegerField()
    digest = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.chain} {self.n}"


class SecurityEvent(models.Model):
    """One action. ``digest`` is HMAC-SHA-256 over ``prev`` and the canonical JSON of the row.

    Rows cannot be changed or deleted: triggers refuse it (accounts/models/guards.py).
    """

    chain = models.CharField(max_length=40)
    n = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    action = models.CharField(max_length=40, choices=Action.choices)
    actor = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    subject = models.ForeignKey(User, models.PROTECT, null=True, related_name="security_events")
    source = models.CharField(max_length=64, blank=True)  # keyed digest of the network
    request_id = models.CharField(max_length=16, blank=True)
    facts = models.JSONField(default=dict)
    prev = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["chain", "n"], name="one_event_per_place_in_chain"),
        ]

    def __str__(self) -> str:
        return f"{self.chain} {self.n} {self.action}"
