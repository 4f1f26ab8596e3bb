"""Changes of contact details that can be stopped."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

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
