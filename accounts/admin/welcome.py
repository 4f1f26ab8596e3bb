"""Welcome letters as far as the desk needs them: where they stand, never a code; and asking for a new one (FIRM-3)."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from accounts.actions.keys import key_codes
from accounts.actions.welcome import letters
from accounts.admin.reading import ReadOnlyAdmin
from accounts.enums import CodePurpose, LetterReason
from accounts.forms.welcome import WantLetterForm
from accounts.models import User, WelcomeLetter
from accounts.refusals import Refusal
from portal.lib import client, clock


@admin.register(WelcomeLetter)
class WelcomeLetterAdmin(ReadOnlyAdmin):
    """When a letter was wanted, printed, used or revoked."""

    list_display = ("user", "why", "wanted_at", "printed_at", "expires_at", "used_at", "revoked_at")
    list_filter = ("why",)
    list_select_related = ("user",)
    search_fields = ("user__username__exact",)
    search_help_text = _("The full username.")
    ordering = ("-pk",)
    fields = (*list_display, "wanted_by")

    def get_urls(self) -> list[URLPattern]:
        ask = path("ask/<int:pk>/", self.admin_site.admin_view(self.ask), name="accounts_welcomeletter_ask")
        return [ask, *super().get_urls()]

    def ask(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask for a new letter in place of a lost one, with a reason and a Key code."""
        user, by = get_object_or_404(User.objects.select_related("customer"), pk=pk), request.user
        if not isinstance(by, User) or not letters.may_ask(by, user):
            raise PermissionDenied
        form = WantLetterForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            try:
                _want(request, user, by, form)
            except Refusal as refusal:
                form.refuse(refusal)
            else:
                messages.success(
                    request, _("A new letter will be printed. The old code is dead, and the customer told.")
                )
                return redirect("admin:accounts_user_change", pk)
        facts = {"form": form, "of": user, "title": _("Send a new welcome letter")}
        facts["standing"] = letters.standing_of(user, now=clock.now())
        return render(request, "admin/accounts/welcomeletter/ask.html", self.admin_site.each_context(request) | facts)


def _want(request: HttpRequest, user: User, by: User, form: WantLetterForm) -> None:
    origin, now = client.origin(request), clock.now()
    purpose = CodePurpose.STEP_UP
    key_codes.spend_code(user=by, code=form.cleaned_data["code"], purpose=purpose, origin=origin, now=now)
    reason = form.cleaned_data["reason"]
    letters.want(user=user, why=LetterReason.DESK, by=by, reason=reason, origin=origin, now=now)


def shown_on(user: Any, by: Any) -> bool:
    """Tell whether the page of a user has the button: where a letter would open something."""
    may = isinstance(user, User) and isinstance(by, User) and letters.may_ask(by, user)
    return may and letters.openable().filter(pk=user.pk).exists()
