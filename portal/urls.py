"""Every URL of the portal."""

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from portal import wellknown
from portal.brand import views as brand

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("portal.home.urls")),
    path("key/api/v1/", include("accounts.key_api.urls")),
    path("", include("accounts.urls")),
    path("help/", include("helpcenter.urls")),
    path("", include("recovery.urls")),
    path("admin/", include("portal.desk.urls")),  # its first page takes the place of the admin site's
    path("admin/", admin.site.urls),
    path("brand/<str:name>", brand.serve, name="brand-file"),
    path("healthz", wellknown.healthz, name="healthz"),
    path("readyz", wellknown.readyz, name="readyz"),
    path("robots.txt", wellknown.robots, name="robots"),
    path(".well-known/security.txt", wellknown.security_txt, name="security-txt"),
    path(".well-known/change-password", wellknown.change_password, name="change-password"),
    path(".well-known/passkey-endpoints", wellknown.passkey_endpoints, name="passkey-endpoints"),
]

if settings.DEBUG:
    from portal import styleguide
    from recovery.demo import browser

    urlpatterns.append(path("styleguide/", styleguide.show, name="styleguide"))
    urlpatterns.append(path("demo/browser/", browser.become, name="demo-browser"))

handler400 = "portal.errors.bad_request"
handler403 = "portal.errors.forbidden"
handler404 = "portal.errors.not_found"
handler500 = "portal.errors.failed"
