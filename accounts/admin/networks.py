"""Requests to widen the networks of a user: taken for a caller, verified by one, decided by another (NET-2)."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _

from accounts.actions.desk import looks
from accounts.actions.keys import key_codes
from accounts.actions.networks import requests, rules
from accounts.admin.reading import ReadOnlyAdmin
from accounts.enums import CodePurpose, NetworkOutcome
from accounts.forms.fields import Refusable
from accounts.forms.networks import AskForm, DecideForm
from accounts.models import NetworkRequest, User
from accounts.network_refusals import RequestNotOpen
from accounts.policies import networks
from accounts.refusals import Refusal
from portal.lib import client, clock


@admin.register(NetworkRequest)
class NetworkRequestAdmin(ReadOnlyAdmin):
    """Requests for more networks. One person speaks to the customer, another one decides."""

    list_display = ("reference", "user", "asked_at", "maker", "outcome", "decided_at")
    list_filter = (("decided_at", admin.EmptyFieldListFilter), "outcome")
    list_select_related = ("user", "maker")
    search_fields = ("reference__exact", "user__username__exact")
    search_help_text = _("The full reference or username.")
    fields = (
        "reference", "user", "asked_by", "asked_at", "networks_now", "networks_wanted", "allows_pass", "maker",
        "verified_at", "checker", "decided_at", "outcome",
    )  # fmt: skip
    readonly_fields = ("networks_now", "networks_wanted")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Put open requests first, oldest on top."""
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.order_by(F("decided_at").desc(nulls_first=True), "asked_at", "pk")

    @admin.display(description=_("Networks now"))
    def networks_now(self, row: NetworkRequest) -> str:
        return ", ".join(map(str, rules.of(row.user))) or "-"

    @admin.display(description=_("Networks asked for"))
    def networks_wanted(self, row: NetworkRequest) -> str:
        return ", ".join(row.wanted) or str(_("No limit"))

    def get_urls(self) -> list[URLPattern]:
        pages = [("<int:pk>/verify/", self.verify), ("<int:pk>/decide/", self.decide), ("ask/<int:pk>/", self.ask)]
        own = [
            path(where, self.admin_site.admin_view(view), name=f"accounts_networkrequest_{view.__name__}")
            for where, view in pages
        ]
        return [*own, *super().get_urls()]

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None) -> Any:
        row, by = self.get_object(request, object_id), _staff(request)
        shows = {"may_verify": False, "may_decide": False}
        if isinstance(row, NetworkRequest) and not row.outcome:
            shows["may_verify"] = row.maker_id is None and requests.may_verify(by, row.user)
            shows["may_decide"] = requests.may_decide(by, row)
        return super().change_view(request, object_id, form_url, shows)

    def verify(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Confirm that the customer, and nobody else, wants this."""
        row, by = self._found(pk), _staff(request)
        if not requests.may_verify(by, row.user):
            raise PermissionDenied
        form = _ConfirmForm(request.POST if request.method == "POST" else None)
        if form.is_valid() and _done(
            form, lambda: requests.verify(request=row, by=by, origin=client.origin(request), now=clock.now())
        ):
            messages.success(request, _("Recorded. Somebody else decides now."))
            return redirect("admin:accounts_networkrequest_change", pk)
        return self._page(request, "verify", form, row=row, title=_("I have verified the customer"))

    def decide(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Approve or refuse, with a Key code."""
        row, by = self._found(pk), _staff(request)
        if not requests.may_decide(by, row):
            raise PermissionDenied
        form = DecideForm(request.POST if request.method == "POST" else None)
        if form.is_valid() and _done(form, lambda: _decide(request, row, by, form)):
            messages.success(request, _("Decided. We have told the customer."))
            return redirect("admin:accounts_networkrequest_change", pk)
        return self._page(request, "decide", form, row=row, title=_("Decide"))

    def ask(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take down what a caller asks for, after verifying them, while looking at the customer."""
        user, by = get_object_or_404(User, pk=pk), _staff(request)
        is_in_view = looks.newest(by=by, user=user, now=clock.now()) is not None and not looks.is_barred(by, user)
        if not is_in_view or not requests.may_verify(by, user):
            raise PermissionDenied
        initial = {"networks": networks.text_of(rules.of(user)), "allows_pass": user.allows_travel_pass}
        form = AskForm(request.POST if request.method == "POST" else None, initial=initial)
        if form.is_valid() and _done(form, lambda: _ask(request, user, by, form)):
            messages.success(request, _("Recorded, as verified by you. Somebody else decides now."))
            return redirect("admin:accounts_networkrequest_changelist")
        return self._page(request, "ask", form, of=user, title=_("Ask for other networks"))

    def _found(self, pk: int) -> NetworkRequest:
        return get_object_or_404(NetworkRequest.objects.select_related("user__customer"), pk=pk)

    def _page(self, request: HttpRequest, name: str, form: Refusable, **facts: Any) -> HttpResponse:
        back = reverse("admin:accounts_networkrequest_changelist")
        context = self.admin_site.each_context(request) | {"form": form, "back": back, **facts}
        return render(request, f"admin/accounts/networkrequest/{name}.html", context)


class _ConfirmForm(Refusable, forms.Form):
    """Nothing but the button."""


def _decide(request: HttpRequest, row: NetworkRequest, by: User, form: DecideForm) -> None:
    origin, now = client.origin(request), clock.now()
    if row.outcome:  # before a code is used up
        raise RequestNotOpen
    purpose = CodePurpose.STEP_UP
    key_codes.spend_code(user=by, code=form.cleaned_data["code"], purpose=purpose, origin=origin, now=now)
    outcome = NetworkOutcome(form.cleaned_data["outcome"])
    requests.decide(request=row, outcome=outcome, by=by, origin=origin, now=now)


def _ask(request: HttpRequest, user: User, by: User, form: AskForm) -> None:
    given = form.cleaned_data
    requests.ask(
        user=user,
        wanted=given["networks"],
        allows_pass=given["allows_pass"],
        by=by,
        origin=client.origin(request),
        now=clock.now(),
    )


def _done(form: Refusable, action: Callable[[], Any]) -> bool:
    """Run the action; show its refusal on the form."""
    try:
        action()
    except Refusal as refusal:
        form.refuse(refusal)
        return False
    return True


def _staff(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user
