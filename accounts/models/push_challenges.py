"""Requests that a customer approves on the phone."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.enums import CodePurpose, DenyReason, RequestState
from accounts.models.authenticators import Key
from accounts.models.phones import new_reference
from accounts.models.users import User
from portal.lib.encrypted_fields import EncryptedModel, EncryptedTextField

_ANSWERED = (RequestState.APPROVED, RequestState.USED, RequestState.DENIED)


class PushChallenge(EncryptedModel):
    """One request to the Key, bound to the one sign-in that asked for it (KEY-2, KEY-9).

    The number to type is stored as a keyed digest; the page that shows it has it in its own encrypted cookie.
    ``signature`` and ``signed_at`` are the phone's answer, kept so that it can be checked again.
    """

    encryption_owner = "user_id"
    reference = models.CharField(max_length=22, unique=True, default=new_reference)
    user = models.ForeignKey(User, models.CASCADE, related_name="sign_in_requests")
    purpose = models.CharField(max_length=16, choices=CodePurpose.choices, default=CodePurpose.SIGN_IN)
    number_digest = models.CharField(max_length=64)
    device = models.CharField(max_length=120)
    address = EncryptedTextField()
    is_new_browser = models.BooleanField()
    session_version = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=RequestState.choices, default=RequestState.WAITING)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    key = models.ForeignKey(Key, models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=10, choices=DenyReason.choices, blank=True)
    signature = models.CharField(max_length=86, blank=True)
    signed_at = models.BigIntegerField(null=True)  # the time in the signed text, seconds since 1970

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="request_answer_is_complete_or_absent",
                condition=(
                    Q(state__in=_ANSWERED, answered_at__isnull=False, key__isnull=False, signed_at__isnull=False)
                    & ~Q(signature="")
                )
                | (~Q(state__in=_ANSWERED) & Q(signature="", reason="")),
            ),
            models.CheckConstraint(
                name="request_reason_is_of_a_denial", condition=Q(reason="") | Q(state=RequestState.DENIED)
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["user", "-created_at"], name="request_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.purpose} {self.state}"

    @property
    def flow(self) -> str:
        """Return the flow id that its events and the resulting sign-in share in the record."""
        return flow_of(self.reference)


def flow_of(reference: str) -> str:
    """Return the flow of the request with this reference."""
    return f"push:{reference}"
