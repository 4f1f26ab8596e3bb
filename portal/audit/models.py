"""The audit record: what was done, by whom, to whom; append-only, keyed, one chain per subject."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from portal.audit import event_names
from portal.lib.encrypted_fields import EncryptedModel, EncryptedTextField


class ChainedEvent(models.Model):
    """An event in a chain. ``digest`` covers every other column except the id: ``hash_chain.body_of``.

    ``flow`` is shared by the steps of one undertaking. Rows cannot be changed or deleted: triggers refuse it.
    """

    chain = models.CharField(max_length=40)  # "user:12", "system", "case:C-7F3K2Q9C"
    n = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    action = models.CharField(max_length=40, choices=event_names.choices)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    source = models.CharField(max_length=64, blank=True)  # keyed digest of the network
    request_id = models.CharField(max_length=16, blank=True)
    flow = models.CharField(max_length=40, db_index=True)
    facts = models.JSONField(default=dict)
    version = models.PositiveSmallIntegerField()  # of the digest's content and format
    key_id = models.CharField(max_length=8)
    prev = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        abstract = True
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["chain", "n"], name="%(app_label)s_%(class)s_one_per_place"),
        ]

    def __str__(self) -> str:
        return f"{self.chain} {self.n} {self.action}"


class SecurityEvent(ChainedEvent):
    """One action on a user, or on the system."""

    subject = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="security_events")


class ChainHead(models.Model):
    """The end of a chain. Its row lock orders the events of one subject."""

    chain = models.CharField(max_length=40, unique=True)
    n = models.PositiveBigIntegerField()
    digest = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.chain} {self.n}"


class ChainStart(models.Model):
    """The beginning of a chain whose older events were deleted: number and digest of the last of them.

    ``signed``: the same under the key of the record (``hash_chain.sign``), so that nobody else can shorten a chain.
    """

    chain = models.CharField(max_length=40, unique=True)
    n = models.PositiveBigIntegerField()
    digest = models.CharField(max_length=64)
    signed = models.JSONField()

    def __str__(self) -> str:
        return f"{self.chain} {self.n}"


class SealedWords(EncryptedModel):
    """What a person typed, as a fact of an event, which has only its digest: see ``portal.audit.sealed_words``."""

    encryption_owner = "chain"
    chain = models.CharField(max_length=40)
    n = models.PositiveBigIntegerField()
    name = models.CharField(max_length=40)
    salt = models.CharField(max_length=32)
    words = EncryptedTextField()

    class Meta:
        verbose_name_plural = "sealed words"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["chain", "n", "name"], name="sealed_words_one_per_fact"),
        ]

    def __str__(self) -> str:
        return f"{self.chain} {self.n} {self.name}"
