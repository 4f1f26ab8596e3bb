"""The Key's web app: its shell, its manifest, and the service worker that makes it work offline.

All are the same for everybody: they contain no user data, cookie or form token.
"""

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language_bidi
from django.views.decorators.http import require_safe

from accounts.policies.keys import key_app
from helpcenter import catalogue, pages, rendering
from portal.brand import appearance, palette

_FOLDER: Final = Path(__file__).resolve().parents[2] / "static"
_SHARED: Final = ("portal/portal.css", "portal/logo.svg")
_PAGE: Final = "#f5f7fa"  # the ground of the light theme, shown until the app is drawn
_HELP: Final = (
    ("problem", "no-notification"),
    ("problem", "key-code-not-accepted"),
    ("problem", "key-shows-no-codes"),
    ("problem", "request-i-did-not-start"),
    ("problem", "two-requests"),
    ("problem", "fingerprint-fails"),
    ("problem", "key-app"),
    ("problem", "no-internet"),
    ("key", "new-phone"),
    ("key", "lost-phone"),
    ("key", "several-accounts"),
    ("key", "turn-off"),
)


@require_safe
def app(request: HttpRequest) -> HttpResponse:
    """Open the Key, the phone app that shows codes and approves sign-ins."""

    def context() -> pages.Context:
        found = [catalogue.find(pages.language(), *place) for place in _HELP]
        articles = [(one, rendering.html(one)) for one in found if one is not None]
        return {"version": key_app.VERSION, "articles": articles}

    return pages.serve(request, "key/app.html", context)


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """Tell the phone what to install: name, icons, start page."""
    start = reverse("accounts:key-app")
    facts = {
        "id": start,
        "name": settings.PORTAL_KEY_NAME,
        "short_name": settings.PORTAL_KEY_NAME,
        "lang": pages.language(),
        "dir": "rtl" if get_language_bidi() else "ltr",
        "start_url": start,
        "scope": start,
        "display": "standalone",
        "background_color": _PAGE,
        "theme_color": palette.light().brand,
        "icons": _icons(),
    }
    return _for_everybody(JsonResponse(facts, content_type="application/manifest+json"))


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """Serve the app's service worker; its bytes change whenever anything in the app does."""
    kept = [reverse("accounts:key-app"), *map(static, shell_files()), *appearance.of_the_key()]
    icon = next((path for _size, _purpose, path in appearance.png_icons()), appearance.icon())
    facts = {"version": _version(_shell(request), kept), "kept": json.dumps(kept), "icon": icon}
    script = render_to_string("key/worker.js", facts | {"key_name": settings.PORTAL_KEY_NAME})
    return _for_everybody(HttpResponse(script, content_type="text/javascript; charset=utf-8"))


@cache
def shell_files() -> tuple[str, ...]:
    """Return the static files that the app needs to start, as names below the static folder."""
    own = (path for path in (_FOLDER / "key").rglob("*") if path.suffix in {".js", ".css"})
    return (*_SHARED, *sorted(path.relative_to(_FOLDER).as_posix() for path in own))


def _version(shell: bytes, kept: list[str]) -> str:
    """Return a digest of everything cached: the rendered page, and the files by name and content."""
    digest = hashlib.sha256(shell + json.dumps(kept).encode())
    for name in shell_files():
        if (own := _FOLDER / name).is_file():
            digest.update(own.read_bytes())
    return digest.hexdigest()[:16]


def _shell(request: HttpRequest) -> bytes:
    """Return the app's page as served to everybody."""
    plain = HttpRequest()
    plain.method, plain.path, plain.resolver_match = "GET", reverse("accounts:key-app"), request.resolver_match
    plain.path_info = plain.path
    return app(plain).content


def _icons() -> list[dict[str, str]]:
    icons = [{"src": appearance.icon(), "sizes": "any", "type": "image/svg+xml", "purpose": "any"}]
    for size, purpose, path in appearance.png_icons():
        icons.append({"src": path, "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose})
    return icons


def _for_everybody(response: HttpResponse) -> HttpResponse:
    patch_cache_control(response, public=True, max_age=0, must_revalidate=True)
    return response
