"""The desk's start page: what waits for whoever reads it, as far as their role may know."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.admin import throttle
from accounts.models import NetworkRequest, Report, User
from portal.throttle.models import Throttle
from recovery.admin import labels, queue
from recovery.admin.visibility import READERS, Viewer

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MOST_SHOWN = 5
_REPORTS, _NETWORKS, _PAUSES = "accounts.view_report", "accounts.view_networkrequest", "throttle.view_throttle"


@dataclass(frozen=True)
class Tile:
    """A figure that is a link to what it counts; ``tone``: of an alert, or empty."""

    label: "StrOrPromise"
    count: int
    href: str
    tone: str = ""


def facts_of(user: User, *, now: datetime) -> dict[str, Any]:
    """Return figures, cases, pauses and reports that wait for this member of staff."""
    viewer = Viewer.of(user)
    reads_cases = viewer.is_one_of(READERS)
    mine = list(queue.for_me(viewer)[:MOST_SHOWN]) if viewer.works else []
    return {
        "tiles": [*(_of_cases(viewer) if reads_cases else ()), *_of_lists(user)],
        "now": now,
        "works": viewer.works,
        "mine": [(case, labels.next_step(case, viewer), labels.age(case, now)) for case in mine],
        "pauses": [(row, throttle.whose(row), row.locked_until(now)) for row in _pauses(user)[:MOST_SHOWN]]
        if user.has_perm(_PAUSES)
        else [],
        "reports": _reports()[:MOST_SHOWN] if user.has_perm(_REPORTS) else [],
    }


def _of_cases(viewer: Viewer) -> Iterator[Tile]:
    counted, at = queue.counts(viewer), reverse("admin:recovery_case_changelist")
    if viewer.works:
        yield Tile(_("My cases"), counted["mine"], f"{at}?queue=mine")
    yield Tile(_("Cases to take"), counted["take"], f"{at}?queue=take")
    if viewer.decides:
        yield Tile(_("For me to decide"), counted["review"], f"{at}?queue=review", "warn" if counted["review"] else "")
    yield Tile(_("Over target"), counted["late"], f"{at}?queue=late", "err" if counted["late"] else "")


def _of_lists(user: User) -> Iterator[Tile]:
    if user.has_perm(_REPORTS):
        yield Tile(
            _("Open reports"), _reports().count(), f"{reverse('admin:accounts_report_changelist')}?closed_at__isempty=1"
        )
    if user.has_perm(_NETWORKS):
        waiting = NetworkRequest.objects.filter(outcome="").count()
        yield Tile(
            _("Requests for networks"),
            waiting,
            f"{reverse('admin:accounts_networkrequest_changelist')}?decided_at__isempty=1",
        )
    if user.has_perm(_PAUSES):
        yield Tile(_("Paused now"), _pauses(user).count(), reverse("admin:throttle_throttle_changelist"))


def _reports() -> QuerySet[Report]:
    """Return the open reports, the oldest first."""
    return Report.objects.filter(closed_at=None).order_by("created_at", "pk")


def _pauses(user: User) -> QuerySet[Any]:
    """Return what is paused now, as far as this member of staff may see it, the latest first."""
    return throttle.running(throttle.shown_to(Throttle.objects.all(), user)).order_by("-last_at")
