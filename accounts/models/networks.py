"""The networks a user limits sign-in to, passes out of them, and requests to support to widen them."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from accounts.enums import NetworkOutcome
from accounts.models.users import User
from portal.lib.encrypted_fields import EncryptedJSONField, EncryptedModel, EncryptedTextField


class NetworkRule(EncryptedModel):
    """One network sign-in is allowed from. Whether a user is limited at all is ``User.networks_limited_at``.

    The address of a home is personal, so the network is encrypted; ``digest`` is keyed and keeps it unique.
    """

    encryption_owner = "user_id"
    user = models.ForeignKey(User, models.CASCADE, related_name="network_rules")
    network = EncryptedTextField()
    digest = models.CharField(max_length=64)
    version = models.PositiveSmallIntegerField()
    prefix_length = models.PositiveSmallIntegerField()
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "digest"], name="network_rule_once_per_user"),
            models.CheckConstraint(
                name="network_rule_is_no_wider_than_allowed",
                condition=Q(version=4, prefix_length__gte=8, prefix_length__lte=32)
                | Q(version=6, prefix_length__gte=16, prefix_length__lte=128),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} IPv{self.version}/{self.prefix_length}"


class SignInAddress(EncryptedModel):
    """Where a sign-in came from: kept for a while, for the preview of a limit. The audit record has only digests."""

    encryption_owner = "user_id"
    user = models.ForeignKey(User, models.CASCADE, related_name="sign_in_addresses")
    address = EncryptedTextField()
    device = models.CharField(max_length=120, blank=True, db_default="")  # in words, as in PlatformSession
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["user", "-at"], name="sign_in_address_of_user"),
            models.Index(fields=["at"], name="sign_in_address_age"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.at}"


class TravelPass(models.Model):
    """Leave to sign in from one address with one known browser for a while. At most one of each user."""

    user = models.OneToOneField(User, models.CASCADE, related_name="travel_pass")
    browser = models.CharField(max_length=64)  # the digest of a known browser
    address_digest = models.CharField(max_length=64)
    opened_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="travel_pass_ends_after_it_opens", condition=Q(expires_at__gt=F("opened_at"))),
            models.CheckConstraint(name="travel_pass_is_bound", condition=~Q(browser="") & ~Q(address_digest="")),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} until {self.expires_at}"


_APPROVED = Q(outcome=NetworkOutcome.APPROVED)
_TWO_OTHERS = (
    Q(maker__isnull=False, checker__isnull=False)
    & ~Q(maker=F("checker"))
    & ~Q(maker=F("user"))
    & ~Q(checker=F("user"))
    & ~Q(checker=F("asked_by"))
)


class NetworkRequest(EncryptedModel):
    """One request to widen the networks, or to end the limit: asked for, verified by one, decided by another.

    ``wanted``: the whole list as it shall be, empty for no limit. ``seen``: the digest of the list at that time.
    """

    encryption_owner = "user_id"
    reference = models.CharField(max_length=12, unique=True)
    user = models.ForeignKey(User, models.PROTECT, related_name="network_requests")
    wanted = EncryptedJSONField()
    seen = models.CharField(max_length=64)
    allows_pass = models.BooleanField()
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    maker = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    verified_at = models.DateTimeField(null=True)
    checker = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, choices=NetworkOutcome.choices, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user"], condition=Q(outcome=""), name="network_request_one_open"),
            models.CheckConstraint(
                name="network_request_verified_by_somebody",
                condition=Q(maker__isnull=True, verified_at__isnull=True)
                | Q(maker__isnull=False, verified_at__isnull=False),
            ),
            models.CheckConstraint(
                name="network_request_decided_or_open",
                condition=Q(outcome="", decided_at__isnull=True, checker__isnull=True)
                | (~Q(outcome="") & Q(decided_at__isnull=False)),
            ),
            models.CheckConstraint(name="network_request_approved_by_two_others", condition=~_APPROVED | _TWO_OTHERS),
        ]

    def __str__(self) -> str:
        return self.reference
