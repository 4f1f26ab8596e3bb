"""Budgets of tries, and the button that ends a pause."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from accounts.actions import throttle
from accounts.actions.sign_in import unlock
from accounts.admin.reading import ReadOnlyAdmin
from accounts.forms.unlock import LiftForm
from accounts.models import Throttle, User
from accounts.models.users import hash_of_username
from portal.lib import client, clock


@admin.register(Throttle)
class ThrottleAdmin(ReadOnlyAdmin):
    """Tries used, and pauses. Names are shown where a log-in has them; what strangers typed was never kept."""

    list_display = ("username", "budget", "used", "limit", "last_at", "paused_until")
    list_filter = ("budget", ("paused_until", admin.EmptyFieldListFilter))
    search_fields = ("subject",)
    search_help_text = _("The full username.")
    ordering = ("-last_at",)
    fields = ("username", "budget", "used", "limit", "total", "total_limit", "last_at", "paused_until")
    readonly_fields = ("username",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Add the username, if a log-in has that name."""
        owner = User.objects.filter(username_hash=OuterRef("subject")).values("username")
        budgets: QuerySet[Any] = super().get_queryset(request).annotate(owner=Subquery(owner))
        return budgets

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> Any:
        """Find by the digest of the name that was typed."""
        found = queryset.filter(subject=hash_of_username(search_term)) if search_term else queryset
        return found, False

    @admin.display(description=_("Username"))
    def username(self, row: Any) -> str:
        """Return the name, or the beginning of the digest that stands for it."""
        return row.owner or f"{row.subject[:12]}…"

    def get_urls(self) -> list[URLPattern]:
        """Add the page of the button."""
        lift = path("<int:pk>/lift/", self.admin_site.admin_view(self.lift), name="accounts_throttle_lift")
        return [lift, *super().get_urls()]

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None) -> Any:
        """Show the button to those who may use it, while a pause runs."""
        row = self.get_object(request, object_id)
        shows = row is not None and _is_liftable(row) and _may_lift(request, row)
        return super().change_view(request, object_id, form_url, {"may_lift": shows})

    def lift(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask for the reason, then end the pauses of this subject."""
        row = get_object_or_404(self.get_queryset(request), pk=pk)
        if not _may_lift(request, row):
            raise PermissionDenied
        form = LiftForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            self._lift(request, row, form.cleaned_data["reason"])
            return redirect("admin:accounts_throttle_change", pk)
        context = self.admin_site.each_context(request) | {"form": form, "row": row, "name": self.username(row)}
        return render(request, "admin/accounts/throttle/lift.html", context | {"title": _("Lift pause")})

    def _lift(self, request: HttpRequest, row: Throttle, reason: str) -> None:
        by = request.user if isinstance(request.user, User) else None
        try:
            unlock.lift_pauses(
                subject=row.subject, reason=reason, by=by, origin=client.origin(request), now=clock.now()
            )
        except unlock.NothingPaused:
            messages.warning(request, _("The pause had already ended. Nothing was changed."))
        else:
            messages.success(request, _("The pause has been lifted. The person can sign in again."))


def _may_lift(request: HttpRequest, row: Any) -> bool:
    return isinstance(request.user, User) and unlock.may_lift(request.user, subject=row.subject)


def _is_liftable(row: Any) -> bool:
    return row.budget in throttle.LIFTABLE and row.paused_until is not None and row.paused_until > clock.now()
