"""What all pages of the desk share: access, and how refusals are shown."""

import functools
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render

from accounts.refusals import Refusal, TooOften
from portal.lib import clock
from recovery.admin import visibility
from recovery.admin.visibility import Viewer

if TYPE_CHECKING:
    from accounts.models import User

log = logging.getLogger("portal.security")
FOLDER = "admin/recovery/case"
READING = frozenset({"GET", "HEAD"})
_FORBIDDEN = frozenset({"G1", "G2", "G3", "G21"})
_CONFLICT = frozenset({"A5", "G6"})

Page = Callable[..., HttpResponse]


def page(view: Page, *methods: str) -> Page:
    """Admit staff with a role at the desk; only those who work cases may post. Refusals become pages."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        viewer = Viewer.of(cast("User", request.user))
        try:
            viewer.need(*visibility.READERS)
            if request.method not in READING:
                viewer.need(*visibility.WORKERS)
            if request.method not in {*READING, *methods}:
                return HttpResponseNotAllowed([*READING, *methods])
            return view(request, viewer, *args, **kwargs)
        except Refusal as refusal:
            return refused(request, refusal)

    return guarded


def show(request: HttpRequest, name: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """Render a page of the desk inside the admin."""
    common = admin.site.each_context(request)
    return render(request, f"{FOLDER}/{name}.html", common | context, status=status)


def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """Show why something was refused, and the way back; missing permissions are logged."""
    if refusal.code in _FORBIDDEN:
        facts = {"user": request.user.pk, "path": request.path, "cause": type(refusal).__name__}
        log.warning("refused at the desk", extra={"facts": facts})
    context = {"title": refusal.cause.title, "words": refusal.words(), "row": refusal.cause.row}
    return with_pause(show(request, "refused", context, status_of(refusal)), refusal)


def status_of(refusal: Refusal) -> int:
    """Return 403 for a missing permission, 409 if the case moved on, 429 for too often, 200 for a field to correct."""
    if refusal.code in _FORBIDDEN:
        return 403
    if refusal.code in _CONFLICT:
        return 409
    return 429 if isinstance(refusal, TooOften) else 200


def with_pause(response: HttpResponse, refusal: Refusal) -> HttpResponse:
    """Add Retry-After if the refusal says when to try again."""
    if isinstance(refusal, TooOften):
        response["Retry-After"] = str(max(int((refusal.until - clock.now()).total_seconds()), 1))
    return response
