"""Limits in use, and the button that ends a pause."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from accounts.actions.sign_in import unlock
from accounts.admin.reading import ReadOnlyAdmin
from accounts.forms.unlock import LiftForm
from accounts.models import User
from accounts.models.users import hash_of_username
from portal.lib import client, clock
from portal.throttle.models import Throttle


class LockedFilter(admin.SimpleListFilter):
    """Limits whose attempts are used up at the moment."""

    title = _("locked now")
    parameter_name = "locked"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("Yes"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() != "yes":
            return queryset
        return queryset.filter(pk__in=Throttle.objects.locked(now=clock.now()).values("pk"))


@admin.register(Throttle)
class ThrottleAdmin(ReadOnlyAdmin):
    """Attempts used, and pauses. Usernames are shown if they exist; what strangers typed was never stored."""

    list_display = ("username", "limit", "used", "tries", "last_at", "locked_until")
    list_filter = ("limit", LockedFilter)
    search_fields = ("subject",)
    search_help_text = _("The full username.")
    ordering = ("-last_at",)
    fields = ("username", "limit", "used", "tries", "used_in_a_row", "total", "since", "last_at", "locked_until")
    readonly_fields = ("username", "locked_until")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Add the username, if there is such a user."""
        owner = User.objects.filter(username_hash=OuterRef("subject")).values("username")
        rows: QuerySet[Any] = super().get_queryset(request).annotate(owner=Subquery(owner))
        return rows

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> Any:
        """Find by the digest of the username that was typed."""
        found = queryset.filter(subject=hash_of_username(search_term)) if search_term else queryset
        return found, False

    @admin.display(description=_("Username"))
    def username(self, row: Any) -> str:
        """Return the username, or the start of the digest that stands in for it."""
        return row.owner or f"{row.subject[:12]}…"

    @admin.display(description=_("Locked until"))
    def locked_until(self, row: Any) -> Any:
        return row.locked_until(clock.now())

    def get_urls(self) -> list[URLPattern]:
        lift = path("<int:pk>/lift/", self.admin_site.admin_view(self.lift), name="throttle_throttle_lift")
        return [lift, *super().get_urls()]

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None) -> Any:
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
            return redirect("admin:throttle_throttle_change", pk)
        context = self.admin_site.each_context(request) | {"form": form, "row": row, "name": self.username(row)}
        return render(request, "admin/throttle/throttle/lift.html", context | {"title": _("Lift pause")})

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
    names = {limit.name for limit in unlock.LIFTABLE}
    return row.limit in names and row.locked_until(clock.now()) is not None
