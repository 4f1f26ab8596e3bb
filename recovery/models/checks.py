"""The questions of a claim, and their outcomes."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from recovery.enums import FlagKind, Outcome, Prompt, Severity, Source
from recovery.models.cases import Case, Claim


class PlanItem(models.Model):
    """One question of a claim's plan. ``locator`` says where to find the answer, never what it is."""

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="items")
    place = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=1, choices=Source.choices)
    prompt = models.CharField(max_length=20, choices=Prompt.choices)
    question = models.CharField(max_length=40, blank=True)  # name of the security question, if it is one
    locator = models.CharField(max_length=60, blank=True)
    is_decoy = models.BooleanField(default=False)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["place"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["claim", "place"], name="item_one_per_place"),
        ]

    def __str__(self) -> str:
        return f"{self.claim_id} {self.place}"


class Evidence(models.Model):
    """The outcome of one check, bound to its claim. Append-only; the answer itself is not stored."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="evidence")
    claim = models.ForeignKey(Claim, models.PROTECT, related_name="evidence")
    item = models.OneToOneField(PlanItem, models.PROTECT, null=True, related_name="evidence")
    method = models.CharField(max_length=8, blank=True)  # name of a method (recovery.methods); empty for an answer
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    points = models.SmallIntegerField()
    answer_digest = models.CharField(max_length=64, blank=True)
    latency_ms = models.PositiveIntegerField(default=0)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "evidence"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="evidence_is_an_answer_or_a_proof",
                condition=Q(item__isnull=False, method="") | (Q(item__isnull=True) & ~Q(method="")),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["claim", "method"], name="evidence_by_method")]

    def __str__(self) -> str:
        return f"{self.claim_id} {self.method or self.item_id}"


class Flag(models.Model):
    """A warning sign in a case. Append-only: nobody clears one."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="flags")
    claim = models.ForeignKey(Claim, models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=20, choices=FlagKind.choices)
    severity = models.CharField(max_length=5, choices=Severity.choices)
    raised_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["case", "kind"], name="flag_once_per_kind"),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["kind", "at"], name="flag_by_kind")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind}"


class Observation(models.Model):
    """The agent's structured statement about a claim: what was noticed, what is recommended."""

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="observations")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    codes = models.JSONField(default=list)
    recommends = models.BooleanField()  # to continue
    call_reference = models.CharField(max_length=60, blank=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.claim_id} {self.at:%Y-%m-%d %H:%M}"
