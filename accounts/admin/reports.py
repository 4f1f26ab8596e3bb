"""Customers' reports, open ones first, and the button that closes one."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from accounts.actions import reports
from accounts.actions.desk import looks
from accounts.admin.reading import ReadOnlyAdmin
from accounts.enums import ReportOutcome
from accounts.forms.reports import CloseForm
from accounts.models import Report, User
from portal.lib import client, clock


@admin.register(Report)
class ReportAdmin(ReadOnlyAdmin):
    """Reports. Staff ask the customer, then close the report with an outcome."""

    list_display = ("reference", "user", "kind", "device", "created_at", "closed_at", "outcome")
    list_filter = (("closed_at", admin.EmptyFieldListFilter), "kind", "outcome")
    list_select_related = ("user",)
    search_fields = ("reference__exact", "notice__exact", "user__username__exact")
    search_help_text = _("The full reference, that of the message, or the username.")
    fields = (*list_display, "notice", "closed_by")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Put open reports first, oldest on top; closed ones follow, newest first."""
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.order_by(F("closed_at").desc(nulls_first=True), "created_at", "pk")

    def get_urls(self) -> list[URLPattern]:
        close = path("<int:pk>/close/", self.admin_site.admin_view(self.close), name="accounts_report_close")
        return [close, *super().get_urls()]

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None) -> Any:
        row = self.get_object(request, object_id)
        shows = isinstance(row, Report) and row.closed_at is None and _may_close(request, row)
        facts: dict[str, Any] = {"may_close": shows}
        if isinstance(row, Report) and looks.may_look(request.user):
            facts |= {"look_at": row.user.username, "look_because": _("Report %s") % row.reference}
        return super().change_view(request, object_id, form_url, facts)

    def close(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask for the outcome, then close the report."""
        report = get_object_or_404(Report.objects.select_related("user__customer"), pk=pk)
        if not _may_close(request, report):
            raise PermissionDenied
        form = CloseForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            self._close(request, report, ReportOutcome(form.cleaned_data["outcome"]))
            return redirect("admin:accounts_report_change", pk)
        context = self.admin_site.each_context(request) | {"form": form, "report": report, "title": _("Close report")}
        return render(request, "admin/accounts/report/close.html", context)

    def _close(self, request: HttpRequest, report: Report, outcome: ReportOutcome) -> None:
        if not isinstance(request.user, User):
            raise PermissionDenied
        now, origin = clock.now(), client.origin(request)
        try:
            reports.close_report(report=report, outcome=outcome, by=request.user, origin=origin, now=now)
        except reports.ReportClosed:
            messages.warning(request, _("Someone else has already closed this report. Nothing was changed."))
        else:
            messages.success(request, _("The report is closed. We have told the customer."))


def _may_close(request: HttpRequest, report: Report) -> bool:
    return isinstance(request.user, User) and reports.may_close(request.user, report)
