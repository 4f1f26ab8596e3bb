"""The admin site: staff only, and only with both factors."""

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts.actions import sessions
from accounts.views.guards import to_sign_in, who
from portal.lib import clock


class PortalAdminSite(AdminSite):
    """Django's admin behind the portal's own sign-in; no page opens with one factor."""

    site_header = _("Desk")
    site_title = _("Desk")
    index_title = _("Work")
    enable_nav_sidebar = True

    def has_permission(self, request: HttpRequest) -> bool:
        """Let in active staff who gave both factors; counts as activity."""
        known = who(request)
        if known is None or not known.user.is_staff:
            return False
        sessions.touch(known.session.current, now=clock.now())
        return True

    def login(self, request: HttpRequest, extra_context: object = None) -> HttpResponse:
        """Send to the one sign-in page, or refuse who is signed in but may not come in."""
        if who(request):
            raise PermissionDenied
        return to_sign_in(request)
