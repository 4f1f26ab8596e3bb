"""Unknown browsers that may try although sign-in is paused (LOCK-5), and where pauses came from (LOCK-7)."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from portal.lib.encrypted_fields import EncryptedModel, EncryptedTextField


class AdmittedBrowser(EncryptedModel):
    """A browser that asked for attempts of its own at one username, known or not.

    ``ticket`` is the digest of the value in the asking browser's cookie; ``number_digest``: of the number on its page,
    for this username. Allowed by an e-mailed code or by a Key, it gets a value of its own, ``digest``, once.
    ``expires_at``: until when it may be allowed, or until when its attempts count apart.
    """

    encryption_owner = "username_hash"
    username_hash = models.CharField(max_length=64)
    ticket = models.CharField(max_length=64, unique=True)
    number_digest = models.CharField(max_length=64, db_index=True)
    digest = models.CharField(max_length=64, unique=True, null=True)
    device = models.CharField(max_length=120)
    address = EncryptedTextField()
    is_code_due = models.BooleanField(default=True)  # until the worker has looked whether a code is to be sent
    created_at = models.DateTimeField()
    allowed_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="browser_admitted_was_allowed", condition=Q(digest__isnull=True) | Q(allowed_at__isnull=False)
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["created_at"], condition=Q(is_code_due=True), name="browser_code_due"),
            models.Index(fields=["username_hash"], name="browser_by_username"),
            models.Index(fields=["expires_at"], name="browser_expires"),
        ]

    def __str__(self) -> str:
        return f"{self.device} {self.created_at}"


class AdmissionCode(models.Model):
    """A code that was e-mailed to a user, which lets one browser try; stored as a keyed digest.

    A later one does not replace it: whoever asks for codes in somebody else's name could else make each one void.
    """

    username_hash = models.CharField(max_length=64)
    code_digest = models.CharField(max_length=64, unique=True)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["expires_at"], name="admission_code_expires")]

    def __str__(self) -> str:
        return f"{self.sent_at}"


class PauseOrigin(EncryptedModel):
    """Where the attempt came from that used up a bucket (``portal.throttle``), by its key; known usernames or not."""

    encryption_owner = "bucket"
    bucket = models.CharField(max_length=64, unique=True)
    device = models.CharField(max_length=120)
    address = EncryptedTextField()
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["at"], name="pause_origin_age")]

    def __str__(self) -> str:
        return f"{self.device} {self.at}"
