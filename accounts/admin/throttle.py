"""Pauses, running ones first, and the button that ends one."""

from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, QuerySet, Subquery, Value
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.actions.desk import looks
from accounts.actions.sign_in import unlock
from accounts.admin.steps import StepAdmin
from accounts.enums import Role
from accounts.forms.step_up import StepForm
from accounts.forms.unlock import LiftForm
from accounts.models import User
from accounts.models.users import hash_of_username
from accounts.staff_refusals import AlreadyDone
from portal.lib import clock
from portal.throttle import limits
from portal.throttle.models import Throttle

_LIFTABLE = frozenset(limit.name for limit in unlock.LIFTABLE)
_OF_NETWORKS = frozenset(limit.name for limit in limits.every() if limit.is_of_networks)
_OF_USERNAMES = frozenset(one.name for one in (limits.PASSWORD, limits.CODE, limits.TRAVEL_PASS, limits.STEP_UP))


class RunningFilter(admin.SimpleListFilter):
    """What is paused now, or everything that has used a try."""

    title = _("what is shown")
    parameter_name = "show"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("all", _("Every limit in use"))]

    def choices(self, changelist: Any) -> Any:
        """Name the first choice for what it is."""
        first, *others = super().choices(changelist)
        return [{**first, "display": _("Running pauses")}, *others]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset if self.value() == "all" else running(queryset)


@admin.register(Throttle)
class ThrottleAdmin(StepAdmin):
    """Pauses, and tries used. Usernames are shown if they exist; what strangers typed was never stored.

    Whoever answers calls sees those of customers they are looking at only: anybody can pause a name from outside, and
    would read here which ones exist.
    """

    list_display = ("whose", "kind", "tries_used", "last_at", "paused_until")
    list_filter = (RunningFilter, "limit")
    search_fields = ("subject",)
    search_help_text = _("The full username.")
    ordering = ("-last_at",)
    fields = ("whose", "kind", "what_counts", "tries_used", "used_in_a_row", "since", "last_at", "paused_until")
    readonly_fields = ("whose", "kind", "what_counts", "tries_used", "paused_until")
    steps = (("<int:pk>/lift/", "lift"),)
    template = "admin/throttle/throttle/lift.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Add the username, if there is such a user. Whoever answers calls sees what they may end now, and no more."""
        return shown_to(super().get_queryset(request), request.user)

    def get_list_filter(self, request: HttpRequest) -> Any:
        """Offer the rest to those who may see it."""
        return () if _answers_calls(request.user) else self.list_filter

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> Any:
        """Find by the digest of the username that was typed."""
        found = queryset.filter(subject=hash_of_username(search_term)) if search_term else queryset
        return found, False

    @admin.display(description=_("Whose"))
    def whose(self, row: Any) -> str:
        return whose(row)

    @admin.display(description=_("Kind"))
    def kind(self, row: Throttle) -> str:
        return str(row.get_limit_display())

    @admin.display(description=_("What counts"))
    def what_counts(self, row: Throttle) -> str:
        return next((limit.bounds_what for limit in limits.every() if limit.name == row.limit), "")

    @admin.display(description=_("Tries"))
    def tries_used(self, row: Throttle) -> str:
        return gettext("%(used)d of %(tries)d") % {"used": row.used, "tries": row.tries}

    @admin.display(description=_("Paused until"))
    def paused_until(self, row: Any) -> Any:
        return row.locked_until(clock.now())

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None) -> Any:
        row = self.get_object(request, object_id)
        shows = row is not None and _is_liftable(row) and _may_lift(request, row)
        is_of_somebody = isinstance(row, Throttle) and (row.limit in _OF_USERNAMES or bool(row.owner))  # type: ignore[attr-defined]  # annotated above
        facts = {"may_look": is_of_somebody and looks.may_look(request.user), "look_at": row.owner if row else ""}  # type: ignore[attr-defined]  # the same
        return super().change_view(request, object_id, form_url, {"may_lift": shows, **facts})

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return super().changelist_view(request, {"title": _("Pauses")})

    def lift(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask for the reason and a Key code, then end the pauses of this subject."""
        row, by = get_object_or_404(with_owners(Throttle.objects.all(), request.user), pk=pk), request.user
        if not isinstance(by, User) or not _may_lift(request, row):
            raise PermissionDenied
        back = reverse("admin:throttle_throttle_changelist")
        if not _is_liftable(row):
            messages.warning(request, _("There is no pause to end here. Nothing was changed."))
            return redirect(back)

        def action(form: StepForm, how: dict[str, Any]) -> HttpResponse:
            try:
                unlock.lift_pauses(subject=row.subject, **form.cleaned_data, **how)
            except unlock.NothingPaused as over:
                raise AlreadyDone from over
            messages.success(request, _("The pause has ended. The person can try again."))
            return redirect(back)

        facts: dict[str, Any] = {"name": self.whose(row), "back": back, "title": _("End the pause")}
        check = partial(unlock.why_not, by, subject=row.subject, now=clock.now())
        return self.step(request, LiftForm, action, by=by, check=check, **facts)


def whose(row: Any) -> str:
    """Return the username, or what else is paused, with the start of the digest that stands in for it."""
    digest: str = row.subject[:6]
    if row.owner:
        return str(row.owner)
    if row.limit in _OF_NETWORKS:
        return gettext("A network (%s)") % digest
    if row.limit not in _OF_USERNAMES:
        return f"{digest}…"
    return gettext("A username (%s)") % digest if row.is_untold else gettext("A username nobody has (%s)") % digest


def shown_to(rows: QuerySet[Any], by: Any) -> QuerySet[Any]:
    """Return those of these limits that somebody may see, with their usernames.

    Whoever answers calls sees running pauses that they may end: some other limits count for names that exist alone.
    """
    named = with_owners(rows, by)
    return running(named).filter(limit__in=_LIFTABLE) if _answers_calls(by) else named


def with_owners(rows: QuerySet[Any], by: Any) -> QuerySet[Any]:
    """Add the username of each row, if there is such a user and whoever asks may be told."""
    is_untold = _answers_calls(by)
    told = looks.in_view(by=by, now=clock.now()) if is_untold else User.objects.all()
    owner = told.filter(username_hash=OuterRef("subject")).values("username")
    annotated: QuerySet[Any] = rows.annotate(owner=Subquery(owner), is_untold=Value(is_untold))
    return annotated


def running(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Return those of these limits that pause somebody now."""
    return rows.filter(pk__in=Throttle.objects.locked(now=clock.now()).values("pk"))


def _answers_calls(by: Any) -> bool:
    """Tell whether somebody is an agent or a senior, who have no list of people."""
    return isinstance(by, User) and by.has_role(Role.AGENT, Role.SENIOR)


def _may_lift(request: HttpRequest, row: Any) -> bool:
    by = request.user
    is_theirs = not _answers_calls(request.user) or row.limit not in _OF_USERNAMES or _is_in_view(by, row)
    return isinstance(by, User) and is_theirs and unlock.may_lift(by, subject=row.subject)


def _is_in_view(by: Any, row: Any) -> bool:
    """Tell whether they are looking at whose pause it is, and may go on to."""
    owner = looks.in_view(by=by, now=clock.now()).filter(username_hash=row.subject).select_related("customer").first()
    return owner is not None and not looks.is_barred(by, owner)


def _is_liftable(row: Any) -> bool:
    return row.limit in _LIFTABLE and row.locked_until(clock.now()) is not None
