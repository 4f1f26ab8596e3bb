"""The portal with its style guide and the browser of the demo, which are routed in development only."""

from django.urls import path

from portal import styleguide
from portal.urls import handler400, handler403, handler404, handler500
from portal.urls import urlpatterns as house
from recovery.demo import browser

__all__ = ["handler400", "handler403", "handler404", "handler500"]

urlpatterns = [
    path("styleguide/", styleguide.show, name="styleguide"),
    path("demo/browser/", browser.become, name="demo-browser"),
    *house,
]
