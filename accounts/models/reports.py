"""Customers' reports of suspicious activity, and their outcome."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.enums import ReportKind, ReportOutcome
from accounts.models.users import User


class Report(models.Model):
    """One report of one customer. Staff close it with an outcome, which the customer reads."""

    reference = models.CharField(max_length=12, unique=True)
    user = models.ForeignKey(User, models.PROTECT, related_name="reports")
    kind = models.CharField(max_length=8, choices=ReportKind.choices)
    device = models.CharField(max_length=120)  # what it was about, in words
    notice = models.CharField(
        max_length=12, blank=True, db_default=""
    )  # the reference of the message it is about, if any
    event_n = models.PositiveBigIntegerField(null=True)  # the place of the event it is about in the record of the user
    protection = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))  # chosen with it
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    outcome = models.CharField(max_length=10, choices=ReportOutcome.choices, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="report_closing_is_complete_or_absent",
                condition=Q(closed_at__isnull=True, closed_by__isnull=True, outcome="")
                | (Q(closed_at__isnull=False, closed_by__isnull=False) & ~Q(outcome="")),
            ),
            models.UniqueConstraint(fields=["user", "event_n"], name="one_report_per_event"),
            models.UniqueConstraint(fields=["notice"], condition=~Q(notice=""), name="one_report_per_notice"),
        ]

    def __str__(self) -> str:
        return self.reference
