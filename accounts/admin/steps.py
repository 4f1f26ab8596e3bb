"""Steps at the desk: each a page of its own, taken with the Key code of whoever takes it."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path

from accounts.actions.keys import key_codes
from accounts.admin.reading import ReadOnlyAdmin
from accounts.enums import CodePurpose
from accounts.forms.step_up import StepForm
from accounts.models import User
from accounts.refusals import Refusal
from portal.lib import client, clock

Action = Callable[[StepForm, dict[str, Any]], HttpResponse]


class StepAdmin(ReadOnlyAdmin):
    """A read-only table with steps; ``template`` extends admin/step.html."""

    steps: tuple[tuple[str, str], ...]  # path and name of a method
    template: str

    def get_urls(self) -> list[URLPattern]:
        info = self.opts.app_label, self.opts.model_name
        own = [
            path(where, self.admin_site.admin_view(getattr(self, name)), name="{}_{}_{}".format(*info, name))
            for where, name in self.steps
        ]
        return [*own, *super().get_urls()]

    def step(
        self,
        request: HttpRequest,
        form_class: type[StepForm],
        action: Action,
        *,
        by: User,
        initial: dict[str, Any] | None = None,
        check: Callable[[], Refusal | None] = lambda: None,
        **facts: Any,
    ) -> HttpResponse:
        """Show a form; with a fresh Key code, run the action and follow it, or show why it was refused.

        ``check``: what would be refused whatever the code is; then no code is used up.
        The action gets the form, cleaned and without its code, and ``by``, ``origin`` and ``now``.
        """
        form = form_class(request.POST if request.method == "POST" else None, initial=initial)
        if form.is_valid():
            origin, now = client.origin(request), clock.now()
            try:
                if refused := check():
                    raise refused
                code, purpose = form.cleaned_data.pop("code"), CodePurpose.STEP_UP
                key_codes.spend_code(user=by, code=code, purpose=purpose, origin=origin, now=now)
                return action(form, {"by": by, "origin": origin, "now": now})
            except Refusal as refusal:
                form.refuse(refusal)
        return render(request, self.template, self.admin_site.each_context(request) | {"form": form, **facts})
