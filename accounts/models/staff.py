"""The firm's own people: who works there, how they came in, and how they got their role."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from accounts.enums import Role, RoleOutcome
from accounts.models.users import User


class StaffInvitation(models.Model):
    """An invitation in two parts, one told by a colleague and one e-mailed; it opens one set-up, once.

    ``invited_by``: empty for the command line. Moves: accounts/actions/staff/invitations.py.
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="invitations")
    invited_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    told_digest = models.CharField(max_length=64)
    mailed_digest = models.CharField(max_length=64)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(accepted_at__isnull=True, revoked_at__isnull=True),
                name="staff_invitation_one_open_per_user",
            ),
            models.CheckConstraint(
                name="staff_invitation_accepted_in_time",
                condition=Q(accepted_at__isnull=True)
                | Q(revoked_at__isnull=True, accepted_at__gte=F("issued_at"), accepted_at__lt=F("expires_at")),
            ),
            models.CheckConstraint(
                name="staff_invitation_by_another",
                condition=Q(invited_by__isnull=True) | ~Q(invited_by=F("user")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.issued_at:%Y-%m-%d %H:%M}"


_GIVEN = Q(outcome=RoleOutcome.GIVEN)


class RoleChange(models.Model):
    """One role for one member of staff: asked for by somebody, and where it takes two, confirmed by another.

    ``asked_by``: empty for the command line. Moves: accounts/actions/staff/role_changes.py.
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="role_changes")
    role = models.CharField(max_length=8, choices=Role.choices)
    asked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField()
    takes_two = models.BooleanField()
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=8, choices=RoleOutcome.choices, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user"], condition=Q(outcome=""), name="role_change_one_open_per_user"),
            models.CheckConstraint(
                name="role_change_decided_or_open",
                condition=Q(outcome="", decided_at__isnull=True, decided_by__isnull=True)
                | (~Q(outcome="") & Q(decided_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="role_change_not_of_ones_own",
                condition=(Q(asked_by__isnull=True) | ~Q(asked_by=F("user")))
                & (Q(decided_by__isnull=True) | ~Q(decided_by=F("user"))),
            ),
            models.CheckConstraint(
                name="role_change_given_by_two",
                condition=~_GIVEN
                | Q(takes_two=False)
                | Q(decided_by__isnull=False, asked_by__isnull=True)
                | (Q(decided_by__isnull=False) & ~Q(decided_by=F("asked_by"))),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role}"
