"""Enrolment of Keys: what was proved, which phone joined, and for which users."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.enums import EnrolmentPurpose, EnrolmentState
from accounts.models.authenticators import Key
from accounts.models.phones import Phone
from accounts.models.users import User
from portal.lib.encrypted_fields import EncryptedModel, EncryptedTextField

_OVER = (EnrolmentState.DONE, EnrolmentState.ENDED)


class Enrolment(EncryptedModel):
    """One enrolment of Keys on one phone, bound to the browser or the old phone that began it (KEY-4, KEY-5).

    ``binding`` is the keyed digest of the ticket in that browser, or of the old phone's reference. Legal moves:
    accounts/policies/keys/enrolment.py, made by ``enrolment.steps`` only.
    """

    encryption_owner = "user_id"
    user = models.ForeignKey(User, models.CASCADE, related_name="enrolments")
    purpose = models.CharField(max_length=8, choices=EnrolmentPurpose.choices)
    state = models.CharField(max_length=8, choices=EnrolmentState.choices)
    binding = models.CharField(max_length=64)
    pairing_digest = models.CharField(
        max_length=64, unique=True, null=True
    )  # of the pairing code; cleared once it is used
    number = EncryptedTextField(blank=True)  # shown on both screens once the phone has joined
    old_phone = models.ForeignKey(Phone, models.PROTECT, null=True, related_name="+")
    phone = models.ForeignKey(Phone, models.PROTECT, null=True, related_name="enrolments")
    created_at = models.DateTimeField()
    pairing_until = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()
    over_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="enrolment_over_has_a_time",
                condition=Q(state__in=_OVER, over_at__isnull=False) | (~Q(state__in=_OVER) & Q(over_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="enrolment_pairs_only_while_open",
                condition=Q(pairing_digest__isnull=True) | Q(state=EnrolmentState.OPEN),
            ),
            models.CheckConstraint(
                name="enrolment_transfer_has_an_old_phone",
                condition=Q(purpose=EnrolmentPurpose.TRANSFER, old_phone__isnull=False)
                | (~Q(purpose=EnrolmentPurpose.TRANSFER) & Q(old_phone__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.purpose} {self.state}"

    @property
    def flow(self) -> str:
        """Return the flow id that its events share in the record."""
        return f"enrolment:{self.pk}"


class EnrolmentItem(EncryptedModel):
    """One user who gets a Key in this enrolment, with the seed of that Key (base32)."""

    encryption_owner = "user_id"
    enrolment = models.ForeignKey(Enrolment, models.CASCADE, related_name="items")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    secret = EncryptedTextField()
    replaces = models.ForeignKey(Key, models.SET_NULL, null=True, related_name="+")  # the Key on the old phone
    key = models.OneToOneField(Key, models.SET_NULL, null=True, related_name="+")  # the Key that was created

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["enrolment", "user"], name="one_item_per_enrolment_and_user"),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment_id} {self.user_id}"
