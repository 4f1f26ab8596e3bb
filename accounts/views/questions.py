"""A user's own security questions."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.actions.authenticators import security_answers
from accounts.forms.questions import QuestionsForm
from accounts.profile_refusals import AnswerRefused
from accounts.refusals import Refusal
from accounts.request_types import SignedInRequest
from accounts.security_questions import words_of
from accounts.views import refusal_responses
from accounts.views.guards import freshly_proved
from portal.lib import client, clock


@require_http_methods(["GET", "HEAD", "POST"])
@freshly_proved
def questions(request: SignedInRequest) -> HttpResponse:
    """See which security questions are set, and set all of them anew."""
    standing = security_answers.standing_of(request.user, now=clock.now())
    form = QuestionsForm(request.POST if request.method == "POST" else None, present=standing.questions)
    if form.is_valid():
        try:
            _replace(request, form)
        except Refusal as refusal:
            form.refuse(refusal, form.place_of(refusal.question) if isinstance(refusal, AnswerRefused) else None)
        else:
            messages.success(request, _("Your security questions are set."))
            return redirect("home:security")
    facts: dict[str, Any] = {
        "standing": standing,
        "present": [words_of(question) for question in standing.questions],
        "are_used": security_answers.are_used(),
        "days": settings.PORTAL_QUESTIONS_REFRESH_DAYS,
    }
    return refusal_responses.page(request, "accounts/questions.html", form=form, **facts)


def _replace(request: SignedInRequest, form: QuestionsForm) -> None:
    security_answers.replace(
        user=request.user,
        answers=form.answers(),
        by=request.user,
        session=request.session.current,
        origin=client.origin(request),
        now=clock.now(),
    )
