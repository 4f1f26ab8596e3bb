"""Pages that show a refusal, at its field or at the top, with the matching HTTP status."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.forms.fields import status_of
from accounts.refusals import Refusal, TooOften
from helpcenter import causes
from portal.lib import clock

# Django's error codes -> ours; our own errors carry a code of the cause table.
_CAUSES = {"required": "F1", "max_length": "F2"}


def page(
    request: HttpRequest,
    template: str,
    *,
    form: forms.BaseForm | None = None,
    refusal: Refusal | None = None,
    **facts: object,
) -> HttpResponse:
    """Render a page with its form and the refusal: 200, 400 for text too long, 429 with Retry-After for too often."""
    refusal = refusal or getattr(form, "refusal", None)
    context = {"form": form, "cause": refusal.cause if refusal else _cause_of(form), "refusal": refusal}
    response = render(request, template, context | facts, status=status_of(form))
    if refusal is not None and refusal.is_flood:
        response.status_code = 429
    if isinstance(refusal, TooOften):
        response["Retry-After"] = str(max(1, round((refusal.until - clock.now()).total_seconds())))
    return response


def _cause_of(form: forms.BaseForm | None) -> causes.Cause | None:
    """Return the row of the cause table for the first error of a form."""
    if form is None or not form.errors:
        return None
    first = next(iter(form.errors.as_data().values()))[0].code or ""
    code = _CAUSES.get(first, first)
    return causes.get(code if code in {cause.code for cause in causes.every()} else "F3")
