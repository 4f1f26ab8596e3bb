"""Welcome letters as far as the desk needs them: where they stand, never a code; and asking for a new one (FIRM-3)."""

from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.actions.desk import looks
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
        """Ask for a new letter in place of a lost one, with a reason and a Key code, while looking at the customer."""
        user, by = get_object_or_404(User.objects.select_related("customer"), pk=pk), request.user
        now = clock.now()
        seen = looks.newest(by=by, user=user, now=now) if isinstance(by, User) else None
        if not isinstance(by, User) or seen is None or looks.is_barred(by, user) or not letters.may_ask(by, user):
            raise PermissionDenied
        page = reverse("desk:customer", args=[seen])

        def action(form: StepForm, how: dict[str, Any]) -> HttpResponse:
            letters.want(user=user, why=LetterReason.DESK, **form.cleaned_data, **how)
            said = _("A new letter will be printed. The old code no longer works, and we have told the customer.")
            messages.success(request, said)
            return redirect(page)

        facts: dict[str, Any] = {"of": user, "back": page, "title": _("Send a new welcome letter")}
        facts["standing"] = letters.standing_of(user, now=now)
        check = partial(letters.why_not, user, now=now)
        return self.step(request, WantLetterForm, action, by=by, check=check, **facts)
