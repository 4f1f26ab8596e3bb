"""Why the last step was refused, kept so that its page is an answer to a GET: reload and Back send nothing again."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse

from accounts.forms.fields import Refusable
from accounts.refusals import ClockWrong, Refusal, TooManyRequests, TooOften
from accounts.views import refusal_responses
from helpcenter import causes
from portal.lib import clock


@dataclass(frozen=True)
class Told:
    """What a page says first: the cause, its words at a field or at the top, and from when on to try again (or 0)."""

    code: str
    words: str
    field: str = ""
    drift_seconds: int = 0
    until: float = 0

    @classmethod
    def of(cls, refusal: Refusal, field: str = "") -> "Told":
        """Return what the page says of a refusal, at a field of its form or at the top."""
        drift = refusal.drift_seconds if isinstance(refusal, ClockWrong) else 0
        until = refusal.until.timestamp() if isinstance(refusal, (TooManyRequests, TooOften)) else 0
        return cls(refusal.code, refusal.words(), field, drift, until)

    @classmethod
    def of_form(cls, form: forms.BaseForm) -> "Told":
        """Return what the page says of the first thing that is missing or unreadable in a form."""
        field, errors = next(iter(form.errors.as_data().items()))
        code = "F1" if errors[0].code == "required" else "F3"
        return cls(code, " ".join(errors[0].messages), field if field in form.fields else "")

    @property
    def cause(self) -> causes.Cause:
        """Return the row of the cause table."""
        return causes.get(self.code)

    @property
    def seconds_left(self) -> int:
        """Return how long to wait before the next try; 0 or less for not at all."""
        return round(self.until - clock.now().timestamp())

    def show(self, form: Refusable) -> None:
        """Show it in a form that nothing was typed into; at the top if it has no such field."""
        form.show(self.words, code=self.code, field=self.field if self.field in form.fields else None)


def page(request: HttpRequest, template: str, form: Refusable, told: Told | None, **facts: Any) -> HttpResponse:
    """Render the page of a step; ``told``: why the last one was refused, for a form that nothing was typed into."""
    told = None if form.is_bound else told
    if told:
        told.show(form)
    cause = {"cause": told.cause} if told else {}
    response = refusal_responses.page(request, template, form=form, **facts | cause)
    if told and told.seconds_left > 0:
        response.status_code, response["Retry-After"] = 429, str(told.seconds_left)
    return response
