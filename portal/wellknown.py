"""URLs that programs look for."""

from datetime import UTC, timedelta

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from portal.lib import clock, site

_SECURITY_TXT_DAYS = 180


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Confirm that the process is running."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Confirm that the database answers and every migration is applied; 503 if not."""
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    status, text = (503, "migrations are waiting\n") if waiting else (200, "ready\n")
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Let search engines read the help centre and nothing else."""
    return HttpResponse("User-agent: *\nAllow: /help/\nDisallow: /\n", content_type="text/plain; charset=utf-8")


@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """Say where to report a security problem (RFC 9116)."""
    expires = (clock.now() + timedelta(days=_SECURITY_TXT_DAYS)).astimezone(UTC)
    lines = [
        f"Contact: mailto:{settings.PORTAL_SECURITY_EMAIL}",
        f"Expires: {expires:%Y-%m-%dT00:00:00Z}",
        "Preferred-Languages: en",
        f"Canonical: {site.url(reverse('security-txt'))}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@require_safe
def change_password(request: HttpRequest) -> HttpResponseRedirect:
    """Redirect password managers to where the password is changed, or reset by whoever is not signed in."""
    return redirect("accounts:password" if request.user.is_authenticated else "recovery:reset")


@require_safe
def passkey_endpoints(request: HttpRequest) -> JsonResponse:
    """Tell password managers where passkeys are added and managed (W3C, passkey endpoints)."""
    page = site.url(reverse("accounts:passkeys"))
    return JsonResponse({"enroll": page, "manage": page})
