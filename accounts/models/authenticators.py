"""Authenticators: Keys, e-mailed codes, backup codes, passkeys; security answers and former passwords."""

import logging
import math
from datetime import UTC, datetime
from typing import Any, ClassVar, TypeAlias

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.expressions import Combinable
from django.db.models.functions import Now
from django_otp.models import Device

from accounts.enums import CodePurpose, EndReason, KeyKind
from accounts.models.phones import Phone
from accounts.models.users import User
from accounts.policies import usernames
from accounts.policies.keys import totp
from portal.lib.encrypted_fields import EncryptedModel, EncryptedTextField
from portal.lib.encryption import DecryptionError

log = logging.getLogger("portal.security")


class Key(EncryptedModel, Device):  # type: ignore[django-manager-missing]  # django-otp brings no types
    """A user's second factor: a time-based code generator (RFC 6238) with an encrypted seed.

    ``last_step`` is the only record of used codes: every purpose uses them up through
    ``key_codes.use_code``, which only moves it forward.
    """

    encryption_owner = "user_id"
    kind = models.CharField(max_length=8, choices=KeyKind.choices, default=KeyKind.APP)
    phone = models.ForeignKey(Phone, models.PROTECT, null=True, blank=True, related_name="keys")
    secret = EncryptedTextField()  # base32
    last_step = models.BigIntegerField(default=-1)
    created_at = models.DateTimeField(db_default=Now())
    last_used_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=12, choices=EndReason.choices, blank=True)
    drift_told_at = models.DateTimeField(null=True, blank=True)  # when a wrong clock was last explained
    drift_step = models.BigIntegerField(null=True, blank=True)  # by which code; it is not accepted when its time comes

    is_first_use = False  # set when it is first used (KEY-6)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="key_ended_is_not_confirmed", condition=Q(ended_at__isnull=True) | Q(confirmed=False)
            ),
            models.CheckConstraint(
                name="key_on_a_phone_is_of_that_kind", condition=Q(phone__isnull=True) | Q(kind=KeyKind.PHONE)
            ),
            models.UniqueConstraint(
                fields=["user", "phone"], condition=Q(confirmed=True), name="one_live_key_per_user_and_phone"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["user"], condition=Q(confirmed=True), name="key_live_by_user"),
        ]

    def step_of(self, code: str, *, at: float, after: int) -> int | None:
        """Return the time step (30 s units since 1970), later than ``after``, for which this code is right, or None.

        A seed that cannot be decrypted (altered, moved, its key gone) matches nothing, and is logged.
        """
        seed, tolerance = self._seed(), settings.PORTAL_CODE_TOLERANCE_STEPS
        return None if seed is None else totp.matching_step(seed, code, at=at, tolerance=tolerance, after=after)

    def steps_away(self, code: str, *, at: float) -> int | None:
        """Return how many steps ahead of ``at`` (behind, below zero) this code is right and unused, or None."""
        seed, reach = self._seed(), settings.PORTAL_KEY_DRIFT_SEARCH_STEPS
        return None if seed is None else totp.steps_away(seed, code, at=at, reach=reach, after=self.last_step)

    def _seed(self) -> bytes | None:
        try:
            return totp.decode_secret(self.secret)
        except (DecryptionError, ValueError):
            log.exception("the seed of a Key does not open", extra={"facts": {"key": self.pk}})
            return None

    def verify_token(self, token: Any) -> bool:
        """Refuse django-otp's generic check: only ``key_codes`` accepts codes."""
        return False


class EmailedCode(models.Model):
    """A code sent by e-mail: one valid code per user and purpose, stored as a keyed digest."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    purpose = models.CharField(max_length=16, choices=CodePurpose.choices)
    code_digest = models.CharField(max_length=64)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "purpose"], name="one_emailed_code_per_purpose"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.purpose}"


class SecurityAnswer(models.Model):
    """The answer to one security question, as a slow salted hash of its folded text."""

    user = models.ForeignKey(User, models.CASCADE, related_name="security_answers")
    question = models.CharField(max_length=40)
    answer_hash = models.CharField(max_length=255)
    folding = models.PositiveSmallIntegerField(default=1, db_default=1)  # which folding the hash was made of
    set_at = models.DateTimeField(null=True)
    outdated_at = models.DateTimeField(null=True)  # a recovery has ended it as proof

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "question"], name="one_answer_per_question"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.question}"


class BackupCode(Device):
    """One of ten codes on paper, good once: a slow digest under the user's own salt, then keyed (KEY-13)."""

    digest = models.CharField(max_length=64)
    parameters = models.CharField(max_length=40)  # argon2 cost the digest was made with
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "digest"], name="one_row_per_backup_code"),
        ]

    def verify_token(self, token: Any) -> bool:
        """Refuse django-otp's generic check: only ``authenticators.backup_codes`` accepts codes."""
        return False


