"""Password resets: what was proved so far, until when, and in which browser."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.models import User
from portal.lib.encrypted_fields import EncryptedModel, EncryptedTextField
from recovery.enums import ResetState
from recovery.models.cases import Claim

_OVER = (ResetState.DONE, ResetState.ENDED)
_HAS_PASSWORD_PAGE = (ResetState.PASSWORD, ResetState.DONE)
_HAS_MAILBOX = (ResetState.DETAILS, ResetState.KEY, *_HAS_PASSWORD_PAGE)


class PasswordReset(EncryptedModel):
    """One try to set a new password, bound to the browser that began it (RESET-1 to RESET-5).

    ``user`` is None for a username that nobody has: the same pages and statements, and no code that could be right.
    ``binding`` is the keyed digest of the ticket in that browser. Legal moves: recovery/policies/reset_steps.py.
    """

    encryption_owner = "username_hash"
    username_hash = models.CharField(max_length=64)
    username = EncryptedTextField()  # as typed
    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="password_resets")
    session_version = models.PositiveIntegerField(default=0)  # of the user when it began; a higher one ends it
    browser_scope = models.CharField(max_length=64)
    binding = models.CharField(max_length=64)
    state = models.CharField(max_length=8, choices=ResetState.choices, default=ResetState.EMAIL)
    device = models.CharField(max_length=120)
    address = EncryptedTextField()
    code_wanted_at = models.DateTimeField(null=True)  # the worker sends it, so that no name takes longer than another
    code_digest = models.CharField(max_length=64, blank=True)
    code_until = models.DateTimeField(null=True)
    mailbox_at = models.DateTimeField(null=True)  # when each proof was given
    details_at = models.DateTimeField(null=True)
    key_at = models.DateTimeField(null=True)
    ended = models.JSONField(default=list)  # what the new password ended, in words
    claim = models.OneToOneField(Claim, models.SET_NULL, null=True, related_name="password_reset")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    over_at = models.DateTimeField(null=True)

    has_moved: bool  # the user has another mailbox by now; set by ``resets.rows``

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="reset_over_has_a_time",
                condition=Q(state__in=_OVER, over_at__isnull=False) | (~Q(state__in=_OVER) & Q(over_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="reset_mailbox_comes_first",
                condition=~Q(state__in=_HAS_MAILBOX) | Q(mailbox_at__isnull=False, user__isnull=False),
            ),
            models.CheckConstraint(
                name="reset_needs_two_proofs",
                condition=~Q(state__in=_HAS_PASSWORD_PAGE) | Q(details_at__isnull=False) | Q(key_at__isnull=False),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["code_wanted_at"], condition=Q(code_wanted_at__isnull=False), name="reset_wants_code"),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.state}"

    @property
    def owner(self) -> User:
        """Return the user; fails for a username that nobody has."""
        if self.user is None:
            raise TypeError("this reset is of no user")
        return self.user

    @property
    def flow(self) -> str:
        """Return the flow id that its events share in the record."""
        return f"reset:{self.pk}"
