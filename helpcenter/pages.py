"""Help pages as bytes: rendered once per process, then served from memory.

A page depends only on its URL, the language and the state of the support line, so it is
rendered without the visitor's request: no user, cookie or form token can get into it.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.signals import setting_changed
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.autoreload import autoreload_started, file_changed
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language

from helpcenter import catalogue
from portal.lib import clock
from portal.lib.hours import Status, status

MAX_AGE_SECONDS: Final = 300
Context = Mapping[str, Any]


@dataclass(frozen=True)
class _Page:
    body: bytes
    etag: str


Pages = dict[tuple[str, str], _Page]
_PAGES: dict[tuple[Status, date], Pages] = {}


def serve(request: HttpRequest, template: str, context: Callable[[], Context]) -> HttpResponse:
    """Answer with the page, or 304 if the visitor has it; ``context`` is called only on the first visit."""
    kept = _kept(*_support(clock.now().replace(second=0, microsecond=0)))
    page = kept.get(key := (request.path, language()))
    if page is None:
        page = kept[key] = _page(render(request, template, context()))
    response = HttpResponse(
        page.body, headers={"ETag": page.etag, "Cache-Control": f"public, max-age={MAX_AGE_SECONDS}"}
    )
    # The header is checked first: the comparison costs as much as the rest of the response.
    if "HTTP_IF_NONE_MATCH" not in request.META:
        return response
    return get_conditional_response(request, etag=page.etag, response=response) or response


def render(request: HttpRequest, template: str, context: Context) -> bytes:
    """Render the page for anybody: the visitor's request is replaced by a blank one."""
    blank = HttpRequest()
    blank.method = "GET"
    blank.path, blank.path_info = request.path, request.path_info
    blank.META = {"HTTP_HOST": settings.PORTAL_HOST, "SERVER_NAME": "", "SERVER_PORT": ""}
    blank.resolver_match = request.resolver_match
    with timezone.override(None):
        return render_to_string(template, dict(context), request=blank).encode()


def language() -> str:
    """Return the language of the current request."""
    return get_language() or settings.LANGUAGE_CODE


def forget(*, setting: str = "PORTAL_", **_signal: Any) -> None:
    """Clear the rendered pages and the articles they were made from."""
    if setting.startswith("PORTAL_"):
        catalogue.forget()
        _PAGES.clear()
        _support.cache_clear()


@lru_cache(maxsize=1)
def _support(minute: datetime) -> tuple[Status, date]:
    """Return what the footer's text about the support line depends on: the line's state and the day."""
    zone = ZoneInfo(settings.PORTAL_SUPPORT_TZ)
    return status(settings.PORTAL_SUPPORT_HOURS, zone, minute), minute.astimezone(zone).date()


def _kept(state: Status, day: date) -> Pages:
    """Return the pages rendered in this state, and drop those of earlier states."""
    kept = _PAGES.get((state, day))
    if kept is None:
        _PAGES.clear()
        kept = _PAGES[state, day] = {}
    return kept


def _page(body: bytes) -> _Page:
    return _Page(body, f'"{hashlib.sha256(body).hexdigest()[:32]}"')


def _watch(sender: Any, **_signal: Any) -> None:
    sender.watch_dir(catalogue.ROOT, "**/*.md")


setting_changed.connect(forget)
autoreload_started.connect(_watch)  # the development server shows an edited article at once ...
file_changed.connect(forget)  # ... and an edited template, for which it does not restart
