"""Cases and the claims made in them."""

from typing import ClassVar, TypeVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import User
from portal.lib.encrypted_fields import EncryptedModel, EncryptedTextField
from recovery.enums import Basis, CaseKind, EntryPoint, Purpose, State
from recovery.policies import state_machine
from recovery.policies.case_policy import Terms

T = TypeVar("T")
# Whoever loses the new Key too, while its recovery holds, may open another case beside that one.
_UNDER_WAY = Q(closed_at__isnull=True) & ~Q(state=State.HOLD)


class Policy(models.Model):
    """One version of the terms; its id is the version. Append-only; each case keeps its own."""

    digest = models.CharField(max_length=64, unique=True)
    body = models.JSONField()
    active_from = models.DateTimeField()

    class Meta:
        verbose_name_plural = "policies"

    def __str__(self) -> str:
        return f"version {self.pk}"

    @property
    def terms(self) -> Terms:
        """Return the terms as a ``Terms``."""
        return Terms.from_body(self.body)


class Case(models.Model):
    """All claims on one user, and the state they have reached. Moved by ``actions.transitions`` only.

    A phantom is a case for an unknown username: same steps, same words, no subject. ``until`` is when the worker
    moves the case, ``target_at`` the firm's target for its next step.
    """

    number = models.CharField(max_length=12, unique=True)
    kind = models.CharField(max_length=8, choices=CaseKind.choices)
    subject = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="recovery_cases")
    username_hash = models.CharField(max_length=64)
    purpose = models.CharField(max_length=8, choices=Purpose.choices)
    state = models.CharField(max_length=12, choices=State.choices, default=State.OPEN)
    tier = models.PositiveSmallIntegerField(default=1)
    knowledge = models.PositiveSmallIntegerField(default=0)
    basis = models.CharField(max_length=1, choices=Basis.choices, blank=True)
    claim = models.ForeignKey(
        "Claim", models.PROTECT, null=True, related_name="+"
    )  # the one in session, later approved
    maker = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    policy = models.ForeignKey(Policy, models.PROTECT, related_name="+")
    is_queued = models.BooleanField(default=True)  # False: opened in bulk from one network, so it comes last
    opened_at = models.DateTimeField()
    state_at = models.DateTimeField()
    target_at = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)
    ready_until = models.DateTimeField(null=True)
    was_extended = models.BooleanField(default=False)  # the waiting period, once, because no notice was sent
    closed_at = models.DateTimeField(null=True)
    event_n = models.PositiveIntegerField(default=0)
    head = models.CharField(max_length=64, default="0" * 64)  # digest of the newest event
    told_n = models.PositiveIntegerField(default=0)  # events that the owner has been told about
    version = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["subject"],
                condition=_UNDER_WAY & Q(kind=CaseKind.REAL),
                name="case_one_open_per_holder",
            ),
            models.UniqueConstraint(fields=["username_hash"], condition=_UNDER_WAY, name="case_one_open_per_name"),
            models.CheckConstraint(
                name="case_phantom_has_no_subject",
                condition=Q(kind=CaseKind.PHANTOM, subject__isnull=True) | Q(kind=CaseKind.REAL, subject__isnull=False),
            ),
            models.CheckConstraint(
                name="case_maker_is_not_holder",
                condition=Q(maker__isnull=True) | Q(subject__isnull=True) | ~Q(maker=F("subject")),
            ),
            models.CheckConstraint(
                name="case_ended_is_closed",
                condition=Q(state__in=sorted(state_machine.TERMINAL), closed_at__isnull=False)
                | (~Q(state__in=sorted(state_machine.TERMINAL)) & Q(closed_at__isnull=True)),
            ),
            models.CheckConstraint(name="case_tier_is_known", condition=Q(tier__gte=0, tier__lte=3)),
            models.CheckConstraint(name="case_told_what_happened", condition=Q(told_n__lte=F("event_n"))),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["state", "target_at"], condition=Q(closed_at__isnull=True), name="case_queue"),
            models.Index(fields=["until"], condition=Q(closed_at__isnull=True), name="case_clock"),
            models.Index(fields=["id"], condition=Q(kind=CaseKind.REAL, told_n__lt=F("event_n")), name="case_untold"),
            models.Index(fields=["maker", "state"], name="case_by_maker"),
            models.Index(fields=["username_hash", "-opened_at"], name="case_by_name"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def holder(self) -> User:
        """Return the user; fails for a phantom, which has none."""
        return _there(self.subject)

    @property
    def lead(self) -> "Claim":
        """Return the claim that was questioned, and to which an approval applies."""
        return _there(self.claim)

    @property
    def questioner(self) -> User:
        """Return the agent who ran the session with the claimant."""
        return _there(self.maker)

    @property
    def is_open(self) -> bool:
        """Tell whether anything can still happen."""
        return self.closed_at is None

    @property
    def terms(self) -> Terms:
        """Return the terms of this case."""
        return self.policy.terms


def _there(value: T | None) -> T:
    if value is None:
        raise TypeError("this case has not come that far")
    return value


class Claim(EncryptedModel):
    """One person's claim to be the owner of a user. Evidence belongs to the claim for which it was given."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="claims")
    reference = models.CharField(max_length=12, unique=True)
    pin_hash = models.CharField(max_length=255)
    agent_knows_pin = models.BooleanField(default=False)  # read out on the phone: the claimant has to replace it
    phrase = models.CharField(max_length=40)
    entry_point = models.CharField(max_length=4, choices=EntryPoint.choices)
    lost = models.JSONField(default=list)
    contact = EncryptedTextField(blank=True)  # for calling back, never as a proof
    browser_digest = models.CharField(max_length=64, blank=True)
    source = models.CharField(max_length=64)  # keyed digest of the network
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    round_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["source", "created_at"], name="claim_by_source"),
            models.Index(fields=["round_at"], condition=Q(round_at__isnull=False), name="claim_by_round"),
        ]

    def __str__(self) -> str:
        return self.reference
