"""Decisions on a case by one or two drawn seniors."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from recovery.enums import Basis, Verdict
from recovery.models.cases import Case

NO_WORDS = "–"  # stands for the words of an erased decision: some may not be empty
_APPROVED = Q(outcome=Verdict.APPROVED)
_DISTINCT = Q(checker__isnull=False) & ~Q(checker=F("maker"))
_SECOND = Q(second_checker__isnull=False) & ~Q(second_checker=F("maker")) & ~Q(second_checker=F("checker"))


class Decision(models.Model):
    """One review. Frozen once decided. ``~Q(checker=F("maker"))`` alone would let an empty checker pass."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="decisions")
    maker = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    assigned_to = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    assigned_at = models.DateTimeField(null=True)
    checker = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    second_checker = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    two_seniors = models.BooleanField(default=False)
    outcome = models.CharField(max_length=8, choices=Verdict.choices, default=Verdict.PENDING)
    tier = models.PositiveSmallIntegerField()
    basis = models.CharField(max_length=1, choices=Basis.choices)
    possession_count = models.PositiveSmallIntegerField()
    own_check = models.TextField(blank=True)
    reason = models.TextField(blank=True)
    created_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    stepped_up_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(outcome=Verdict.PENDING), name="decision_one_pending_per_case"
            ),
            models.CheckConstraint(name="decision_approved_by_second_person", condition=~_APPROVED | _DISTINCT),
            models.CheckConstraint(
                name="decision_never_on_knowledge_alone",
                condition=~_APPROVED | Q(possession_count__gte=1),
            ),
            models.CheckConstraint(
                name="decision_two_seniors_are_two", condition=~_APPROVED | Q(two_seniors=False) | _SECOND
            ),
            models.CheckConstraint(
                name="decision_highest_tier_takes_two", condition=~_APPROVED | Q(tier__lt=3) | Q(two_seniors=True)
            ),
            models.CheckConstraint(
                name="decision_on_papers_alone_takes_two",
                condition=~_APPROVED | ~Q(basis=Basis.PAPERS) | Q(two_seniors=True),
            ),
            models.CheckConstraint(
                name="decision_higher_tier_needs_own_check",
                condition=~_APPROVED | Q(tier__lt=2) | ~Q(own_check=""),
            ),
            models.CheckConstraint(
                name="decision_decided_has_a_time",
                condition=Q(outcome=Verdict.PENDING, decided_at__isnull=True)
                | (~Q(outcome=Verdict.PENDING) & Q(decided_at__isnull=False)),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["assigned_to"], condition=Q(outcome=Verdict.PENDING), name="decision_inbox"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.outcome}"
