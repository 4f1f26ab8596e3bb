"""Phones with the Key app. One phone may hold Keys of many users."""

import secrets
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from accounts.enums import EndReason
from portal.lib import digests
from portal.lib.encrypted_fields import EncryptedJSONField, EncryptedModel, EncryptedTextField

_REFERENCE_BYTES = 16


def new_reference() -> str:
    """Return a public id of 128 random bits, 22 characters of base64url."""
    return secrets.token_urlsafe(_REFERENCE_BYTES)


class Phone(EncryptedModel):  # type: ignore[django-manager-missing]  # Device is untyped
    """One installed Key app, identified by the public key of a P-256 pair that cannot leave it.

    ``public_key`` is x and y, 64 bytes as base64url; encrypted, so that a row changed by hand is useless.
    ``clock_offset`` is by how many seconds the phone's clock was fast at its last report (below zero: slow).
    """

    encryption_owner = "reference"
    reference = models.CharField(max_length=22, unique=True, default=new_reference)
    name = models.CharField(max_length=60)
    public_key = EncryptedTextField()
    key_digest = models.CharField(max_length=64, editable=False)  # of the public key, for look-ups
    subscription = EncryptedJSONField(default=dict)  # Web Push: endpoint, p256dh, auth; empty without one
    version = models.CharField(max_length=16)
    clock_offset = models.IntegerField(null=True)
    created_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=12, choices=EndReason.choices, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="phone_ended_has_a_reason",
                condition=Q(ended_at__isnull=True, end_reason="") | (Q(ended_at__isnull=False) & ~Q(end_reason="")),
            ),
            models.UniqueConstraint(
                fields=["key_digest"], condition=Q(ended_at__isnull=True), name="one_live_phone_per_public_key"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the digest of the public key in step with it."""
        fields = kwargs.get("update_fields")
        if fields is None or "public_key" in fields:
            self.key_digest = digest_of_public_key(self.public_key)
            kwargs["update_fields"] = None if fields is None else {*fields, "key_digest"}
        super().save(*args, **kwargs)


def digest_of_public_key(public_key: str) -> str:
    """Return the keyed digest by which a phone is found."""
    return digests.keyed("phone-key", public_key)
