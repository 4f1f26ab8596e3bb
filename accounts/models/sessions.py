"""Sessions of signed-in users, and their known browsers."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from accounts.enums import Platform
from accounts.models.authenticators import Authenticator, BackupCode, Key, Passkey
from accounts.models.users import User
from portal.lib import geolocation
from portal.lib.encrypted_fields import EncryptedModel, EncryptedTextField


class PlatformSession(EncryptedModel):
    """One session. It exists only after both factors, always belongs to a user, and ends with its row.

    The cookie's value is not stored: ``digest`` is its SHA-256. Ending all sessions of a user is
    one indexed DELETE. ``proved_at`` is when both factors were last given.
    See docs/decisions/0007-sessions-need-two-factors.md.
    """

    encryption_owner = "user_id"
    digest = models.CharField(max_length=64, primary_key=True)
    user = models.ForeignKey(User, models.CASCADE, related_name="sessions")
    key = models.ForeignKey(Key, models.SET_NULL, null=True, related_name="+")
    passkey = models.ForeignKey(Passkey, models.SET_NULL, null=True, related_name="+")
    backup_code = models.ForeignKey(BackupCode, models.SET_NULL, null=True, related_name="+")
    platform = models.CharField(max_length=8, choices=Platform.choices, default=Platform.WEB)
    device = models.CharField(max_length=120, blank=True)  # in words, for example "Chrome on Windows"
    address = EncryptedTextField(blank=True)
    session_version = models.PositiveIntegerField()
    data = models.TextField(default="{}")
    created_at = models.DateTimeField(db_default=Now())
    active_at = models.DateTimeField()
    proved_at = models.DateTimeField(db_default=Now())
    ends_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["ends_at"], name="session_ends")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.platform} {self.device}"

    @property
    def place(self) -> str:
        """Return where it was opened in words, or an empty text."""
        return geolocation.of(self.address)

    @property
    def proof(self) -> Authenticator | None:
        """Return the second factor that opened this session, or None once it is turned off."""
        proof = self.key or self.passkey or self.backup_code
        return proof if proof and (proof.confirmed or proof is self.backup_code) else None


class KnownBrowser(models.Model):
    """A browser in which this user has completed a sign-in: it has attempts of its own."""

    user = models.ForeignKey(User, models.CASCADE, related_name="known_browsers")
    digest = models.CharField(max_length=64)  # of the cookie's random value
    device = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    last_used_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["digest", "user"], name="one_row_per_browser_and_user"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.device}"
