"""Everything that is held about a customer, to download (FIRM-5)."""

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from accounts.actions.privacy import export
from accounts.forms.profile import DataForm
from accounts.refusals import Refusal
from accounts.request_types import SignedInRequest
from accounts.views import refusal_responses
from accounts.views.guards import freshly_proved
from accounts.views.profile import customer_of
from portal.lib import client, clock


@require_http_methods(["GET", "HEAD", "POST"])
@freshly_proved
def your_data(request: SignedInRequest) -> HttpResponse:
    """Download everything that we hold about you: a page to read, or a file for programs."""
    customer_of(request)
    form = DataForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        now = clock.now()
        try:
            person = export.note_downloaded(user=request.user, by=request.user, origin=client.origin(request), now=now)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            if form.cleaned_data["file"] == "json":
                return _file("".join(export.as_json(person, now=now)), "my-data.json", "application/json")
            return _file(export.as_page(person, now=now), "my-data.html", "text/html; charset=utf-8")
    held = export.held(request.user, now=clock.now())
    return refusal_responses.page(request, "accounts/your_data.html", form=form, held=held)


def _file(text: str, name: str, kind: str) -> HttpResponse:
    return HttpResponse(text, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
