"""Contact details that change: with a stop for a while, and what they were before."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from accounts.enums import ContactKind
from accounts.models.customers import Customer
from accounts.models.users import User
from portal.lib.encrypted_fields import EncryptedModel, EncryptedTextField


class EmailChange(EncryptedModel):
    """One change of a user's e-mail address: asked for, confirmed with a code from the new one, perhaps stopped.

    ``session_version``: of the user when it was asked for; ending everything ends it too. ``stop_digest``: of the
    code mailed to the old address, with that message's reference. Moves: accounts/actions/people/email_change.py.
    """

    encryption_owner = "user_id"
    user = models.ForeignKey(User, models.CASCADE, related_name="email_changes")
    old_address = EncryptedTextField()
    new_address = EncryptedTextField()
    session_version = models.PositiveIntegerField()
    stop_digest = models.CharField(max_length=64, unique=True, null=True)
    started_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    stop_until = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(confirmed_at__isnull=True), name="email_change_one_waits_per_user"
            ),
            models.CheckConstraint(
                name="email_change_confirmed_can_be_stopped",
                condition=Q(confirmed_at__isnull=True, stop_until__isnull=True, stop_digest__isnull=True)
                | Q(confirmed_at__isnull=False, stop_until__gt=F("confirmed_at"), stop_digest__isnull=False),
            ),
            models.CheckConstraint(
                name="email_change_stopped_in_time",
                condition=Q(stopped_at__isnull=True)
                | Q(stopped_at__gte=F("confirmed_at"), stopped_at__lt=F("stop_until")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.started_at:%Y-%m-%d %H:%M}"


class ReplacedContact(EncryptedModel):
    """A contact that was replaced: an e-mail address is told everything until ``told_until``.

    ``user``: whose address it was; empty for the phone number, which is the person's.
    """

    encryption_owner = "customer_id"
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="replaced_contacts")
    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="replaced_contacts")
    kind = models.CharField(max_length=8, choices=ContactKind.choices)
    value = EncryptedTextField()
    replaced_at = models.DateTimeField()
    told_until = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="replaced_contact_of_a_user_or_a_person",
                condition=Q(kind=ContactKind.EMAIL, user__isnull=False) | Q(kind=ContactKind.PHONE, user__isnull=True),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["user", "told_until"], name="replaced_contact_told"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.kind} {self.replaced_at:%Y-%m-%d}"
