"""Middleware for every request."""

import re
import secrets
from collections.abc import Callable
from urllib.parse import unquote

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.utils import timezone
from django.utils.cache import patch_cache_control

from portal import errors
from portal.lib import hash_semaphore, headers, logs, time_format

Handler = Callable[[HttpRequest], HttpResponseBase]

_ALPHABET = "23456789CDFGHJKMNPQRTVWX"
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'none'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_TRUSTED_TYPES = "; require-trusted-types-for 'script'"
# The app's trusted-types policy allows only the address of its worker (accounts/static/key/worker.js).
_KEY_APP = "; manifest-src 'self'; worker-src 'self'; trusted-types key"
_ADMIN = re.compile(r"^/admin/")
_KEY = re.compile(r"^/key/$")
_PUBLIC = re.compile(
    r"^/(help|static|brand|\.well-known|robots\.txt|healthz|readyz)(/|$)|^/key/(sw\.js|manifest\.webmanifest)?$"
)


class RequestIdMiddleware:
    """Give each request an id, shared by log lines, error pages and audit events."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Set ``request.id``, for example 7F3K2Q9C; the client cannot choose it."""
        token = logs.request_id.set("".join(secrets.choice(_ALPHABET) for _ in range(8)))
        request.id = logs.request_id.get()  # type: ignore[attr-defined]  # our own attribute
        try:
            response = self.get_response(request)
        finally:
            logs.request_id.reset(token)
        response["X-Request-Id"] = request.id  # type: ignore[attr-defined]  # our own attribute
        return response


class HeadersMiddleware:
    """Set the content security policy and related headers on every response."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Add the headers; Django's admin writes markup from script, so it does without trusted types."""
        response = self.get_response(request)
        response.setdefault("Content-Security-Policy", self._policy(request.path))
        response["Cross-Origin-Resource-Policy"] = "same-origin"
        response["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(), payment=(), usb=()"
        if not _PUBLIC.match(request.path):
            patch_cache_control(response, private=True, no_store=True)
        if headers.is_data(response):
            headers.leave_out_those_of_documents(response)
        return response

    @staticmethod
    def _policy(path: str) -> str:
        if _ADMIN.match(path):
            return _POLICY
        return _POLICY + _TRUSTED_TYPES + (_KEY_APP if _KEY.match(path) else "")


class ReaderZoneMiddleware:
    """Tell times in the zone that the browser names in its cookie ``zone``, which portal.js sets.

    It is a wish of whoever reads the page, and counts as no more: an unknown name is ignored, and a user who has
    chosen a zone gets that one (accounts/views/guards.py). Pages that are the same for everybody do without. The admin
    says its zone once on each page, so there it is always one that has a name: else the firm's own.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on in that zone, and leave none behind."""
        named = "" if _PUBLIC.match(request.path) else unquote(request.COOKIES.get("zone", ""))
        zone = named if named in time_format.zones() else None
        if _ADMIN.match(request.path):
            zone = time_format.of_staff(zone or "")
        with timezone.override(zone):
            return self.get_response(request)


class ErrorPagesMiddleware:
    """Give a page to what would be blank: 503 if the database or the hashing queue is unavailable, and 405."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on; a wrong method is answered with where to go."""
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and not response.content:
            return errors.wrong_method(request, response["Allow"])
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Turn a temporary failure into a 503 page; everything else becomes a 500."""
        if isinstance(exception, (hash_semaphore.HashingOverloaded, OperationalError, InterfaceError)):
            return errors.unavailable(request)
        return None


class CharsetMiddleware:
    """Refuse requests that claim another character set than UTF-8: Django would read even addresses by it.

    An address with a NUL in it is that of no page: PostgreSQL takes none in a text.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer 400 or 404, or pass the request on."""
        if not headers.is_utf8(request.content_params or {}):
            request.encoding = "utf-8"
            return errors.bad_request(request)
        if "\0" in request.path_info:
            return errors.not_found(request)
        return self.get_response(request)


class SecFetchMiddleware:
    """Refuse requests that none of our pages makes: cross-site posts, and embedding by other sites."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Check Sec-Fetch-*; absent headers pass (old clients still have the CSRF check)."""
        if request.headers.get("Sec-Fetch-Site") == "cross-site" and not self._is_navigation(request):
            return errors.cross_site(request)
        return self.get_response(request)

    @staticmethod
    def _is_navigation(request: HttpRequest) -> bool:
        return (
            request.method in {"GET", "HEAD"}
            and request.headers.get("Sec-Fetch-Mode") == "navigate"
            and request.headers.get("Sec-Fetch-Dest") not in {"object", "embed", "iframe", "frame"}
        )
