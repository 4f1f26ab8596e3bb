"""Welcome letters as far as the desk needs them: where they stand, never a code; and asking for a new one (FIRM-3)."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.actions.welcome import letters
from accounts.admin.steps import StepAdmin
from accounts.enums import LetterReason
from accounts.forms.step_up import StepForm
from accounts.forms.welcome import WantLetterForm
from accounts.models import User, WelcomeLetter
from portal.lib import clock


@admin.register(WelcomeLetter)
class WelcomeLetterAdmin(StepAdmin):
    """When a letter was wanted, printed, used or revoked."""

    list_display = ("user", "why", "wanted_at", "printed_at", "expires_at", "used_at", "revoked_at")
    list_filter = ("why",)
    list_select_related = ("user",)
    search_fields = ("user__username__exact",)
    search_help_text = _("The full username.")
    ordering = ("-pk",)
    fields = (*list_display, "wanted_by")

    steps = (("ask/<int:pk>/", "ask"),)
    template = "admin/accounts/welcomeletter/ask.html"

    def ask(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask for a new letter in place of a lost one, with a reason and a Key code."""
        user, by = get_object_or_404(User.objects.select_related("customer"), pk=pk), request.user
        if not isinstance(by, User) or not letters.may_ask(by, user):
            raise PermissionDenied
        page = reverse("admin:accounts_user_change", args=[pk])

        def action(form: StepForm, how: dict[str, Any]) -> HttpResponse:
            letters.want(user=user, why=LetterReason.DESK, **form.cleaned_data, **how)
            said = _("A new letter will be printed. The old code no longer works, and we have told the customer.")
            messages.success(request, said)
            return redirect(page)

        facts: dict[str, Any] = {"of": user, "back": page, "title": _("Send a new welcome letter")}
        standing = letters.standing_of(user, now=clock.now())
        return self.step(request, WantLetterForm, action, by=by, standing=standing, **facts)


def shown_on(user: Any, by: Any) -> bool:
    """Tell whether the page of a user has the button: where a letter would open something."""
    may = isinstance(user, User) and isinstance(by, User) and letters.may_ask(by, user)
    return may and letters.openable().filter(pk=user.pk).exists()