class Passkey(EncryptedModel, Device):  # type: ignore[django-manager-missing]  # django-otp brings no types
    """A WebAuthn credential with user verification: a sign-in by itself, and a second factor (SIGN-9).

    The public key is not secret. It is encrypted so that a row written by hand is useless.
    """

    encryption_owner = "user_id"
    credential_id = models.CharField(max_length=1400, unique=True)  # base64url; WebAuthn allows 1023 bytes
    public_key = EncryptedTextField()  # COSE, base64url
    sign_count = models.BigIntegerField(default=0)
    transports = models.JSONField(default=list)
    is_synced = models.BooleanField(default=False)  # the credential may live on several devices
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=12, choices=EndReason.choices, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="passkey_ended_is_not_confirmed", condition=Q(ended_at__isnull=True) | Q(confirmed=False)
            ),
        ]

    def verify_token(self, token: Any) -> bool:
        """Refuse django-otp's generic check: only ``authenticators.passkeys`` checks assertions."""
        return False


Authenticator: TypeAlias = Key | Passkey | BackupCode


class UsedNonce(models.Model):
    """A nonce of a signed request or a challenge of a passkey that was used, as a keyed digest."""

    digest = models.CharField(max_length=64, primary_key=True)
    used_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.digest[:12]


class FormerPassword(models.Model):
    """A former password of a user: a keyed digest under the user's own history salt (PW-2)."""

    user = models.ForeignKey(User, models.CASCADE, related_name="former_passwords")
    digest = models.CharField(max_length=64)
    parameters = models.CharField(max_length=40)  # argon2 cost the digest was made with
    set_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "digest"], name="one_row_per_former_password"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.set_at:%Y-%m-%d}"


def user_for_sign_in(typed: str) -> User | None:
    """Return the user of that name and their kinds of authenticators; one statement, also for unknown names."""
    keys = Key.objects.filter(user=OuterRef("pk"), confirmed=True)
    passkeys = Passkey.objects.filter(user=OuterRef("pk"), confirmed=True)
    codes = BackupCode.objects.filter(user=OuterRef("pk"), used_at=None)
    has = {
        "has_authenticator": Exists(keys) | Exists(passkeys) | Exists(codes),
        "has_passkey": Exists(passkeys),
        "has_phone": Exists(keys.filter(phone__isnull=False, phone__ended_at=None)),
    }
    return User.objects.filter(username=usernames.canonical(typed)).annotate(**has).first()


def last_authenticated_at(user: User) -> datetime | None:
    """Return when this user last used a second factor of any kind; one statement."""
    keys = Key.objects.filter(user=user).values_list("last_used_at")
    codes = BackupCode.objects.filter(user=user).values_list("used_at")
    passkeys = Passkey.objects.filter(user=user).values_list("last_used_at")
    return max((moment for (moment,) in keys.union(codes, passkeys) if moment), default=None)


def used_since(proved_at: float, *, user: OuterRef) -> Combinable:
    """Return the condition that a second factor of any kind was used after the password was checked.

    A password is good for one sign-in. ``proved_at``: seconds since 1970, infinity for one that is still valid.
    """
    moment = datetime.max.replace(tzinfo=UTC) if proved_at == math.inf else datetime.fromtimestamp(proved_at, UTC)
    return (
        Exists(Key.objects.filter(user=user, last_used_at__gt=moment))
        | Exists(BackupCode.objects.filter(user=user, used_at__gt=moment))
        | Exists(Passkey.objects.filter(user=user, last_used_at__gt=moment))
    )
