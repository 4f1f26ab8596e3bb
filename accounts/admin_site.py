"""The admin site: staff only, and only with both factors."""

import functools
from typing import Any, NoReturn

from django.contrib.admin import AdminSite
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.core.exceptions import BadRequest, PermissionDenied
from django.db.models.base import ModelBase
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.actions import sessions
from accounts.views.guards import to_sign_in, who
from accounts.views.sessions import sign_out
from portal.lib import clock

_OURS = {"accounts", "audit", "outbox", "recovery", "helpcenter", "throttle"}


class PortalAdminSite(AdminSite):
    """Django's admin behind the portal's own sign-in; one factor alone opens no page."""

    site_header = _("Desk")
    site_title = _("Desk")
    enable_nav_sidebar = True

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Register the portal's models only; other packages' admin pages would bypass our actions."""
        models: list[Any] = [model_or_iterable] if isinstance(model_or_iterable, ModelBase) else model_or_iterable
        ours = [model for model in models if model._meta.app_label in _OURS]
        super().register(ours, admin_class, **options)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Refuse a NUL in the query (400): PostgreSQL accepts none, and none of our filters uses one."""

        @functools.wraps(view)
        def readable(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if any("\0" in text for pair in request.GET.lists() for text in (pair[0], *pair[1])):
                raise BadRequest("a NUL in the query")
            return view(request, *args, **kwargs)

        return super().admin_view(readable, cacheable)

    def has_permission(self, request: HttpRequest) -> bool:
        """Admit staff who gave both factors, refuse customers (403); counts as activity."""
        known = who(request)
        if known is None:
            return False
        if not known.user.is_staff:
            raise PermissionDenied
        sessions.touch(known.session.current, now=clock.now())
        return True

    def login(self, request: HttpRequest, extra_context: object = None) -> HttpResponse:
        """Redirect to the one sign-in page, and from there to the page that was wanted."""
        return to_sign_in(request, request.GET.get(REDIRECT_FIELD_NAME) or reverse("admin:index"))

    def logout(  # type: ignore[override]  # a redirect, not a page
        self, request: HttpRequest, extra_context: object = None
    ) -> HttpResponse:
        """Redirect to the portal's own sign-out."""
        return sign_out(request)

    def password_change(self, request: HttpRequest, extra_context: object = None) -> NoReturn:
        """Refuse: passwords are set in recovery and on the customer's own pages only."""
        raise Http404

    def password_change_done(self, request: HttpRequest, extra_context: object = None) -> NoReturn:
        """Refuse, too."""
        raise Http404
