"""The grant in two parts, the holds after a recovery, and the codes that stop one."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from portal.outbox.models import Notice
from recovery.enums import Scope
from recovery.models.cases import Case, Claim

_LIVE = Q(used_at__isnull=True, revoked_at__isnull=True)


class RecoveryGrant(models.Model):
    """The right to set a password and a Key, once. Both parts are keyed digests; no staff page shows either."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="grants")
    claim = models.ForeignKey(Claim, models.PROTECT, related_name="grants")
    subject = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    first_digest = models.CharField(max_length=64, unique=True)
    second_digest = models.CharField(max_length=64)
    first_channel = models.CharField(max_length=8, default="page")
    second_channel = models.CharField(max_length=8)
    issued_at = models.DateTimeField()
    open_until = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    finish_until = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "grants"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["subject"], condition=_LIVE, name="grant_one_live_per_holder"),
            models.CheckConstraint(name="grant_window_is_positive", condition=Q(open_until__gt=F("issued_at"))),
            models.CheckConstraint(
                name="grant_opened_within_window",
                condition=Q(opened_at__isnull=True, finish_until__isnull=True)
                | Q(opened_at__gte=F("issued_at"), opened_at__lte=F("open_until"), finish_until__gt=F("opened_at")),
            ),
            models.CheckConstraint(
                name="grant_used_within_window",
                condition=Q(used_at__isnull=True)
                | Q(opened_at__isnull=False, used_at__gte=F("opened_at"), used_at__lte=F("finish_until")),
            ),
            models.CheckConstraint(
                name="grant_used_or_revoked", condition=Q(used_at__isnull=True) | Q(revoked_at__isnull=True)
            ),
            models.CheckConstraint(name="grant_parts_travel_apart", condition=~Q(first_channel=F("second_channel"))),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.issued_at:%Y-%m-%d %H:%M}"


class Hold(models.Model):
    """Something a customer cannot do for a while after a recovery."""

    subject = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="holds")
    scope = models.CharField(max_length=16, choices=Scope.choices)
    case = models.ForeignKey(Case, models.PROTECT, related_name="holds")
    starts_at = models.DateTimeField()
    until = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["case", "scope"], name="hold_once_per_case_and_scope"),
            models.CheckConstraint(name="hold_ends_after_it_starts", condition=Q(until__gt=F("starts_at"))),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["subject", "until"], condition=Q(lifted_at__isnull=True), name="hold_live"),
        ]

    def __str__(self) -> str:
        return f"{self.subject_id} {self.scope}"


class StopCode(models.Model):
    """The code with which the reader of a notice can stop the case: one per notice, a keyed digest, single use."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="stop_codes")
    notice = models.OneToOneField(Notice, models.PROTECT, related_name="stop_code")
    digest = models.CharField(max_length=64, unique=True)
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.case_id} {self.notice_id}"
