"""Why sign-in was refused to somebody whose password was right: what staff at the desk need to explain it."""

from typing import ClassVar

from django.db import models

from accounts.models.users import User
from portal.lib import geolocation
from portal.lib.encrypted_fields import EncryptedModel, EncryptedTextField


class SignInRefusal(EncryptedModel):
    """One refusal after a right password: the code of its cause, and from where. The newest few of each user.

    ``drift_seconds``: by how much the code was early (late, below zero) where the cause is a wrong clock.
    """

    encryption_owner = "user_id"
    user = models.ForeignKey(User, models.CASCADE, related_name="sign_in_refusals")
    cause = models.CharField(max_length=4)  # a row of the cause table
    drift_seconds = models.IntegerField(null=True)
    device = models.CharField(max_length=120, blank=True)
    address = EncryptedTextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["user", "-at"], name="sign_in_refusal_of_user"),
            models.Index(fields=["at"], name="sign_in_refusal_age"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.cause}"

    @property
    def place(self) -> str:
        """Return where it came from in words, or an empty text."""
        return geolocation.of(self.address)
