"""Error pages: plain words, a reference, what to do next, and no internals."""

from functools import lru_cache

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import REASON_NO_CSRF_COOKIE
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import get_language

from helpcenter import causes
from portal import context
from portal.lib import clock

_RETRY_SECONDS = "5"
_API = "/key/api/"  # answered as JSON


def _page(request: HttpRequest, code: str, *, status: int) -> HttpResponse:
    if request.path_info.startswith(_API):
        body = {"cause": code, "text": causes.get(code).words(), "time": int(clock.now().timestamp())}
        return JsonResponse(body, status=status)
    return render(request, "portal/error.html", {"cause": causes.get(code)}, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the request cannot be read."""
    return _page(request, "X4", status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: this user may not open the page."""
    return _page(request, "X6", status=403)


def cross_site(request: HttpRequest) -> HttpResponse:
    """403: the request came from another site."""
    return _page(request, "X3", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: no such page, or not yours; the same text for both."""
    return _page(request, "X2", status=404)


def failed(request: HttpRequest) -> HttpResponse:
    """500: our fault."""
    return _page(request, "X1", status=500)


def unavailable(request: HttpRequest) -> HttpResponse:
    """503: try again in a few seconds; nothing was changed."""
    response = _page(request, "X5", status=503)
    response["Retry-After"] = _RETRY_SECONDS
    return response


def wrong_method(request: HttpRequest, allowed: str) -> HttpResponse:
    """405: the address takes only what a form of ours sends, or nothing at all."""
    response = _page(request, "X7", status=405)
    response["Allow"] = allowed
    return response


def crowded() -> HttpResponse:
    """503 for one of many requests at once: the same bytes for all, rendered once."""
    response = HttpResponse(_crowded(get_language() or ""), status=503)
    response["Retry-After"] = _RETRY_SECONDS
    return response


@lru_cache(maxsize=8)
def _crowded(language: str) -> bytes:
    return render_to_string("portal/error.html", {"cause": causes.get("X5"), **context.everywhere()}).encode()


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: no cookies, a page from before somebody signed in in this browser, or a page that was open too long."""
    if reason == REASON_NO_CSRF_COOKIE:
        return _page(request, "C2", status=403)
    return _page(request, "C3" if request.user.is_authenticated else "C1", status=403)
