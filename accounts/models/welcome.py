"""Welcome letters, and first sign-ins with their codes (FIRM-3)."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.enums import FirstSignInState, LetterReason
from accounts.models.users import User

_OVER = (FirstSignInState.DONE, FirstSignInState.ENDED)
_HAS_MAILBOX = (FirstSignInState.PASSWORD, FirstSignInState.DONE)
_LIVE = Q(used_at__isnull=True, revoked_at__isnull=True)


class WelcomeLetter(models.Model):
    """One welcome letter of a user: wanted, printed with a code, then used, or revoked for a newer one.

    ``run``: the printing that drew its code last. The code works, and the letter counts as printed, once the files
    of that run are complete. Changed by ``accounts.actions.welcome`` and ``accounts.actions.first_sign_in`` only.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="welcome_letters")
    why = models.CharField(max_length=8, choices=LetterReason.choices)
    wanted_at = models.DateTimeField()
    wanted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")  # None: the firm's own records
    run = models.UUIDField(null=True)
    digest = models.CharField(max_length=64, blank=True)  # of the code, bound to the username
    printed_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)  # when the password was set with it
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user"], condition=_LIVE, name="welcome_letter_one_live_per_user"),
            models.UniqueConstraint(
                fields=["user"], condition=Q(used_at__isnull=False), name="welcome_letter_one_used_per_user"
            ),
            models.CheckConstraint(
                name="welcome_letter_printed_has_a_code",
                condition=Q(printed_at__isnull=True) | (Q(expires_at__isnull=False, run__isnull=False) & ~Q(digest="")),
            ),
            models.CheckConstraint(
                name="welcome_letter_used_was_printed_and_lived",
                condition=Q(used_at__isnull=True) | Q(printed_at__isnull=False, revoked_at__isnull=True),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["run"], condition=Q(printed_at__isnull=True), name="welcome_letter_of_open_run"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.why} {self.wanted_at:%Y-%m-%d}"


class FirstSignIn(models.Model):
    """One try to sign in for the first time, bound to the browser that began it with the code of a letter.

    ``binding`` is the keyed digest of the ticket in that browser. Legal moves: accounts/policies/welcome.py. The
    letter is used up when the password is set; until then its code can be entered again.
    """

    public_id = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
    letter = models.ForeignKey(WelcomeLetter, models.CASCADE, related_name="first_sign_ins")
    binding = models.CharField(max_length=64)
    state = models.CharField(max_length=8, choices=FirstSignInState.choices, default=FirstSignInState.DETAILS)
    details_at = models.DateTimeField(null=True)  # when each proof was given
    mailbox_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    over_at = models.DateTimeField(null=True)

    may_go_on: bool  # its user has still never signed in, and may; set by ``first_sign_in.rows``

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="first_sign_in_over_has_a_time",
                condition=Q(state__in=_OVER, over_at__isnull=False) | (~Q(state__in=_OVER) & Q(over_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="first_sign_in_details_come_first",
                condition=~Q(state__in=(FirstSignInState.EMAIL, *_HAS_MAILBOX)) | Q(details_at__isnull=False),
            ),
            models.CheckConstraint(
                name="first_sign_in_mailbox_before_password",
                condition=~Q(state__in=_HAS_MAILBOX) | Q(mailbox_at__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["letter"], condition=Q(state=FirstSignInState.DONE), name="first_sign_in_done_once_per_letter"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.state}"

    @property
    def user(self) -> User:
        """Return whose letter it is."""
        return self.letter.user

    @property
    def flow(self) -> str:
        """Return the flow id that its events share in the record."""
        return f"first-sign-in:{self.pk}"
