"""Filters of the queue. Agents can filter only by what they may know."""

from collections.abc import Iterable
from typing import Any, cast

from django.contrib.admin import SimpleListFilter
from django.db.models import Count, F, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from portal.lib import clock
from recovery.admin import visibility
from recovery.admin.visibility import Viewer
from recovery.enums import Purpose, State, Verdict
from recovery.models import Case

_WAITING = (State.POSSESSION, State.PROOFING, State.COOLING, State.GRANT_READY, State.ENROLLING, State.HOLD)


class _Choices(SimpleListFilter):
    """A filter with fixed choices."""

    options: Iterable[Any] = ()

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[Any]:
        return list(self.options)


class QueueFilter(_Choices):
    """The part of the queue to show. By default everything that is open, or what was searched for."""

    title = _("queue")
    parameter_name = "queue"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[Any]:
        """Return the parts that may contain something for this user."""
        viewer = Viewer.of(cast("User", request.user))
        parts = [
            ("mine", _("Mine"), viewer.works),
            ("take", _("Available to take"), True),
            ("waiting", _("Waiting for someone else"), True),
            ("review", _("For me to decide"), viewer.decides),
            ("papers", _("Waiting for proof of identity"), viewer.decides or viewer.audits),
            ("contested", _("Contested"), viewer.decides or viewer.audits),
            ("late", _("Over target"), True),
            ("closed", _("Closed"), True),
        ]
        return [(name, label) for name, label, is_theirs in parts if is_theirs]

    def choices(self, changelist: Any) -> Any:
        """Name the default choice after what it shows."""
        first, *others = super().choices(changelist)
        yield {**first, "display": _("All open cases I can see")}
        yield from others

    def queryset(self, request: HttpRequest, queryset: QuerySet[Case]) -> QuerySet[Case]:
        part = self.value()
        if part is None:
            return queryset if request.GET.get("q") else queryset.filter(closed_at=None)
        return queryset.filter(condition(str(part), cast("User", request.user)))


def counts(viewer: Viewer) -> dict[str, int]:
    """Return how many cases are in each part that the desk's start page counts. One statement."""
    found = visibility.queue(viewer).prefetch_related(None).select_related(None)
    parts = ("mine", "take", "review", "late")
    return found.aggregate(**{part: Count("pk", filter=condition(part, viewer.user), distinct=True) for part in parts})


def for_me(viewer: Viewer) -> QuerySet[Case]:
    """Return the cases that wait for this person: their own, and those they decide, the most urgent first."""
    theirs = condition("mine", viewer.user) | condition("review", viewer.user)
    return visibility.queue(viewer).filter(theirs).order_by(F("due").asc(nulls_last=True), "opened_at").distinct()


def condition(part: str, user: User) -> Q:
    """Return the condition for a part of the queue; for a part that there is not, one that nothing meets."""
    conditions = {
        "mine": Q(maker=user, closed_at=None),
        "take": visibility.can_be_taken(),
        "waiting": Q(state__in=_WAITING),
        "review": Q(decisions__assigned_to=user, decisions__outcome=Verdict.PENDING),
        "papers": Q(state=State.PROOFING),
        "contested": Q(state=State.CONTESTED),
        "late": Q(due__lt=clock.now(), closed_at=None),
        "closed": Q(closed_at__isnull=False),
    }
    return conditions.get(part, Q(pk=None))


class StateFilter(_Choices):
    """The state of a case."""

    title = _("state")
    parameter_name = "state"
    options = State.choices

    def queryset(self, request: HttpRequest, queryset: QuerySet[Case]) -> QuerySet[Case]:
        return queryset.filter(state=self.value()) if self.value() else queryset


class PurposeFilter(_Choices):
    """What was lost."""

    title = _("purpose")
    parameter_name = "purpose"
    options = Purpose.choices

    def queryset(self, request: HttpRequest, queryset: QuerySet[Case]) -> QuerySet[Case]:
        return queryset.filter(purpose=self.value()) if self.value() else queryset
